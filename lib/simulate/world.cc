// Time, names, workloads and slots of the fake cluster.
#include "lib/simulate/world.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace cassplan::simulate {

using absl::StrCat;

void World::At(int64_t when, Occurrence what, int a, int b) { queue_.push({when, ++events_, what, a, b}); }

bool World::Next(Event* event) {
  if (queue_.empty()) return false;
  *event = queue_.top();
  queue_.pop();
  now = std::max(now, event->at);
  return true;
}

void World::HandleOwn(const Event& event) {
  switch (event.what) {
    case Occurrence::kPodStart:
      PodStart(event.a, event.b);
      break;
    case Occurrence::kPodGone:
      PodGone(event.a, event.b);
      break;
    case Occurrence::kProcessUp:
      ProcessUp(event.a, event.b);
      break;
    case Occurrence::kWorkDone:
      FinishWork(event.a);
      break;
    case Occurrence::kTraffic:
      Traffic();
      At(now + 60, Occurrence::kTraffic);
      break;
    default:
      break;
  }
}

std::string World::NewId(absl::string_view prefix) { return StrCat(prefix, "-", ++ids_); }

std::string World::NewHostId() { return absl::StrFormat("5e1f0000-0000-4000-8000-%012x", ++ids_); }

std::string World::SlotName(int slot) const {
  const Slot& s = simulate::At(slots, slot);
  const Rack& r = simulate::At(racks, s.rack);
  return StrCat(simulate::At(dcs, r.dc), "/", r.name, "/", s.ordinal);
}

v1::Target World::SlotTarget(int slot) const {
  v1::Target t;
  const Slot& s = simulate::At(slots, slot);
  t.set_datacenter(simulate::At(dcs, simulate::At(racks, s.rack).dc));
  t.set_rack(simulate::At(racks, s.rack).name);
  t.set_ordinal(s.ordinal);
  return t;
}

int World::FindDc(absl::string_view name) const {
  for (int d = 0; d < Size(dcs); ++d) {
    if (simulate::At(dcs, d) == name) return d;
  }
  return kNone;
}

int World::FindRack(const v1::Target& target) const {
  for (int r = 0; r < Size(racks); ++r) {
    const Rack& rack = simulate::At(racks, r);
    if (rack.name == target.rack() && simulate::At(dcs, rack.dc) == target.datacenter()) return r;
  }
  return kNone;
}

int World::FindSlot(const v1::Target& target) const {
  if (!target.has_ordinal()) return kNone;
  const int rack = FindRack(target);
  for (int s = 0; s < Size(slots); ++s) {
    if (simulate::At(slots, s).rack == rack && simulate::At(slots, s).ordinal == target.ordinal()) return s;
  }
  return kNone;
}

int World::FindSlot(absl::string_view name) const {
  for (int s = 0; s < Size(slots); ++s) {
    if (SlotName(s) == name) return s;
  }
  return kNone;
}

int World::FindOrDesired(absl::string_view name) {
  const int known = FindSlot(name);
  if (known != kNone) return known;
  for (const v1::DesiredDatacenter& dc : desired.datacenters()) {
    for (const v1::DesiredRack& rack : dc.racks()) {
      for (int ordinal = 0; ordinal < rack.nodes(); ++ordinal) {
        if (StrCat(dc.name(), "/", rack.name(), "/", ordinal) != name) continue;
        v1::Target t;
        t.set_datacenter(dc.name());
        t.set_rack(rack.name());
        return MakeSlot(FindRack(t), ordinal);
      }
    }
  }
  return kNone;
}

int World::FindMember(absl::string_view host_id) const {
  for (int m = 0; m < Size(members); ++m) {
    if (simulate::At(members, m).host_id == host_id) return m;
  }
  return kNone;
}

int World::MakeSlot(int rack, int ordinal) {
  for (int s = 0; s < Size(slots); ++s) {
    if (simulate::At(slots, s).rack == rack && simulate::At(slots, s).ordinal == ordinal) return s;
  }
  Slot slot;
  slot.rack = rack;
  slot.ordinal = ordinal;
  slot.volume.rows.assign(rows.size(), 0);
  slots.push_back(std::move(slot));
  return Size(slots) - 1;
}

// As a StatefulSet with OnDelete: makes what is missing, from the lowest ordinal on, and takes away from the top.
void World::Control(int rack) {
  Rack& r = simulate::At(racks, rack);
  if (!r.present) return;
  const bool parallel = r.facts.parallel();
  int top = kNone;
  for (int s = 0; s < Size(slots); ++s) {
    const Slot& slot = simulate::At(slots, s);
    if (slot.rack != rack || !slot.pod || slot.deleting || slot.ordinal < r.replicas) continue;
    if (top == kNone || slot.ordinal > simulate::At(slots, top).ordinal) top = s;
  }
  if (top != kNone) {
    KillPod(top, false);
    return;
  }
  for (int ordinal = 0; ordinal < r.replicas; ++ordinal) {
    const int s = MakeSlot(rack, ordinal);
    Slot& slot = simulate::At(slots, s);
    if (!slot.pod && !slot.coming && !slot.deleting) {
      slot.coming = true;
      At(now + random.Between(1, 5), Occurrence::kPodStart, s, slot.generation);
    }
    if (!parallel && !slot.ready) return;
  }
}

// The release of a rack's template; where nobody told it, that of the desired one, or of the nodes that run it.
std::string World::ReleaseOf(int rack) const {
  const Rack& r = simulate::At(racks, rack);
  const v1::Template& stored = r.facts.template_();
  if (!stored.release().empty()) return stored.release();
  for (const v1::DesiredDatacenter& dc : desired.datacenters()) {
    for (const v1::DesiredRack& wanted : dc.racks()) {
      if (dc.name() == simulate::At(dcs, r.dc) && wanted.name() == r.name &&
          wanted.template_().revision() == stored.revision()) {
        return wanted.template_().release();
      }
    }
  }
  for (const Member& m : members) {
    if (m.rack == rack && !m.release.empty()) return m.release;
  }
  return members.empty() ? "" : members[0].release;
}

void World::PodStart(int s, int generation) {
  Slot& slot = simulate::At(slots, s);
  if (slot.generation != generation || slot.pod) return;
  Rack& rack = simulate::At(racks, slot.rack);
  slot.coming = false;
  if (!rack.present || slot.ordinal >= rack.replicas) return;
  slot.pod = true;
  slot.deleting = slot.ready = false;
  slot.uid = NewId("pod");
  slot.address = StrCat("10.1.", ids_ / 250 % 250, ".", ids_ % 250 + 1);
  slot.revision = rack.facts.template_().revision();
  slot.token = rack.facts.restart_token();
  slot.release = ReleaseOf(slot.rack);
  slot.restarts = 0;
  slot.waiting.clear();
  slot.schedulable = !slot.machine_lost;
  ++slot.generation;
  if (!slot.volume.present) {
    slot.volume = Volume();
    slot.volume.present = true;
    slot.volume.uid = NewId("volume");
    slot.volume.facts.set_expandable(true);
    slot.volume.capacity = rack.facts.volume().capacity_bytes();
    if (slot.volume.capacity == 0) slot.volume.capacity = int64_t{100} << 30;
    slot.volume.rows.assign(rows.size(), 0);
  }
  if (slot.schedulable) At(now + random.Between(20, 70), Occurrence::kProcessUp, s, slot.generation);
}

void World::StopProcess(int s) {
  Slot& slot = simulate::At(slots, s);
  slot.ready = false;
  if (slot.member == kNone) return;
  const int m = slot.member;
  slot.member = kNone;
  Member& member = simulate::At(members, m);
  member.mode = v1::NODE_MODE_UNSPECIFIED;
  if (member.ring == Ring::kJoining) {
    for (int i = 0; i < Size(work); ++i) {
      if (!simulate::At(work, i).over && simulate::At(work, i).member == m) simulate::At(work, i).over = true;
    }
    AbandonJoin(m);
    return;
  }
  SetMember(m, member.ring, false);
}

void World::KillPod(int s, bool at_once) {
  Slot& slot = simulate::At(slots, s);
  if (!slot.pod || slot.deleting) return;
  slot.deleting = true;
  ++slot.generation;
  StopProcess(s);
  At(now + (at_once ? 1 : random.Between(2, 15)), Occurrence::kPodGone, s, slot.generation);
}

void World::PodGone(int s, int generation) {
  Slot& slot = simulate::At(slots, s);
  if (slot.generation != generation || !slot.pod) return;
  slot.pod = slot.deleting = false;
  slot.address.clear();
  Control(slot.rack);
}

void World::DeleteVolume(int s) {
  Volume& volume = simulate::At(slots, s).volume;
  if (!volume.present) return;
  const int m = FindMember(volume.host_id);
  if (m != kNone) simulate::At(members, m).slot = kNone;
  volume = Volume();
  volume.rows.assign(rows.size(), 0);
  ++data_version;
}

}  // namespace cassplan::simulate
