#include "lib/simulate/execute.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace cassplan::simulate {
namespace {

class Hands {
 public:
  Hands(const v1::Action& action, int attempt, World* world)
      : a_(action),
        attempt_(attempt),
        w_(*world),
        slot_(world->FindSlot(action.target())),
        rack_(world->FindRack(action.target())) {}

  void Do() {
    switch (a_.kind()) {
      case v1::ACTION_KIND_CREATE_CLUSTER_OBJECTS:
      case v1::ACTION_KIND_UPDATE_CLUSTER_OBJECTS:
        Objects();
        break;
      case v1::ACTION_KIND_CREATE_RACK:
      case v1::ACTION_KIND_UPDATE_RACK:
      case v1::ACTION_KIND_RECREATE_RACK:
        Template();
        break;
      case v1::ACTION_KIND_DELETE_RACK:
        if (rack_ != kNone) At(w_.racks, rack_).present = false;
        break;
      case v1::ACTION_KIND_SET_SEEDS:
        Seeds();
        break;
      case v1::ACTION_KIND_START_NODE:
        Grow();
        break;
      case v1::ACTION_KIND_SHRINK_RACK:
        Shrink();
        break;
      case v1::ACTION_KIND_DRAIN:
        Drain();
        break;
      case v1::ACTION_KIND_RESTART_NODE:
        Restart();
        break;
      case v1::ACTION_KIND_DECOMMISSION:
        Decommission();
        break;
      case v1::ACTION_KIND_DELETE_VOLUME:
        DeleteVolume();
        break;
      case v1::ACTION_KIND_QUARANTINE_VOLUME:
        if (slot_ != kNone) Quarantine();
        break;
      case v1::ACTION_KIND_REPLACE_NODE:
        Replace();
        break;
      case v1::ACTION_KIND_REMOVE_NODE:
      case v1::ACTION_KIND_ASSASSINATE:
        Remove();
        break;
      case v1::ACTION_KIND_ALTER_KEYSPACE:
        Alter();
        break;
      case v1::ACTION_KIND_GROW_VOLUME:
        if (slot_ != kNone && a_.capacity_bytes() > 0) At(w_.slots, slot_).volume.capacity = a_.capacity_bytes();
        Say(true);
        break;
      case v1::ACTION_KIND_GRANT_START:
      case v1::ACTION_KIND_PAUSE_REPAIRS:
      case v1::ACTION_KIND_RESUME_REPAIRS:
        Say(true);
        break;
      default:
        if (slot_ != kNone) w_.Operate(a_.kind(), slot_, a_, attempt_);
        break;
    }
  }

 private:
  void Say(bool ok, const std::string& text = "") {
    if (!a_.id().empty()) w_.report(a_.id(), attempt_, ok, text);
  }
  bool SamePod() const {
    return slot_ != kNone && At(w_.slots, slot_).pod &&
           (a_.target().uid().empty() || At(w_.slots, slot_).uid == a_.target().uid());
  }

  // The list that the action names: a seed that is replaced leaves it for a while.
  void Seeds() {
    w_.seeds.assign(w_.desired.seeds().begin(), w_.desired.seeds().end());
    for (const v1::Effect& effect : a_.effects()) {
      if (effect.fact() != "seeds") continue;
      w_.seeds.clear();
      for (const absl::string_view name : absl::StrSplit(effect.value(), ", ", absl::SkipEmpty())) {
        const int s = w_.FindSlot(name);
        if (s != kNone) w_.seeds.push_back(w_.SlotTarget(s));
      }
    }
    w_.seeds_known = true;
    Say(true);
  }

  void Objects() {
    for (const v1::SharedObject& object : w_.desired.objects()) {
      v1::ObjectFacts& facts = w_.objects[{object.kind(), object.name()}];
      const bool keep = facts.present() && object.create_only();
      facts.set_kind(object.kind());
      facts.set_present(true);
      facts.set_owner_id(w_.owner);
      if (!keep) facts.set_revision(object.revision());
    }
    Say(true);
  }

  void Template() {
    if (rack_ == kNone) return;
    Rack& rack = At(w_.racks, rack_);
    for (const v1::DesiredDatacenter& dc : w_.desired.datacenters()) {
      for (const v1::DesiredRack& wanted : dc.racks()) {
        if (dc.name() != a_.target().datacenter() || wanted.name() != rack.name) continue;
        const bool made = !rack.present;
        if (made) rack.replicas = SlotsThere();
        if (made || a_.kind() == v1::ACTION_KIND_RECREATE_RACK) rack.facts.set_parallel(true);
        rack.present = true;
        *rack.facts.mutable_template_() = wanted.template_();
        rack.facts.set_restart_token(wanted.restart_token());
        rack.facts.set_workload_revision(wanted.workload_revision());
        rack.facts.set_owner_id(w_.owner);
        if (made || a_.kind() == v1::ACTION_KIND_RECREATE_RACK) *rack.facts.mutable_volume() = wanted.volume();
      }
    }
    Say(true);
  }

  int SlotsThere() const {
    int there = 0;
    for (const Slot& slot : w_.slots) {
      if (slot.rack == rack_ && slot.pod) there = std::max(there, slot.ordinal + 1);
    }
    return there;
  }

  void Grow() {
    if (rack_ == kNone || !At(w_.racks, rack_).present) return;
    Rack& rack = At(w_.racks, rack_);
    rack.replicas = std::max(rack.replicas, a_.target().ordinal() + 1);
    w_.Control(rack_);
  }

  void Shrink() {
    if (rack_ == kNone) return;
    Rack& rack = At(w_.racks, rack_);
    if (rack.replicas != a_.target().ordinal() + 1) return;
    rack.replicas = a_.target().ordinal();
    w_.Control(rack_);
  }

  void Drain() {
    if (!SamePod() || At(w_.slots, slot_).member == kNone) return Say(false, "the node does not answer");
    const int m = At(w_.slots, slot_).member;
    Member& member = At(w_.members, m);
    if (member.mode != v1::NODE_MODE_NORMAL) return Say(false, "the node is not NORMAL");
    member.mode = v1::NODE_MODE_DRAINED;
    At(w_.slots, slot_).ready = false;
    w_.SetMember(m, member.ring, false);
    Say(true);
  }

  void Restart() {
    if (!SamePod()) return;
    Slot& slot = At(w_.slots, slot_);
    // A new template is what a crash loop waits for.
    if (At(w_.racks, slot.rack).facts.template_().revision() != slot.revision) slot.crash_loops = false;
    w_.KillPod(slot_, false);
  }

  void Decommission() {
    const int m = w_.FindMember(a_.target().host_id());
    if (m == kNone || !At(w_.members, m).up) return Say(false, "the node does not answer");
    std::string why;
    if (!w_.Decommission(m, a_.id(), attempt_, a_.force(), &why)) Say(false, why);
  }

  void DeleteVolume() {
    if (slot_ == kNone) return;
    const Slot& slot = At(w_.slots, slot_);
    if (!a_.target().uid().empty() && slot.volume.uid != a_.target().uid()) return;
    if (slot.pod) return;  // what is mounted stays until it is not
    const int m = w_.FindMember(slot.volume.host_id);
    if (m != kNone && (At(w_.members, m).ring == Ring::kNormal || At(w_.members, m).ring == Ring::kLeaving)) {
      w_.violate("volume-last", absl::StrCat("the volume of ", w_.SlotName(slot_), " is deleted, and its member ",
                                             slot.volume.host_id, " is in the ring"));
    }
    w_.DeleteVolume(slot_);
  }

  void Quarantine() {
    w_.DeleteVolume(slot_);  // under another name it is nobody's
    Say(true);
  }

  void Replace() {
    const std::string& host = a_.replaced_host_id().empty() ? a_.target().host_id() : a_.replaced_host_id();
    const int m = w_.FindMember(host);
    if (slot_ == kNone || m == kNone || At(w_.members, m).up) return Say(false, "the member is up, or unknown");
    Slot& slot = At(w_.slots, slot_);
    slot.crash_loops = slot.machine_lost = false;
    w_.DeleteVolume(slot_);
    slot.replace = m;
    if (slot.pod) {
      w_.KillPod(slot_, true);
    } else {
      Rack& rack = At(w_.racks, slot.rack);
      rack.replicas = std::max(rack.replicas, slot.ordinal + 1);
      w_.Control(slot.rack);
    }
  }

  void Remove() {
    const std::string& host = a_.replaced_host_id().empty() ? a_.target().host_id() : a_.replaced_host_id();
    const int m = w_.FindMember(host);
    if (m == kNone) return Say(false, "no such member");
    if (a_.kind() == v1::ACTION_KIND_REMOVE_NODE) {
      w_.RemoveNode(m, a_.id(), attempt_);
    } else {
      w_.Assassinate(m);
      Say(true);
    }
  }

  void Alter() {
    const int dc = w_.FindDc(a_.target().datacenter());
    for (KeyspaceState& k : w_.keyspaces) {
      if (k.spec.name() != a_.target().keyspace() || k.simple || dc == kNone) continue;
      At(k.factors, dc) = a_.replication_factor();
      ++w_.ring_version;
    }
    Say(true);
  }

  const v1::Action& a_;
  int attempt_;
  World& w_;
  int slot_;
  int rack_;
};

}  // namespace

void Execute(const v1::Action& action, int attempt, World* world) {
  // Slots that are not there yet have a place all the same.
  if (action.target().has_ordinal()) {
    const int rack = world->FindRack(action.target());
    if (rack != kNone) world->MakeSlot(rack, action.target().ordinal());
  }
  Hands(action, attempt, world).Do();
}

}  // namespace cassplan::simulate
