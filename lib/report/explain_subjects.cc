#include "lib/report/explain_subjects.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "lib/report/rules.h"
#include "lib/report/words.h"

namespace cassplan::report {
namespace {

constexpr size_t kNear = 5;

// What reports say of one node.
struct Seen {
  int32_t up = 0;
  int32_t down = 0;
  int32_t left = 0;
  std::string mode, release, address;
  bool slot_present = false;
  bool slot_absent = false;
};

std::string NodeName(const v1::Target& t) {
  return t.datacenter().empty() || t.rack().empty() || !t.has_ordinal() ? "" : TargetName(t);
}

// The number behind the last slash; INT32_MAX when there is none.
int32_t OrdinalOf(absl::string_view name) {
  int32_t ordinal = 0;
  const size_t slash = name.rfind('/');
  const bool ok = slash != absl::string_view::npos && absl::SimpleAtoi(name.substr(slash + 1), &ordinal);
  return ok ? ordinal : std::numeric_limits<int32_t>::max();
}

class Collector {
 public:
  Collector(const v1::PlanRequest& request, const v1::PlanResponse& response)
      : request_(request), response_(response) {}

  Subjects Run() {
    Desired();
    Observed();
    FromResponse();
    Texts();
    return std::move(out_);
  }

 private:
  Spot& AddPlace(const std::string& name, const std::string& what) {
    Spot& place = out_.places[name];
    if (place.name.empty()) {
      place.name = name;
      place.title = absl::StrCat(what, " ", name);
      place.is_node = what == "node";
    }
    return place;
  }
  void AddTarget(const v1::Target& t) {
    if (!t.keyspace().empty()) out_.keyspaces[t.keyspace()];
    if (!t.datacenter().empty()) AddPlace(t.datacenter(), "datacenter");
    if (!t.datacenter().empty() && !t.rack().empty()) AddPlace(absl::StrCat(t.datacenter(), "/", t.rack()), "rack");
    const std::string name = NodeName(t);
    if (!name.empty()) {
      Spot& node = AddPlace(name, "node");
      if (node.host_id.empty()) node.host_id = t.host_id();
      if (!t.host_id().empty()) slot_of_[t.host_id()] = name;
    }
  }
  void Desired();
  void Observed();
  void OneReport(const v1::Report& report);
  void FromResponse();
  void Texts();
  std::string NodeText(const Spot& place) const;

  const v1::PlanRequest& request_;
  const v1::PlanResponse& response_;
  Subjects out_;
  std::map<std::string, std::string> slot_of_;  // host id -> node
  std::map<std::string, Seen> seen_;            // by host id, or by node
  std::map<std::string, int32_t> desired_;      // nodes of a rack
};

void Collector::Desired() {
  for (const v1::DesiredDatacenter& dc : request_.desired().datacenters()) {
    AddPlace(dc.name(), "datacenter");
    for (const v1::DesiredRack& rack : dc.racks()) {
      const std::string name = absl::StrCat(dc.name(), "/", rack.name());
      AddPlace(name, "rack");
      desired_[name] = rack.nodes();
      for (int32_t i = 0; i < rack.nodes(); ++i) AddPlace(absl::StrCat(name, "/", i), "node");
    }
  }
  for (const v1::Keyspace& k : request_.desired().keyspaces()) out_.keyspaces[k.name()];
}

std::string Replication(const v1::Keyspace& k) {
  std::vector<std::string> parts;
  for (const v1::DatacenterReplication& d : k.datacenters()) {
    parts.push_back(absl::StrCat(d.datacenter(), ": ", d.replication_factor()));
  }
  std::sort(parts.begin(), parts.end());
  if (parts.empty() && k.replication_factor() > 0) parts.push_back(absl::StrCat("RF ", k.replication_factor()));
  return absl::StrCat(k.strategy(), parts.empty() ? "" : ", ", absl::StrJoin(parts, ", "));
}

void Collector::OneReport(const v1::Report& r) {
  AddTarget(r.subject());
  const std::string name = NodeName(r.subject());
  if (r.has_slot() && !name.empty()) {
    Seen& seen = seen_[name];
    seen.slot_present = r.slot().present();
    seen.slot_absent = !r.slot().present();
    if (!r.slot().name().empty()) out_.places[name].alias = r.slot().name();
    if (!r.slot().address().empty()) out_.places[name].address = r.slot().address();
  }
  if (r.has_node() && !name.empty()) {
    if (!r.node().host_id().empty()) {
      out_.places[name].host_id = r.node().host_id();
      slot_of_[r.node().host_id()] = name;
    }
    if (!r.node().address().empty()) out_.places[name].address = r.node().address();
    seen_[name].mode =
        absl::AsciiStrToLower(absl::StrReplaceAll(v1::NodeMode_Name(r.node().mode()), {{"NODE_MODE_", ""}}));
    seen_[name].release = r.node().release();
  }
  for (const v1::Peer& peer : r.view().peers()) {
    Seen& seen = seen_[peer.host_id()];
    const int32_t viewers = r.view().viewers_size();
    if (peer.movement() == v1::PEER_MOVEMENT_LEFT) {
      seen.left += viewers;
      continue;
    }
    if (peer.state() == v1::PEER_STATE_UP) seen.up += viewers;
    if (peer.state() == v1::PEER_STATE_DOWN) seen.down += viewers;
    if (seen.release.empty()) seen.release = peer.release();
    if (!peer.address().empty()) seen.address = peer.address();
  }
  for (const v1::Keyspace& k : r.schema().keyspaces()) {
    std::vector<std::string>& texts = out_.keyspaces[k.name()];
    const std::string text = absl::StrCat("replicates with ", Replication(k), r.schema().derived() ? " at least" : "");
    if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(text);
  }
}

void Collector::Observed() {
  for (const v1::Report& r : request_.observed().reports()) OneReport(r);
  for (const v1::KnownMember& m : response_.ledger().members()) {
    if (m.slot().datacenter().empty()) continue;
    AddTarget(m.slot());
    const std::string name = NodeName(m.slot());
    if (!name.empty() && slot_of_.count(m.host_id()) == 0) {
      if (out_.places[name].host_id.empty()) out_.places[name].host_id = m.host_id();
      slot_of_[m.host_id()] = name;
    }
  }
}

void Collector::FromResponse() {
  for (const v1::Action& a : response_.plan().actions()) {
    out_.actions.insert(a.id());
    AddTarget(a.target());
  }
  for (const v1::Held& h : response_.held()) {
    out_.actions.insert(h.action_id());
    AddTarget(h.target());
    for (const v1::Refusal& by : h.by()) out_.rules.insert(by.guard());
  }
  for (const v1::StartedAction& s : response_.ledger().started()) {
    out_.actions.insert(s.id());
    AddTarget(s.target());
  }
  for (const v1::Finding& f : response_.findings()) out_.rules.insert(f.rule());
  out_.rules.erase("");
  for (const v1::Impact& i : response_.impact()) {
    std::vector<std::string> failing;
    for (const int level : i.failing()) failing.push_back(LevelName(static_cast<v1::ConsistencyLevel>(level)));
    out_.keyspaces[i.keyspace()].push_back(
        absl::StrCat("at worst ", i.lowest_replicas_up(), " of ", i.replication_factor(), " replicas are up",
                     i.datacenter().empty() ? "" : absl::StrCat(" in ", i.datacenter()), " while the plan runs; ",
                     failing.empty() ? "no level fails" : absl::StrCat(absl::StrJoin(failing, ", "), " will fail")));
  }
  // Members without a slot.
  for (const auto& [id, seen] : seen_) {
    if (id.find('/') != std::string::npos || slot_of_.count(id) != 0 || id.empty()) continue;
    Spot& place = out_.places[id];
    place.name = id;
    place.title = absl::StrCat("host id ", id);
    place.host_id = id;
    place.address = seen.address;
    place.is_node = true;
  }
}

std::string Collector::NodeText(const Spot& place) const {
  std::vector<std::string> parts;
  const size_t slash = place.name.rfind('/');
  if (slash != std::string::npos) {
    const auto rack = desired_.find(place.name.substr(0, slash));
    const bool desired =
        rack != desired_.end() && out_.places.count(place.name) != 0 && OrdinalOf(place.name) < rack->second;
    parts.push_back(desired ? "desired" : "not desired");
    const auto slot = seen_.find(place.name);
    if (slot != seen_.end() && slot->second.slot_absent) parts.push_back("no slot runs");
    if (slot != seen_.end() && !slot->second.mode.empty()) {
      parts.push_back(absl::StrCat("says of itself: ", slot->second.mode,
                                   slot->second.release.empty() ? "" : absl::StrCat(", ", slot->second.release)));
    }
  } else {
    parts.push_back("a member without a slot");
  }
  if (!place.host_id.empty() && slash != std::string::npos) parts.push_back(absl::StrCat("host id ", place.host_id));
  const auto seen = seen_.find(place.host_id);
  if (seen != seen_.end()) {
    if (seen->second.left > 0)
      parts.push_back(
          absl::StrCat(Count(static_cast<size_t>(seen->second.left), "node says", "nodes say"), " that it has left"));
    if (seen->second.up > 0)
      parts.push_back(absl::StrCat(Count(static_cast<size_t>(seen->second.up), "node sees", "nodes see"), " it up"));
    if (seen->second.down > 0)
      parts.push_back(
          absl::StrCat(Count(static_cast<size_t>(seen->second.down), "node sees", "nodes see"), " it down"));
  } else {
    parts.push_back(place.host_id.empty() ? "no member of the ring is known there" : "no node tells of it");
  }
  return absl::StrJoin(parts, "; ");
}

void Collector::Texts() {
  std::map<std::string, size_t> members;
  for (const auto& [host, node] : slot_of_) {
    const auto seen = seen_.find(host);
    if (seen == seen_.end() || (seen->second.left > 0 && seen->second.up + seen->second.down == 0)) continue;
    const size_t rack = node.rfind('/');
    ++members[node.substr(0, rack)];
    ++members[node.substr(0, node.find('/'))];
  }
  std::map<std::string, int64_t> wanted;
  for (const auto& [rack, nodes] : desired_) {
    wanted[rack] += nodes;
    wanted[rack.substr(0, rack.find('/'))] += nodes;
  }
  for (auto& [name, place] : out_.places) {
    if (place.is_node) {
      place.text = NodeText(place);
      continue;
    }
    const auto found = wanted.find(name);
    place.text = absl::StrCat(
        found == wanted.end() ? "not desired"
                              : absl::StrCat("shall have ", Count(static_cast<size_t>(found->second), "node", "nodes")),
        "; ", Count(members[name], "member is", "members are"), " known there");
  }
}

size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({change, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

const Spot* Subjects::FindPlace(absl::string_view what, size_t least) const {
  const auto exact = places.find(std::string(what));
  if (exact != places.end()) return &exact->second;
  const Spot* found = nullptr;
  for (const auto& [name, place] : places) {
    if (!place.alias.empty() && place.alias == what) return &place;
    const bool here = !what.empty() && place.address == what;
    if (!here && (what.size() < least || !place.is_node || !absl::StartsWith(place.host_id, what))) continue;
    if (found != nullptr) return nullptr;
    found = &place;
  }
  return found;
}

std::vector<std::string> Subjects::Near(absl::string_view what) const {
  constexpr size_t kLongest = 80;
  if (what.empty() || what.size() > kLongest) return {};
  std::set<std::string> names(rules.begin(), rules.end());
  for (const Rule& rule : Rules()) names.insert(rule.slug);
  std::vector<std::pair<size_t, std::string>> at_address;  // of several
  for (const auto& [name, place] : places) {
    names.insert(name);
    if (!place.alias.empty()) names.insert(place.alias);
    if (place.address == what) at_address.emplace_back(0, name);
  }
  for (const auto& [name, texts] : keyspaces) names.insert(name);
  for (int k = v1::ActionKind_MIN + 1; k <= v1::ActionKind_MAX; ++k)
    names.insert(KindName(static_cast<v1::ActionKind>(k)));
  std::vector<std::pair<size_t, std::string>> ranked = std::move(at_address);
  for (const std::string& name : names) {
    const size_t distance = EditDistance(what, name);
    if (distance * 3 <= what.size() || (what.size() >= 4 && absl::StrContains(name, what)))
      ranked.emplace_back(distance, name);
  }
  for (const std::string& id : actions) {
    if (what.size() >= 2 && absl::StartsWith(id, what)) ranked.emplace_back(id.size() - what.size(), id);
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<std::string> near;
  for (const auto& [distance, name] : ranked) {
    if (near.size() < kNear) near.push_back(name);
  }
  return near;
}

Subjects SubjectsOf(const v1::PlanRequest& request, const v1::PlanResponse& response) {
  return Collector(request, response).Run();
}

const v1::StartedAction* FindStarted(const v1::Ledger& ledger, absl::string_view id) {
  for (const v1::StartedAction& s : ledger.started()) {
    if (s.id() == id) return &s;
  }
  return nullptr;
}

v1::ActionKind KindOf(absl::string_view name) {
  for (int k = v1::ActionKind_MIN + 1; k <= v1::ActionKind_MAX; ++k) {
    if (KindName(static_cast<v1::ActionKind>(k)) == name) return static_cast<v1::ActionKind>(k);
  }
  return v1::ACTION_KIND_UNSPECIFIED;
}

}  // namespace cassplan::report
