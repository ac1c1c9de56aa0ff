#include "lib/planner/normalize_observed.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/planner/explain.h"
#include "lib/planner/normalize_desired.h"
#include "lib/planner/reports.h"
#include "lib/planner/several.h"

namespace cassplan::planner {
namespace {

using absl::string_view;

// What all fresh views together say of one host id.
struct Seen {
  string_view host_id;
  const v1::Peer* peer = nullptr;      // first view that has it in the ring
  const v1::NodeFacts* own = nullptr;  // its own word
  Id own_slot = kNone;
  int32_t up = 0;
  int32_t down = 0;
  int32_t left = 0;
  int32_t absent = 0;
  int32_t joining = 0;
  int32_t viewers_self = 0;  // times it was itself a viewer
  v1::PeerMovement movement = v1::PEER_MOVEMENT_UNSPECIFIED;
  bool token_conflict = false;
  bool location_conflict = false;
  bool release_conflict = false;
  string_view contested_release;  // told by one of its own reports that differ; not what the others say
  Id member = kNone;
};

class Join {
 public:
  Join(const RackIndex& index, Model* model) : index_(index), model_(model), request_(*model->request) {}

  void Run() {
    reports_ = ReadReports(index_, model_);
    CollectHosts();
    CountViews();
    ReadContested();
    MakeMembers();
    JoinByOwnWord();
    JoinCrossed();
    JoinByAddress();
    JoinByMemory();
    JoinByElimination();
    SortMembers();
    FindLeft();
    CheckEmpty();
    FillHealthOfNameless();
  }

 private:
  void AddNote(string_view rule, Level level, std::string message, std::string remedy, Id slot = kNone) {
    Note note;
    note.rule = rule;
    note.level = level;
    note.message = std::move(message);
    note.remedy = std::move(remedy);
    note.slot = slot;
    model_->notes.push_back(std::move(note));
  }

  void CollectHosts() {
    std::vector<string_view> hosts;
    for (const v1::Report* view : reports_.views) {
      for (const v1::Peer& peer : view->view().peers()) {
        if (!peer.host_id().empty()) hosts.push_back(peer.host_id());
      }
      for (const std::string& viewer : view->view().viewers()) hosts.push_back(viewer);
    }
    for (const v1::Report* node : reports_.nodes) {
      if (node != nullptr && !node->node().host_id().empty()) hosts.push_back(node->node().host_id());
    }
    for (const v1::NodeFacts* node : reports_.loose_nodes) hosts.push_back(node->host_id());
    std::sort(hosts.begin(), hosts.end());
    hosts.erase(std::unique(hosts.begin(), hosts.end()), hosts.end());
    if (hosts.size() > static_cast<size_t>(kMaxMembers)) {
      AddInvalid(model_, "observed", absl::StrCat(hosts.size(), " host ids"), absl::StrCat("at most ", kMaxMembers));
      hosts.clear();
    }
    seen_.resize(hosts.size());
    for (size_t i = 0; i < hosts.size(); ++i) seen_[i].host_id = hosts[i];
    for (size_t s = 0; s < reports_.nodes.size(); ++s) ReadOwnWord(static_cast<Id>(s));
    for (const v1::NodeFacts* node : reports_.loose_nodes) {
      Seen* seen = Find(node->host_id());
      if (seen != nullptr && seen->own == nullptr) seen->own = node;
    }
  }

  // Reports of a node that differ are nobody's word; but what it may start on is judged by the strangest of them, since
  // its data may be of that release.
  void ReadContested() {
    for (const v1::NodeFacts* node : reports_.contested) {
      Seen* seen = node->release().empty() ? nullptr : Find(node->host_id());
      if (seen == nullptr || (seen->peer != nullptr && SameRelease(seen->peer->release(), node->release()))) continue;
      string_view& told = seen->contested_release;
      if (told.empty() || string_view(node->release()) > told) told = node->release();
    }
  }

  void ReadOwnWord(Id s) {
    const size_t at = static_cast<size_t>(s);
    if (reports_.nodes[at] == nullptr || reports_.node_conflicts[at] != 0) return;
    const v1::NodeFacts& node = reports_.nodes[at]->node();
    Slot& slot = model_->slots[at];
    slot.node_answered = true;
    if (v1::NodeMode_IsValid(node.mode())) slot.mode = static_cast<Mode>(node.mode());
    slot.node_host_id = node.host_id();
    if (slot.node_host_id.empty()) return;
    Seen* seen = Find(node.host_id());
    if (seen == nullptr) return;
    if (seen->own != nullptr && seen->own_slot != kNone) {
      AddNote("duplicate-host-id", Level::kError,
              absl::StrCat("slots ", model_->SlotName(seen->own_slot), " and ", model_->SlotName(s),
                           " both say that they are host id ", node.host_id()),
              "one of them runs on a copy of the other's volume: stop the wrong one by hand", s);
      model_->slots[static_cast<size_t>(seen->own_slot)].member_unknown = true;
      slot.member_unknown = true;
      return;
    }
    seen->own = &node;
    seen->own_slot = s;
  }

  Seen* Find(string_view host_id) {
    const auto it = std::lower_bound(seen_.begin(), seen_.end(), host_id,
                                     [](const Seen& a, string_view k) { return a.host_id < k; });
    return it == seen_.end() || it->host_id != host_id ? nullptr : &*it;
  }

  void CountViews() {
    std::vector<int32_t> stamp(seen_.size(), -1);
    std::vector<const v1::Peer*> in_view(seen_.size(), nullptr);
    bool whole = false;
    SortViews();
    for (size_t v = 0; v < reports_.views.size(); ++v) {
      const v1::ViewFacts& view = reports_.views[v]->view();
      if (ListsTwice(view)) continue;
      int32_t weight = 0;
      std::vector<Seen*> selves;
      for (const std::string& viewer : view.viewers()) {
        Seen* self = Find(viewer);
        if (self == nullptr || self->viewers_self > 0) continue;  // a viewer has one voice, its newest
        self->viewers_self = 1;
        selves.push_back(self);
        ++weight;
      }
      if (weight == 0) continue;
      total_viewers_ += weight;
      for (const v1::Peer& peer : view.peers()) {
        Seen* seen = Find(peer.host_id());
        if (seen == nullptr) continue;
        const size_t at = static_cast<size_t>(seen - seen_.data());
        if (stamp[at] == static_cast<int32_t>(v)) continue;
        stamp[at] = static_cast<int32_t>(v);
        in_view[at] = &peer;
        CountPeer(peer, weight, seen);
      }
      // Nobody's own view of itself counts as a peer's.
      for (Seen* self : selves) {
        const size_t at = static_cast<size_t>(self - seen_.data());
        if (stamp[at] == static_cast<int32_t>(v)) UncountSelf(*in_view[at], self);
        if (stamp[at] != static_cast<int32_t>(v) && view.complete()) --self->absent;
      }
      if (!view.complete()) continue;
      whole = true;
      for (size_t i = 0; i < seen_.size(); ++i) {
        if (stamp[i] != static_cast<int32_t>(v)) seen_[i].absent += weight;
      }
    }
    model_->views_known = whole;  // a part of a view does not tell who is no member
    if (total_viewers_ > 0 && !whole) Doubt("who is in the ring is not known: no node told its whole list");
  }

  // The first is told.
  void Doubt(std::string what) {
    if (model_->doubt.empty()) model_->doubt = std::move(what);
  }

  // Such a view contradicts itself.
  bool ListsTwice(const v1::ViewFacts& view) {
    std::vector<string_view> hosts;
    hosts.reserve(static_cast<size_t>(view.peers_size()));
    for (const v1::Peer& peer : view.peers()) hosts.push_back(peer.host_id());
    if (!std::is_sorted(hosts.begin(), hosts.end())) std::sort(hosts.begin(), hosts.end());
    const auto twice = std::adjacent_find(hosts.begin(), hosts.end());
    if (twice == hosts.end()) return false;
    Doubt(absl::StrCat("a view of the ring lists host id ", *twice, " twice"));
    AddNote("contradiction", Level::kWarning, absl::StrCat("a view of the ring lists host id ", *twice, " twice"),
            "the view counts as unknown: collect it again");
    return true;
  }

  // Newest first, so that the order of reports in the request carries no meaning.
  void SortViews() {
    auto key = [](const v1::Report* r) {
      string_view least;
      for (const std::string& viewer : r->view().viewers()) {
        if (least.empty() || viewer < least) least = viewer;
      }
      return std::make_tuple(-r->observed_at_seconds(), least, r->view().peers_size());
    };
    std::sort(reports_.views.begin(), reports_.views.end(), [&](const v1::Report* x, const v1::Report* y) {
      const auto a = key(x);
      const auto b = key(y);
      return a != b ? a < b : x != y && DigestOf(*x) < DigestOf(*y);
    });
  }

  void CountPeer(const v1::Peer& peer, int32_t weight, Seen* seen) {
    if (peer.movement() == v1::PEER_MOVEMENT_LEFT) {
      seen->left += weight;
      return;
    }
    if (peer.state() == v1::PEER_STATE_UP) seen->up += weight;
    if (peer.state() == v1::PEER_STATE_DOWN) seen->down += weight;
    if (peer.movement() == v1::PEER_MOVEMENT_JOINING) seen->joining += weight;
    if (seen->movement == v1::PEER_MOVEMENT_UNSPECIFIED) seen->movement = peer.movement();
    if (seen->peer == nullptr) {
      seen->peer = &peer;
      return;
    }
    if (!peer.tokens().empty() && !seen->peer->tokens().empty() && !SameTokens(peer, *seen->peer)) {
      seen->token_conflict = true;
    }
    if (!peer.datacenter().empty() && !seen->peer->datacenter().empty() &&
        (peer.datacenter() != seen->peer->datacenter() || peer.rack() != seen->peer->rack())) {
      seen->location_conflict = true;
    }
    if (!peer.release().empty() && !seen->peer->release().empty() &&
        !SameRelease(peer.release(), seen->peer->release())) {
      seen->release_conflict = true;
    }
    if (seen->peer->tokens().empty() && !peer.tokens().empty()) seen->peer = &peer;
  }

  static bool SameRelease(string_view a, string_view b) { return a == b || ReleaseLine(a) == ReleaseLine(b); }

  static bool SameTokens(const v1::Peer& a, const v1::Peer& b) {
    if (a.tokens_size() != b.tokens_size()) return false;
    std::vector<int64_t> x(a.tokens().begin(), a.tokens().end());
    std::vector<int64_t> y(b.tokens().begin(), b.tokens().end());
    std::sort(x.begin(), x.end());
    std::sort(y.begin(), y.end());
    return x == y;
  }

  // A view is one for all its viewers, so what was counted for each of them includes its own voice.
  static void UncountSelf(const v1::Peer& peer, Seen* self) {
    if (peer.movement() == v1::PEER_MOVEMENT_JOINING) --self->joining;
    if (peer.movement() == v1::PEER_MOVEMENT_LEFT) {
      --self->left;
    } else if (peer.state() == v1::PEER_STATE_UP) {
      --self->up;
    } else if (peer.state() == v1::PEER_STATE_DOWN) {
      --self->down;
    }
  }

  // Peers are sorted by host id when an adapter made the view; otherwise this is a linear search.
  const v1::Peer* PeerIn(const v1::ViewFacts& view, string_view host_id) {
    int low = 0;
    int high = view.peers_size();
    while (low < high) {
      const int mid = low + (high - low) / 2;
      if (string_view(view.peers(mid).host_id()) < host_id) {
        low = mid + 1;
      } else {
        high = mid;
      }
    }
    if (low < view.peers_size() && view.peers(low).host_id() == host_id) return &view.peers(low);
    for (const v1::Peer& peer : view.peers()) {
      if (peer.host_id() == host_id) return &peer;
    }
    return nullptr;
  }

  // A host id is a member unless those who can be asked agree that it is not.
  bool IsMember(const Seen& seen) const {
    const bool gone_by_own_word = seen.own != nullptr && seen.own->mode() == v1::NODE_MODE_DECOMMISSIONED;
    if (seen.peer == nullptr) {
      // Nobody sees it in the ring: only a node that says NORMAL (or is on its way out) is a member nevertheless.
      if (seen.own == nullptr || gone_by_own_word) return false;
      return seen.own->mode() == v1::NODE_MODE_NORMAL || seen.own->mode() == v1::NODE_MODE_LEAVING ||
             seen.own->mode() == v1::NODE_MODE_MOVING || seen.own->mode() == v1::NODE_MODE_JOINING;
    }
    return !(gone_by_own_word && 2 * (seen.left + seen.absent) > total_viewers_);
  }

  void MakeMembers() {
    for (Seen& seen : seen_) {
      if (!IsMember(seen)) continue;
      seen.member = static_cast<Id>(model_->members.size());
      Member member;
      member.host_id = seen.host_id;
      Locate(seen, &member);
      FillMember(seen, &member);
      model_->members.push_back(member);
      if (seen.token_conflict) {
        AddNote("token-conflict", Level::kError, absl::StrCat("views differ on the tokens of host id ", seen.host_id),
                "wait until gossip agrees; until then nothing that depends on ranges is done");
        Doubt(absl::StrCat("views differ on the tokens of host id ", seen.host_id));
      }
      if (model_->members.back().release_unsure) {
        AddNote("release-conflict", Level::kWarning,
                absl::StrCat("which release host id ", seen.host_id, " runs is told differently"),
                "wait until gossip agrees; until then nothing that needs one release is done");
      }
    }
  }

  void Locate(const Seen& seen, Member* member) {
    string_view dc;
    string_view rack;
    if (seen.own != nullptr) {
      dc = seen.own->datacenter();
      rack = seen.own->rack();
    }
    if (seen.peer != nullptr && Contradicts(dc, rack, seen)) {
      Doubt(absl::StrCat("in which datacenter and rack host id ", seen.host_id, " is, is told differently"));
    }
    if (dc.empty() && seen.peer != nullptr && !seen.location_conflict) {
      dc = seen.peer->datacenter();
      rack = seen.peer->rack();
    }
    if (!dc.empty() && !rack.empty()) member->rack = index_.Find(dc, rack);
    if (member->rack != kNone) member->dc = model_->rack(member->rack).dc;
  }

  static bool Contradicts(string_view dc, string_view rack, const Seen& seen) {
    if (seen.location_conflict) return true;
    const auto differ = [](string_view a, string_view b) { return !a.empty() && !b.empty() && a != b; };
    return differ(dc, seen.peer->datacenter()) || differ(rack, seen.peer->rack());
  }

  void FillMember(const Seen& seen, Member* member) {
    const int32_t others = total_viewers_ - seen.viewers_self;
    const Mode mode = seen.own != nullptr && v1::NodeMode_IsValid(seen.own->mode())
                          ? static_cast<Mode>(seen.own->mode())
                          : Mode::kUnknown;
    member->mode = mode;
    member->known = others > 0 || mode != Mode::kUnknown;
    const bool own_ok = mode == Mode::kNormal || mode == Mode::kUnknown || mode == Mode::kLeaving ||
                        mode == Mode::kMoving || mode == Mode::kDecommissionFailed;
    const bool alone = others == 0 && CountMembers() <= 1;
    member->up = own_ok && (2 * seen.up > others || (alone && mode == Mode::kNormal)) && !(others == 0 && !alone);
    member->down = !own_ok || (mode == Mode::kUnknown && 2 * seen.down > others);
    member->seen_up = seen.up > 0;
    member->drained = mode == Mode::kDrained || mode == Mode::kDraining;
    if (seen.peer != nullptr) {
      member->address = seen.peer->address();
      if (seen.peer->has_load_bytes()) member->load = std::max<int64_t>(0, seen.peer->load_bytes());
      member->release = seen.peer->release();
      member->release_unsure = seen.release_conflict;
      if (!seen.contested_release.empty()) {
        member->release = seen.contested_release;
        member->release_unsure = true;
      }
      member->schema_version = seen.peer->schema_version();
      AddTokens(seen.peer->tokens(), member);
    }
    SetMovement(seen, mode, member);
    member->unseen = seen.peer == nullptr && total_viewers_ > 0;
    if (seen.own != nullptr) FillOwnWord(*seen.own, member);
  }

  void SetMovement(const Seen& seen, Mode mode, Member* member) {
    switch (seen.movement) {
      case v1::PEER_MOVEMENT_JOINING:
        member->movement = Movement::kJoining;
        break;
      case v1::PEER_MOVEMENT_LEAVING:
        member->movement = Movement::kLeaving;
        break;
      case v1::PEER_MOVEMENT_MOVING:
        member->movement = Movement::kMoving;
        break;
      case v1::PEER_MOVEMENT_REMOVING:
        member->movement = Movement::kRemoving;
        break;
      default:
        break;
    }
    if (mode == Mode::kJoining) member->movement = Movement::kJoining;
    if (mode == Mode::kLeaving || mode == Mode::kDecommissionFailed) member->movement = Movement::kLeaving;
    if (mode == Mode::kMoving) member->movement = Movement::kMoving;
    if (mode == Mode::kDecommissioned) member->movement = Movement::kLeaving;  // peers have not noticed yet
    // What some still list as joining has arrived when its own word is NORMAL, and most know it as a member.
    const bool most = 2 * seen.joining < total_viewers_ - seen.viewers_self;
    if (mode == Mode::kNormal && member->movement == Movement::kJoining && most &&
        member->first_token != member->last_token) {
      member->movement = Movement::kNormal;
    }
    member->in_ring = member->movement != Movement::kJoining;
    if (member->movement == Movement::kJoining) member->up = false;
  }

  static void FillHealth(const v1::NodeFacts& own, Member* member) {
    if (own.has_pending_compactions()) member->pending_compactions = own.pending_compactions();
    if (own.has_pending_hints_bytes()) member->pending_hints = own.pending_hints_bytes();
    if (own.has_dropped_mutations()) member->dropped_mutations = own.dropped_mutations();
    if (own.has_clock_skew_ms()) member->clock_skew_ms = own.clock_skew_ms();
    if (own.has_streams()) member->streams = own.streams();
    if (own.has_disk_capacity_bytes()) member->disk_capacity = std::max<int64_t>(0, own.disk_capacity_bytes());
    if (own.has_disk_used_bytes()) member->disk_used = std::max<int64_t>(0, own.disk_used_bytes());
  }

  // Who answers without a host id is sick all the same, and lives in its slot by what others say.
  void FillHealthOfNameless() {
    for (size_t s = 0; s < model_->slots.size(); ++s) {
      const Slot& slot = model_->slots[s];
      if (!slot.node_answered || !slot.node_host_id.empty() || slot.member == kNone) continue;
      FillHealth(reports_.nodes[s]->node(), &model_->members[static_cast<size_t>(slot.member)]);
    }
  }

  void FillOwnWord(const v1::NodeFacts& own, Member* member) {
    if (!own.address().empty() && member->address.empty()) member->address = own.address();
    if (!own.release().empty()) {
      if (!member->release.empty() && !SameRelease(member->release, own.release())) member->release_unsure = true;
      member->release = own.release();
    }
    if (!own.schema_version().empty()) member->schema_version = own.schema_version();
    if (!own.storage_compatibility_mode().empty()) member->storage_mode = own.storage_compatibility_mode();
    if (own.has_old_sstables()) member->old_sstables = std::max<int64_t>(0, own.old_sstables());
    member->native_transport = ToKnown(own.has_native_transport(), own.native_transport());
    if (own.has_load_bytes()) member->load = std::max<int64_t>(0, own.load_bytes());
    FillHealth(own, member);
    if (own.has_snapshot_bytes()) member->snapshots = std::max<int64_t>(0, own.snapshot_bytes());
    if (member->first_token == member->last_token) AddTokens(own.tokens(), member);
    if (!own.partitioner().empty() && own.partitioner() != "Murmur3Partitioner") {
      model_->partitioner = own.partitioner();
    }
  }

  void AddTokens(const google::protobuf::RepeatedField<int64_t>& tokens, Member* member) {
    if (tokens.size() > kMaxTokensPerMember) {
      AddInvalid(model_, "observed", absl::StrCat("host id ", member->host_id, " has ", tokens.size(), " tokens"),
                 absl::StrCat("at most ", kMaxTokensPerMember));
      return;
    }
    member->first_token = static_cast<int32_t>(model_->tokens.size());
    model_->tokens.insert(model_->tokens.end(), tokens.begin(), tokens.end());
    member->last_token = static_cast<int32_t>(model_->tokens.size());
  }

  int32_t CountMembers() {
    if (members_ < 0) {
      members_ = 0;
      for (const Seen& seen : seen_) members_ += IsMember(seen) ? 1 : 0;
    }
    return members_;
  }

  void Put(Id slot, Id member) {
    model_->slots[static_cast<size_t>(slot)].member = member;
    Member& m = model_->members[static_cast<size_t>(member)];
    m.slot = slot;
    const Rack& rack = model_->rack(model_->slot(slot).rack);
    if (m.rack == kNone) {
      m.rack = model_->slot(slot).rack;
      m.dc = rack.dc;
    } else if (m.rack != model_->slot(slot).rack) {
      if (m.dc != rack.dc)
        Doubt(absl::StrCat("the node in slot ", model_->SlotName(slot), " is in another datacenter"));
      AddNote(
          "location-mismatch", Level::kWarning,
          absl::StrCat("the node in slot ", model_->SlotName(slot), " says that it is in ", model_->RackName(m.rack)),
          "its snitch and its place differ: correct the rack configuration", slot);
    }
  }

  void JoinByOwnWord() {
    for (Seen& seen : seen_) {
      if (seen.member == kNone || seen.own_slot == kNone) continue;
      if (!model_->slot(seen.own_slot).member_unknown) Put(seen.own_slot, seen.member);
    }
  }

  // Who lives in which slot, as far as the ledger or the mark of a volume tells.
  std::vector<Id> Remembered() {
    std::vector<Id> members(model_->slots.size(), kNone);
    for (size_t s = 0; s < model_->slots.size(); ++s) {
      const VolumeState& volume = model_->slots[s].volume;
      const Seen* seen = volume.contents == Contents::kMember ? Find(volume.host_id) : nullptr;
      if (seen != nullptr) members[s] = seen->member;
    }
    for (const v1::KnownMember& known : request_.ledger().members()) {
      const Id slot = index_.FindSlot(*model_, known.slot());
      const Seen* seen = Find(known.host_id());
      if (slot != kNone && seen != nullptr && members[static_cast<size_t>(slot)] == kNone) {
        members[static_cast<size_t>(slot)] = seen->member;
      }
    }
    return members;
  }

  // Pods that came back with each other's addresses: gossip knows every member at the address of the next one, so that
  // all of them refuse to start. Here an address says nothing of who lives in a slot; memory does.
  void JoinCrossed() {
    const std::vector<Id> members = Remembered();
    std::map<string_view, Id> at;  // slots that do not answer, by the address that their Pod has now
    for (size_t s = 0; s < model_->slots.size(); ++s) {
      const Slot& slot = model_->slots[s];
      const bool silent = slot.present == Known::kYes && slot.ready == Known::kNo && slot.node_host_id.empty();
      const bool down = members[s] != kNone && model_->member(members[s]).down;
      if (silent && down && !slot.address.empty()) at.emplace(slot.address, static_cast<Id>(s));
    }
    const auto next = [&](Id slot) {
      const auto it = at.find(model_->member(members[static_cast<size_t>(slot)]).address);
      return it == at.end() ? kNone : it->second;
    };
    for (const auto& [address, first] : at) {
      Id slot = next(first);
      size_t steps = 1;
      for (; slot != kNone && slot != first && steps <= at.size(); ++steps) slot = next(slot);
      if (slot != first || steps < 2) continue;
      const Id member = members[static_cast<size_t>(first)];
      if (model_->member(member).slot != kNone || model_->slot(first).member != kNone) continue;
      model_->members[static_cast<size_t>(member)].crossed = true;
      Put(first, member);
      AddNote("crossed-address", Level::kWarning,
              absl::StrCat("the Pod of ", model_->SlotName(first), " has the address ", address,
                           ", at which gossip knows another member: the node refuses to start"),
              "a restart gives its Pod another address; one after the other", first);
    }
  }

  void JoinByAddress() {
    std::vector<std::pair<string_view, Id>> addresses;
    for (size_t s = 0; s < model_->slots.size(); ++s) {
      const Slot& slot = model_->slots[s];
      if (!slot.address.empty() && slot.present == Known::kYes)
        addresses.emplace_back(slot.address, static_cast<Id>(s));
    }
    std::sort(addresses.begin(), addresses.end());
    for (size_t m = 0; m < model_->members.size(); ++m) {
      const Member& member = model_->members[m];
      if (member.address.empty()) continue;
      const auto it = std::lower_bound(addresses.begin(), addresses.end(), std::make_pair(member.address, kNone));
      if (it == addresses.end() || it->first != member.address) continue;
      const Slot& slot = model_->slot(it->second);
      if (!slot.node_host_id.empty() && slot.node_host_id != member.host_id && slot.member != static_cast<Id>(m) &&
          slot.mode != Mode::kDecommissioned) {
        AddNote("crossed-address", Level::kWarning,
                absl::StrCat("host id ", member.host_id, " is known at ", member.address, ", where slot ",
                             model_->SlotName(it->second), " says that it is host id ", slot.node_host_id),
                "two nodes may have swapped their addresses: wait until gossip agrees", it->second);
        continue;
      }
      if (slot.member != kNone || slot.member_unknown || !slot.node_host_id.empty()) continue;
      if (member.slot == kNone) {
        Put(it->second, static_cast<Id>(m));
      } else if (member.slot != it->second) {  // it says that it is elsewhere, and answers from here
        model_->slots[static_cast<size_t>(it->second)].member_unknown = true;
      }
    }
  }

  void JoinByMemory() {
    for (const v1::KnownMember& known : request_.ledger().members()) {
      const Id slot = index_.FindSlot(*model_, known.slot());
      const Seen* seen = Find(known.host_id());
      if (slot == kNone || seen == nullptr || seen->member == kNone) continue;
      TryPut(slot, seen->member);
    }
    for (size_t s = 0; s < model_->slots.size(); ++s) {
      const VolumeState& volume = model_->slots[s].volume;
      if (volume.contents != Contents::kMember) continue;
      const Seen* seen = Find(volume.host_id);
      if (seen != nullptr && seen->member != kNone) TryPut(static_cast<Id>(s), seen->member);
    }
  }

  void TryPut(Id slot, Id member) {
    if (model_->slot(slot).member == kNone && model_->member(member).slot == kNone &&
        model_->slot(slot).node_host_id.empty() && !model_->slot(slot).member_unknown) {
      Put(slot, member);
    }
  }

  // One slot without a member and one member without a slot in a rack belong together, unless the slot's volume is
  // proven empty or absent. Where it is not one and one, nobody can tell.
  void JoinByElimination() {
    std::vector<std::vector<Id>> loose(model_->racks.size());
    for (size_t m = 0; m < model_->members.size(); ++m) {
      const Member& member = model_->members[m];
      if (member.slot == kNone && member.rack != kNone)
        loose[static_cast<size_t>(member.rack)].push_back(static_cast<Id>(m));
    }
    for (size_t r = 0; r < model_->racks.size(); ++r) {
      if (loose[r].empty()) continue;
      const std::vector<Id> slots = SlotsWithoutMember(model_->racks[r]);
      if (slots.empty()) continue;
      if (slots.size() == 1 && loose[r].size() == 1) {
        Put(slots[0], loose[r][0]);
        continue;
      }
      for (const Id s : slots) model_->slots[static_cast<size_t>(s)].member_unknown = true;
      AddNote("unmatched-slots", Level::kWarning,
              absl::StrCat(Several(static_cast<int64_t>(slots.size()), "slot"), " and ",
                           Several(static_cast<int64_t>(loose[r].size()), "member"), " of rack ",
                           model_->RackName(static_cast<Id>(r)), " cannot be told apart"),
              "collect the answers of these nodes, or wait until they have started");
    }
  }

  std::vector<Id> SlotsWithoutMember(const Rack& rack) const {
    std::vector<Id> slots;
    for (Id s = rack.first_slot; s < rack.last_slot; ++s) {
      const Slot& slot = model_->slot(s);
      const bool exists = slot.present == Known::kYes || (rack.present == Known::kYes && slot.ordinal < rack.nodes) ||
                          (slot.present == Known::kUnknown && rack.present == Known::kUnknown);
      if (exists && slot.member == kNone && slot.node_host_id.empty() && slot.mode != Mode::kJoining &&
          slot.volume.contents != Contents::kEmpty) {
        slots.push_back(s);
      }
    }
    return slots;
  }

  void SortMembers() {
    std::vector<Id> order(model_->members.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<Id>(i);
    auto key = [this](Id id) {
      const Member& m = model_->member(id);
      const Id rack = m.rack == kNone ? static_cast<Id>(model_->racks.size()) : m.rack;
      return std::make_tuple(rack, m.slot == kNone ? INT32_MAX : m.slot, m.host_id);
    };
    std::sort(order.begin(), order.end(), [&](Id a, Id b) { return key(a) < key(b); });
    std::vector<Member> sorted;
    sorted.reserve(order.size());
    std::vector<Id> place(order.size());
    for (size_t i = 0; i < order.size(); ++i) {
      place[static_cast<size_t>(order[i])] = static_cast<Id>(i);
      sorted.push_back(model_->members[static_cast<size_t>(order[i])]);
    }
    model_->members = std::move(sorted);
    for (Slot& slot : model_->slots) {
      if (slot.member != kNone) slot.member = place[static_cast<size_t>(slot.member)];
    }
    for (Seen& seen : seen_) {
      if (seen.member != kNone) seen.member = place[static_cast<size_t>(seen.member)];
    }
    for (Member& m : model_->members) FinishMember(&m);
  }

  void FinishMember(Member* m) {
    model_->rack_of_member.push_back(m->rack == kNone ? static_cast<Id>(model_->racks.size()) : m->rack);
    if (m->rack != kNone) {
      const Rack& rack = model_->rack(m->rack);
      m->external = !rack.desired && rack.present == Known::kNo && m->slot == kNone && reports_.racks_complete;
    }
    if (m->slot == kNone) return;
    const Slot& slot = model_->slot(m->slot);
    // Others may have been asked before its process stopped: what Kubernetes finds not ready does not count.
    m->at_risk = m->up && (slot.being_deleted || slot.cordoned || slot.ready == Known::kNo);
    // It was started with the template that the rack has now.
    const Rack& own_rack = model_->rack(slot.rack);
    const bool current = !slot.revision.empty() && slot.revision == own_rack.revision;
    if (m->storage_mode.empty() && current && HasMode(ReleaseLine(m->release))) m->storage_mode = own_rack.mode;
    if (slot.present == Known::kNo) m->up = false;
    // Nobody could be asked, and what runs in the slot is known not to serve.
    const bool silent = !m->known && slot.ready == Known::kNo;
    m->down = !m->up && (m->down || silent || slot.present == Known::kNo);
  }

  // Nodes that have left and still have a slot or a volume.
  void FindLeft() {
    for (size_t s = 0; s < model_->slots.size(); ++s) {
      Slot& slot = model_->slots[s];
      if (slot.member != kNone) continue;
      if (slot.mode == Mode::kDecommissioned) slot.left_host_id = slot.node_host_id;
    }
    for (const v1::LeftMember& left : request_.ledger().left()) {
      const Id s = index_.FindSlot(*model_, left.slot());
      if (s == kNone || model_->slot(s).member != kNone) continue;
      Slot& slot = model_->slots[static_cast<size_t>(s)];
      if (slot.left_host_id.empty() && (slot.node_host_id.empty() || slot.node_host_id == left.host_id())) {
        slot.left_host_id = left.host_id();
      }
    }
    for (const v1::Report* view : reports_.views) {
      for (const v1::Peer& peer : view->view().peers()) {
        if (peer.movement() == v1::PEER_MOVEMENT_LEFT) LeftByAddress(peer);
      }
    }
    for (Slot& slot : model_->slots) {
      if (!slot.left_host_id.empty()) slot.left_proven = LeftIsProven(slot);
    }
  }

  void LeftByAddress(const v1::Peer& peer) {
    const Seen* seen = Find(peer.host_id());
    if (peer.host_id().empty() || (seen != nullptr && seen->member != kNone)) return;
    for (Slot& slot : model_->slots) {
      if (slot.member == kNone && slot.left_host_id.empty() && slot.node_host_id.empty() && !slot.address.empty() &&
          slot.address == peer.address()) {
        slot.left_host_id = peer.host_id();
      }
    }
  }

  // A majority of all members, at least one per rack of its datacenter, show the host id LEFT, or do not list it
  // although their list is whole and the decommission is known to be done (the node says so, or the ledger).
  bool LeftIsProven(const Slot& slot) {
    const bool known_done = slot.mode == Mode::kDecommissioned || InLedger(slot.left_host_id);
    const Id dc = model_->rack(slot.rack).dc;
    std::vector<uint8_t> rack_voted(model_->racks.size(), 0);
    int32_t votes = 0;
    for (const v1::Report* report : reports_.views) {
      const v1::ViewFacts& view = report->view();
      const v1::Peer* peer = PeerIn(view, slot.left_host_id);
      const bool left = peer != nullptr && peer->movement() == v1::PEER_MOVEMENT_LEFT;
      const bool gone = peer == nullptr && view.complete() && known_done;
      if (!left && !gone) continue;
      for (const std::string& viewer : view.viewers()) {
        const Seen* seen = Find(viewer);
        if (seen == nullptr || seen->member == kNone) continue;
        ++votes;
        const Id rack = model_->member(seen->member).rack;
        if (rack != kNone) rack_voted[static_cast<size_t>(rack)] = 1;
      }
    }
    for (const Member& m : model_->members) {
      if (m.dc == dc && m.rack != kNone && rack_voted[static_cast<size_t>(m.rack)] == 0) return false;
    }
    return votes > 0 && 2 * votes > static_cast<int32_t>(model_->members.size());
  }

  bool InLedger(string_view host_id) {
    for (const v1::LeftMember& left : request_.ledger().left()) {
      if (left.host_id() == host_id) return true;
    }
    return false;
  }

  void CheckEmpty() {
    bool empty = model_->members.empty() && seen_.empty() && reports_.racks_complete && reports_.slots_complete &&
                 reports_.volumes_complete;
    for (const Slot& slot : model_->slots) {
      empty = empty && slot.present == Known::kNo && slot.volume.present == Known::kNo;
    }
    model_->empty_cluster = empty && request_.ledger().members().empty();
  }

  const RackIndex& index_;
  Model* model_;
  const v1::PlanRequest& request_;
  Reports reports_;
  std::vector<Seen> seen_;  // by host id
  int32_t total_viewers_ = 0;
  int32_t members_ = -1;
};

}  // namespace

void ReadObserved(const RackIndex& index, Model* model) { Join(index, model).Run(); }

Id FindMember(const Model& model, absl::string_view host_id) {
  for (size_t m = 0; m < model.members.size(); ++m) {
    if (model.members[m].host_id == host_id) return static_cast<Id>(m);
  }
  return kNone;
}

}  // namespace cassplan::planner
