#include "lib/planner/settle_slots.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"

namespace cassplan::planner {
namespace {

bool RestartInFlight(const Model& m, Id slot) {
  return std::any_of(m.in_flight.begin(), m.in_flight.end(),
                     [&](const InFlight& a) { return a.slot == slot && a.kind == Kind::kRestartNode; });
}

bool Failed(const Model& m, Id slot) {
  return std::any_of(m.failed_starts.begin(), m.failed_starts.end(), [&](const FailedStart& f) {
    return f.slot == slot && (f.kind == Kind::kStartNode || f.kind == Kind::kReplaceNode);
  });
}

}  // namespace

void NoteNeverJoined(Model* model) {
  if (!model->views_known) return;  // nobody tells who is a member
  for (const ForeignMovement& f : model->foreign) {
    if (f.member != kNone || f.slot == kNone || RestartInFlight(*model, f.slot)) continue;
    const Slot& slot = model->slot(f.slot);
    const bool stuck = slot.schedulable == Known::kNo || !slot.waiting_reason.empty();
    if (!stuck && !Failed(*model, f.slot)) continue;
    Note note;
    note.rule = "not-joined";
    note.level = Level::kError;
    note.slot = f.slot;
    note.message = absl::StrCat("slot ", model->SlotName(f.slot), " was started, and its node has not joined",
                                !slot.waiting_reason.empty()     ? absl::StrCat(": ", slot.waiting_reason)
                                : slot.schedulable == Known::kNo ? std::string(": no machine takes it")
                                                                 : std::string(" in the time that was given for it"));
    note.remedy = "see its log for why; once it joins the plan goes on, or lower the number of nodes again";
    model->notes.push_back(std::move(note));
    model->needs_person = true;
  }
}

void RememberLeft(const Model& model, v1::Ledger* ledger) {
  for (const Slot& slot : model.slots) {
    if (slot.member != kNone || slot.mode != Mode::kDecommissioned || !slot.left_proven) continue;
    const bool known = std::any_of(ledger->left().begin(), ledger->left().end(),
                                   [&](const v1::LeftMember& left) { return left.host_id() == slot.left_host_id; });
    if (known) continue;
    const Rack& rack = model.rack(slot.rack);
    v1::LeftMember* left = ledger->add_left();
    left->set_host_id(std::string(slot.left_host_id));
    left->mutable_slot()->set_datacenter(std::string(model.dc(rack.dc).name));
    left->mutable_slot()->set_rack(std::string(rack.name));
    left->mutable_slot()->set_ordinal(slot.ordinal);
    left->set_at_seconds(model.now);
  }
}

}  // namespace cassplan::planner
