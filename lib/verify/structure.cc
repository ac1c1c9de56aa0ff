#include "lib/verify/structure.h"

#include <algorithm>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/strings/str_cat.h"

namespace cassplan::verify {
namespace {

class StructureCheck {
 public:
  StructureCheck(const v1::PlanRequest& request, const v1::PlanResponse& response, const Scene& scene,
                 const Order& order)
      : request_(request), plan_(response.plan()), scene_(scene), order_(order) {}

  void Check() {
    CheckSections();
    CheckMembership();
    CheckSectionOrder();
    CheckPlanOrder();
    CheckRestartOnce();
    for (int32_t i = 0; i < Size(scene_.operations); ++i) {
      const Operation& operation = At(scene_.operations, i);
      if (operation.in_flight()) continue;
      if (!IsKnownKind(operation.kind)) Add("unknown-kind", i, "the verifier knows no such action");
      if (operation.action->ready()) CheckReady(i);
      if (IsDestructive(operation.kind)) CheckIdentity(i);
      if (IsDestructive(operation.kind) && operation.action->ready()) CheckEvidence(i);
      // A plan that lists only what may start now leaves the rest of its units out.
      if (operation.kind == v1::ACTION_KIND_DRAIN && !AskedFor(operation) && request_.horizon() != v1::HORIZON_READY)
        CheckDrain(i);
    }
  }

 private:
  void Add(absl::string_view invariant, int32_t number, const std::string& text) {
    scene_.findings.Add(invariant, absl::StrCat(Describe(At(scene_.operations, number), scene_.world), ": ", text),
                        {number});
  }

  void CheckSections() {
    absl::btree_set<std::string> ids;
    for (const v1::Section& section : plan_.sections()) {
      const auto bad = [&](const std::string& text) {
        scene_.findings.Add("structure-sections", absl::StrCat("section ", section.id(), " ", text), {});
      };
      if (!ids.insert(section.id()).second) bad("is there twice");
      if (section.id() != absl::StrCat(section.resource(), "#", section.number())) bad("has another id than it should");
      if (section.number() < 0 || (section.number() > 0 && section.in_flight_size() > 0)) bad("has a wrong number");
      const auto members = static_cast<int32_t>(order_.sections().at(section.id()).size());
      const bool partial = request_.horizon() == v1::HORIZON_READY;
      if (partial ? members > section.size() : members != section.size()) {
        bad(absl::StrCat("has ", members, " members and says ", section.size()));
      }
      if (section.alone() && !NeverTogether(order_.sections().at(section.id()))) bad("tolerates no two at once");
    }
    CheckInFlight();
  }

  // A drain and its restart are one member.
  bool NeverTogether(const std::vector<int32_t>& members) const {
    for (size_t i = 0; i < members.size(); ++i) {
      for (size_t j = 0; j < i; ++j) {
        if (!order_.Before(members[j], members[i]) && !order_.Before(members[i], members[j])) return false;
      }
    }
    return true;
  }

  void CheckInFlight() {
    absl::btree_set<std::string> ids;
    for (const Operation& operation : scene_.operations) {
      if (operation.in_flight()) ids.insert(operation.id);
    }
    for (const v1::Section& section : plan_.sections()) {
      for (const std::string& id : section.in_flight()) {
        if (ids.contains(id)) continue;
        scene_.findings.Add("structure-in-flight", absl::StrCat(section.id(), ": ", id, " is not in flight"), {});
      }
    }
  }

  void CheckMembership() {
    absl::btree_map<std::string, std::string> resource_of;
    for (const v1::Section& section : plan_.sections()) resource_of[section.id()] = section.resource();
    for (int32_t i = 0; i < Size(scene_.operations); ++i) {
      if (At(scene_.operations, i).in_flight()) continue;
      absl::btree_set<std::string> resources;
      for (const std::string& id : At(scene_.operations, i).action->sections()) {
        const auto found = resource_of.find(id);
        if (found == resource_of.end()) {
          Add("structure-sections", i, absl::StrCat("section ", id, " is not there"));
        } else if (!resources.insert(found->second).second) {
          Add("structure-sections", i, absl::StrCat("it is in two sections of ", found->second));
        }
      }
    }
  }

  void CheckSectionOrder() {
    absl::btree_map<std::string, absl::btree_map<int32_t, std::string>> by_resource;
    for (const v1::Section& section : plan_.sections())
      by_resource[section.resource()][section.number()] = section.id();
    for (const auto& [resource, sections] : by_resource) {
      const std::vector<int32_t>* before = nullptr;
      for (const auto& [number, id] : sections) {
        const std::vector<int32_t>& members = order_.sections().at(id);
        if (before != nullptr) CheckOrdered(*before, members, id);
        if (!members.empty()) before = &members;
      }
    }
  }

  void CheckOrdered(const std::vector<int32_t>& before, const std::vector<int32_t>& after, const std::string& id) {
    for (const int32_t second : after) {
      for (const int32_t first : before) {
        if (order_.Before(first, second)) continue;
        Add("structure-order", second,
            absl::StrCat("in section ", id, " and not after ", At(scene_.operations, first).id));
        return;
      }
    }
  }

  // The numbers of operations are the order of the plan.
  void CheckPlanOrder() {
    for (int32_t i = 0; i < Size(scene_.operations); ++i) {
      for (const int32_t successor : At(order_.successors(), i)) {
        if (successor < i) Add("structure-order", successor, "it stands before an action that it requires");
      }
    }
  }

  void CheckRestartOnce() {
    absl::btree_map<int32_t, int32_t> restarted;
    for (int32_t i = 0; i < Size(scene_.operations); ++i) {
      const Operation& operation = At(scene_.operations, i);
      if (operation.in_flight() || operation.kind != v1::ACTION_KIND_RESTART_NODE) continue;
      const int32_t key = operation.node != kNone ? operation.node : -2 - operation.slot;
      if (++restarted[key] == 2) Add("restart-once", i, "the node restarts twice");
    }
  }

  bool HasPredecessors(int32_t number) const {
    const uint64_t* const row = order_.Row(number);
    return std::any_of(row, row + order_.words(), [](uint64_t word) { return word != 0; });
  }

  void CheckReady(int32_t number) {
    const v1::Action& action = *At(scene_.operations, number).action;
    if (HasPredecessors(number)) Add("structure-ready", number, "ready, and requires what is not done");
    if (action.not_before_seconds() > request_.now_seconds()) Add("structure-ready", number, "ready before its time");
  }

  void CheckIdentity(int32_t number) {
    const Operation& operation = At(scene_.operations, number);
    const v1::Target& target = operation.target;
    if (target.host_id().empty() && target.uid().empty()) {
      Add("identity", number, "it names neither a host id nor a uid");
      return;
    }
    const bool about_member =
        operation.kind != v1::ACTION_KIND_DELETE_VOLUME && operation.kind != v1::ACTION_KIND_SHRINK_RACK;
    if (about_member && (operation.node == kNone || target.host_id().empty())) {
      Add("identity", number, "it names no member that is known");
    }
    if (!IsSlot(target)) return;
    const Slot& slot = At(scene_.world.slots, scene_.world.FindSlot(target));
    const bool other = !target.host_id().empty() && slot.node != kNone &&
                       At(scene_.world.nodes, slot.node).host_id != target.host_id() &&
                       slot.volume_host_id != target.host_id();
    if (other) Add("identity", number, "another member is in the slot");
    const bool seen = !slot.uid.empty() || !slot.volume_uid.empty();
    if (seen && !target.uid().empty() && target.uid() != slot.uid && target.uid() != slot.volume_uid &&
        !NamesWorkload(operation, slot)) {
      Add("identity", number, "the slot and its volume have other uids");
    }
  }

  // Where nothing runs in the slot that is dropped, only the workload that is lowered can be named.
  bool NamesWorkload(const Operation& operation, const Slot& slot) const {
    if (operation.kind != v1::ACTION_KIND_SHRINK_RACK || !slot.uid.empty()) return false;
    const auto found = scene_.world.workload_uids.find(slot.rack);
    return found != scene_.world.workload_uids.end() && found->second == operation.target.uid();
  }

  void CheckEvidence(int32_t number) {
    const Operation& operation = At(scene_.operations, number);
    if (operation.node == kNone) return;
    const World& world = scene_.world;
    const Node& node = At(world.nodes, operation.node);
    if (!world.ring_known && node.ever_in_ring) Add("stale-evidence", number, "no fresh view of the whole ring");
    if (node.in_ring && !node.known) Add("stale-evidence", number, "the state of its member is not known");
    if (operation.kind != v1::ACTION_KIND_DECOMMISSION && operation.kind != v1::ACTION_KIND_REMOVE_NODE) return;
    if (!world.schema_known) Add("stale-evidence", number, "no fresh list of all keyspaces");
    for (const Node& other : world.nodes) {
      if (!other.in_ring || other.known || !world.SameRing(node.dc, other.dc)) continue;
      Add("stale-evidence", number, absl::StrCat("the state of ", other.name, " is not known"));
    }
  }

  // A person may want a node drained and nothing else.
  static bool AskedFor(const Operation& operation) {
    return operation.action != nullptr && !operation.action->request_uid().empty() && operation.action->unit().empty();
  }

  void CheckDrain(int32_t drain) {
    const Operation& operation = At(scene_.operations, drain);
    const auto& successors = At(order_.successors(), drain);
    for (const int32_t next : successors) {
      if (next >= Size(scene_.operations)) continue;
      const Operation& restart = At(scene_.operations, next);
      if (restart.kind != v1::ACTION_KIND_RESTART_NODE || restart.node != operation.node) continue;
      if (operation.slot != restart.slot) continue;
      if (NeedsMore(drain, next)) Add("drain-unit", next, "it waits for more than its drain");
      if (operation.action->unit() != restart.action->unit()) {
        Add("structure-unit", next, "it is in another unit than its drain");
      }
      return;
    }
    Add("drain-unit", drain, "no restart follows it");
  }

  // `restart` requires something that `drain` does not.
  bool NeedsMore(int32_t drain, int32_t restart) const {
    for (size_t word = 0; word < order_.words(); ++word) {
      uint64_t more = order_.Row(restart)[word] & ~order_.Row(drain)[word];
      if (static_cast<size_t>(drain) / 64 == word) more &= ~(uint64_t{1} << (static_cast<size_t>(drain) % 64));
      if (more != 0) return true;
    }
    return false;
  }

  const v1::PlanRequest& request_;
  const v1::Plan& plan_;
  const Scene& scene_;
  const Order& order_;
};

}  // namespace

void CheckStructure(const v1::PlanRequest& request, const v1::PlanResponse& response, const Scene& scene,
                    const Order& order) {
  StructureCheck(request, response, scene, order).Check();
}

}  // namespace cassplan::verify
