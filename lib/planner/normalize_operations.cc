#include "lib/planner/normalize_operations.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/planner/normalize_desired.h"

namespace cassplan::planner {
namespace {

using absl::StrCat;
using absl::string_view;

// What a person may ask for.
bool MayAsk(Kind kind) {
  switch (kind) {
    case Kind::kDrain:
    case Kind::kRestartNode:
    case Kind::kRemoveNode:
    case Kind::kAssassinate:
    case Kind::kReplaceNode:
    case Kind::kRebuild:
    case Kind::kCleanup:
    case Kind::kUpgradeSstables:
    case Kind::kScrub:
    case Kind::kCompact:
    case Kind::kFlush:
    case Kind::kGarbageCollect:
      return true;
    default:
      return false;
  }
}

// What is carried out where a node lives; the others are about a member that may have no slot.
bool NeedsSlot(Kind kind) { return kind != Kind::kRemoveNode && kind != Kind::kAssassinate; }

class Reader {
 public:
  Reader(const RackIndex& index, Model* model) : index_(index), m_(*model) {}

  void Run() {
    for (size_t i = 0; i < m_.members.size(); ++i) {
      hosts_.emplace_back(m_.members[i].host_id, static_cast<Id>(i));
      if (!m_.members[i].address.empty()) addresses_.emplace_back(m_.members[i].address, static_cast<Id>(i));
    }
    std::sort(hosts_.begin(), hosts_.end());
    std::sort(addresses_.begin(), addresses_.end());
    for (const v1::FinishedOperation& finished : m_.request->ledger().operations()) {
      finished_.emplace_back(finished.uid(), &finished);
    }
    std::sort(finished_.begin(), finished_.end(), [](const auto& a, const auto& b) {
      return std::make_tuple(a.first, a.second->at_seconds(), a.second->failed(), string_view(a.second->message())) <
             std::make_tuple(b.first, b.second->at_seconds(), b.second->failed(), string_view(b.second->message()));
    });
    for (const v1::RequestedOperation* operation : Sorted()) Read(*operation);
    std::sort(m_.requests.begin(), m_.requests.end(), [](const Request& a, const Request& b) {
      return std::tie(a.uid, a.kind, a.slot, a.member, a.reason) < std::tie(b.uid, b.kind, b.slot, b.member, b.reason);
    });
    RefuseSharedUids();
  }

 private:
  // In an order that depends on nothing but what they say; one that is said twice counts once.
  std::vector<const v1::RequestedOperation*> Sorted() const {
    std::vector<std::pair<std::string, const v1::RequestedOperation*>> keyed;
    for (const v1::RequestedOperation& o : m_.request->desired().operations()) {
      v1::RequestedOperation key = o;
      std::sort(key.mutable_keyspaces()->begin(), key.mutable_keyspaces()->end());
      keyed.emplace_back(key.SerializeAsString(), &o);
    }
    std::sort(keyed.begin(), keyed.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<const v1::RequestedOperation*> out;
    for (size_t i = 0; i < keyed.size(); ++i) {
      if (i == 0 || keyed[i].first != keyed[i - 1].first) out.push_back(keyed[i].second);
    }
    return out;
  }

  static Id FindAll(const std::vector<std::pair<string_view, Id>>& list, string_view key, int* found) {
    auto it = std::lower_bound(list.begin(), list.end(), std::make_pair(key, kNone));
    const Id first = it == list.end() || it->first != key ? kNone : it->second;
    for (*found = 0; it != list.end() && it->first == key; ++it) ++*found;
    return first;
  }

  static void Refuse(std::string why, Request* r) {
    if (r->state == RequestState::kRefused) return;
    r->state = RequestState::kRefused;
    r->reason = std::move(why);
  }

  void Read(const v1::RequestedOperation& o) {
    Request r;
    r.uid = o.uid();
    if (v1::ActionKind_IsValid(o.kind())) r.kind = static_cast<Kind>(o.kind());
    r.host_id = o.target().host_id();
    r.address = o.address();
    r.asked_by = o.requested_by();
    r.asked_at = o.requested_at_seconds();
    if (r.uid.empty()) Refuse("the request has no uid", &r);
    if (!MayAsk(r.kind)) {
      Refuse(StrCat(r.kind == Kind::kUnspecified ? "this" : KindName(r.kind),
                    " is no operation that a person asks for; it follows from the desired cluster"),
             &r);
    }
    FindNode(o, &r);
    ReadKeyspaceNames(o, &r);
    if (o.paused() && r.state == RequestState::kWanted) {
      r.state = RequestState::kPaused;
      r.reason = "paused by the person who asked for it";
    }
    if (r.kind == Kind::kRebuild) CheckRebuild(o, &r);
    if (r.slot == kNone && r.member != kNone && NeedsSlot(r.kind)) {
      Refuse(StrCat(m_.MemberName(r.member), " has no slot"), &r);
    }
    Finish(&r);
    m_.requests.push_back(std::move(r));
  }

  // By slot, by host id, or by address; where several are given they must mean the same node.
  void FindNode(const v1::RequestedOperation& o, Request* r) {
    const v1::Target& target = o.target();
    const bool names_slot = target.has_ordinal();
    if (names_slot) {
      r->slot = index_.FindSlot(m_, target);
      if (r->slot == kNone) {
        Refuse(StrCat("slot ", target.datacenter(), "/", target.rack(), "/", target.ordinal(), " does not exist"), r);
        return;
      }
      r->member = m_.slot(r->slot).member;
    } else if (r->host_id.empty() && r->address.empty()) {
      Refuse("it names no node: give datacenter, rack and ordinal, or a host id", r);
      return;
    }
    r->dc = r->slot == kNone ? kNone : m_.DcOfSlot(r->slot);
    if (!r->host_id.empty()) FindHost(names_slot, r);
    if (!r->address.empty()) FindAddress(r);
    if (r->member == kNone || r->state == RequestState::kRefused) return;
    if (r->slot == kNone) r->slot = m_.member(r->member).slot;
    r->dc = m_.member(r->member).dc;
  }

  void FindHost(bool names_slot, Request* r) {
    int found = 0;
    const Id member = FindAll(hosts_, r->host_id, &found);
    if (!names_slot) {
      r->member = member;
      if (member == kNone) Refuse(StrCat("no member has host id ", r->host_id), r);
      return;
    }
    if (member == r->member && member != kNone) return;
    // Who was replaced lives nowhere any more.
    if (r->kind == Kind::kReplaceNode && member == kNone) {
      r->state = RequestState::kDone;
      r->reason = StrCat("host id ", r->host_id, " does not live in ", m_.SlotName(r->slot), " any more");
      return;
    }
    Refuse(StrCat("it names slot ", m_.SlotName(r->slot), " and host id ", r->host_id, ", which ",
                  member == kNone ? "no member has" : StrCat("lives in ", m_.MemberName(member))),
           r);
  }

  void FindAddress(Request* r) {
    int found = 0;
    const Id member = FindAll(addresses_, r->address, &found);
    if (found > 1) {
      Refuse(StrCat(found, " members have address ", r->address, ": name the host id"), r);
    } else if (r->member == kNone && r->slot == kNone) {
      r->member = member;
      if (member == kNone) Refuse(StrCat("no member has address ", r->address), r);
    } else if (member != kNone && r->member != kNone && member != r->member) {
      Refuse(StrCat("it names ", m_.MemberName(r->member), " and address ", r->address, ", which is ",
                    m_.MemberName(member), "'s"),
             r);
    }
  }

  void ReadKeyspaceNames(const v1::RequestedOperation& o, Request* r) {
    r->source_dc = o.source_datacenter().empty() ? kNone : index_.FindDc(o.source_datacenter());
    for (const std::string& name : o.keyspaces()) {
      const auto it = std::find_if(m_.keyspaces.begin(), m_.keyspaces.end(),
                                   [&](const Keyspace& k) { return k.name == string_view(name); });
      if (it != m_.keyspaces.end()) {
        r->keyspaces.push_back(static_cast<Id>(it - m_.keyspaces.begin()));
      } else if (m_.schema_known) {
        Refuse(StrCat("keyspace ", name, " does not exist"), r);
      } else {
        Refuse(StrCat("keyspace ", name, " is not known: collect the schema (schema.json)"), r);
      }
    }
    std::sort(r->keyspaces.begin(), r->keyspaces.end());
    r->keyspaces.erase(std::unique(r->keyspaces.begin(), r->keyspaces.end()), r->keyspaces.end());
  }

  bool ReplicatesIn(Id keyspace, Id dc) const {
    const Keyspace& k = m_.keyspace(keyspace);
    return k.strategy == Replicates::kNetworkTopology && k.rf[static_cast<size_t>(dc)] > 0;
  }

  // The source must exist, be another datacenter than the node's own, and hold what is asked for.
  void CheckRebuild(const v1::RequestedOperation& o, Request* r) {
    if (r->state == RequestState::kRefused || r->dc == kNone) return;
    if (o.source_datacenter().empty()) {
      Refuse("rebuild needs the datacenter that data comes from (source_datacenter; on a Pod: operation-argument)", r);
    } else if (r->source_dc == kNone) {
      Refuse(StrCat("datacenter ", o.source_datacenter(), ", which data shall come from, does not exist"), r);
    } else if (r->source_dc == r->dc) {
      Refuse(StrCat(o.source_datacenter(), " is the node's own datacenter; data comes from another one"), r);
    } else if (m_.schema_known) {
      CheckSource(r);
    }
  }

  void CheckSource(Request* r) {
    const auto both = [&](Id k) { return ReplicatesIn(k, r->source_dc) && ReplicatesIn(k, r->dc); };
    for (const Id k : r->keyspaces) {
      if (both(k)) continue;
      const Id where = ReplicatesIn(k, r->source_dc) ? r->dc : r->source_dc;
      Refuse(StrCat("keyspace ", m_.keyspace(k).name, " does not replicate in ", m_.dc(where).name), r);
    }
    if (!r->keyspaces.empty()) return;
    for (Id k = 0; k < static_cast<Id>(m_.keyspaces.size()); ++k) {
      if (both(k)) return;
    }
    Refuse(StrCat("no keyspace replicates both in ", m_.dc(r->source_dc).name, " and in ", m_.dc(r->dc).name), r);
  }

  // What the ledger says is over is over, whatever became of its node since.
  void Finish(Request* r) {
    auto it = std::upper_bound(finished_.begin(), finished_.end(), r->uid,
                               [](string_view uid, const auto& entry) { return uid < entry.first; });
    if (it != finished_.begin() && (--it)->first == r->uid && !r->uid.empty()) {
      const v1::FinishedOperation& over = *it->second;
      r->state = over.failed() ? RequestState::kFailed : RequestState::kDone;
      if (r->kind == Kind::kDrain && !over.failed()) {
        r->reason = "drained; only a restart ends that, and it comes when the request is taken back";
        return;
      }
      r->reason = over.message().empty() ? (over.failed() ? "it failed" : "done") : over.message();
      return;
    }
    if (r->state != RequestState::kWanted) return;
    const bool removes = r->kind == Kind::kRemoveNode || r->kind == Kind::kAssassinate;
    if (removes && r->member == kNone) {
      Refuse("it names no member", r);
    } else if (removes && m_.member(r->member).up) {
      r->idle = true;
      Refuse(StrCat(m_.MemberName(r->member), " is up: a live node is decommissioned, by asking for fewer nodes"), r);
    }
    if (r->kind != Kind::kReplaceNode) return;
    if (r->slot == kNone) {
      Refuse(StrCat(m_.MemberName(r->member), " has no slot to be replaced in"), r);
    } else if (r->member == kNone) {
      Refuse(StrCat("no member lives in ", m_.SlotName(r->slot)), r);
    } else if (m_.member(r->member).up) {
      r->idle = true;
      Refuse(StrCat(m_.SlotName(r->slot), " is up, so that there is nothing to replace"), r);
    }
  }

  // A uid is the goal of an action and the key of what is over: two different requests cannot share one.
  void RefuseSharedUids() {
    for (size_t i = 0; i < m_.requests.size();) {
      size_t end = i + 1;
      while (end < m_.requests.size() && m_.requests[end].uid == m_.requests[i].uid) ++end;
      for (size_t k = i; k < end && end - i > 1; ++k) {
        if (m_.requests[k].state == RequestState::kWanted || m_.requests[k].state == RequestState::kPaused) {
          Refuse("another request has the same uid: give each its own", &m_.requests[k]);
        }
      }
      i = end;
    }
  }

  const RackIndex& index_;
  Model& m_;
  std::vector<std::pair<string_view, Id>> hosts_, addresses_;
  std::vector<std::pair<string_view, const v1::FinishedOperation*>> finished_;
};

}  // namespace

void ReadOperations(const RackIndex& index, Model* model) {
  if (!model->request->desired().operations().empty()) Reader(index, model).Run();
}

bool RequestInFlight(const Model& model, const Request& request) {
  return std::any_of(model.in_flight.begin(), model.in_flight.end(), [&](const InFlight& a) {
    if (!a.request_uid.empty()) return a.request_uid == request.uid;
    return a.kind == Kind::kReplaceNode && request.kind == a.kind && request.slot == a.slot && a.slot != kNone;
  });
}

void NoteRequests(Model* model) {
  for (const Request& r : model->requests) {
    const bool failed = r.state == RequestState::kFailed;
    if ((!failed && r.state != RequestState::kRefused) || RequestInFlight(*model, r)) continue;
    Note note;
    note.rule = "operation";
    note.level = r.idle ? Level::kNote : Level::kWarning;
    note.slot = r.slot;
    note.message = StrCat("operation ", r.uid.empty() ? "(no uid)" : r.uid, failed ? " failed: " : ": ", r.reason);
    note.remedy = failed ? "look at the node's log; to try again, ask for it again with another uid"
                         : "take the request back, or ask for it otherwise";
    model->notes.push_back(std::move(note));
    if (!failed && !r.idle) model->refused = true;
  }
}

}  // namespace cassplan::planner
