#include "lib/planner/reports.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace cassplan::planner {
namespace {

using absl::string_view;

class Reader {
 public:
  Reader(const RackIndex& index, Model* model) : index_(index), model_(model), request_(*model->request) {}

  Reports Run() {
    PickReports();
    ReadInventory();
    ReadRacks();
    ReadSlots();
    ReadVolumes();
    ReadObjects();
    return std::move(out_);
  }

 private:
  bool Fresh(const v1::Report& report) {
    const int64_t age = model_->now - report.observed_at_seconds();
    return age <= model_->policy.max_evidence_age && -age <= model_->policy.max_evidence_age;
  }

  void AddNote(string_view rule, Level level, std::string message, std::string remedy, Id slot = kNone) {
    Note note;
    note.rule = rule;
    note.level = level;
    note.message = std::move(message);
    note.remedy = std::move(remedy);
    note.slot = slot;
    model_->notes.push_back(std::move(note));
  }

  // Keeps the newer of two reports of one source; two that differ otherwise make the fact unknown.
  void Pick(const v1::Report* candidate, const v1::Report** current, bool* conflict) {
    if (*current == nullptr) {
      *current = candidate;
      return;
    }
    if (candidate->source() == (*current)->source() &&
        candidate->observed_at_seconds() != (*current)->observed_at_seconds()) {
      if (candidate->observed_at_seconds() > (*current)->observed_at_seconds()) *current = candidate;
      return;
    }
    std::string a;
    std::string b;
    v1::Report x = *candidate;
    v1::Report y = **current;
    x.clear_source();
    y.clear_source();
    x.clear_observed_at_seconds();
    y.clear_observed_at_seconds();
    x.SerializeToString(&a);
    y.SerializeToString(&b);
    if (a != b) *conflict = true;
  }

  void PickReports() {
    rack_reports_.assign(model_->racks.size(), nullptr);
    slot_reports_.assign(model_->slots.size(), nullptr);
    volume_reports_.assign(model_->slots.size(), nullptr);
    out_.nodes.assign(model_->slots.size(), nullptr);
    conflicts_.assign(model_->slots.size(), 0);
    out_.node_conflicts.assign(model_->slots.size(), 0);
    std::vector<uint8_t> rack_conflicts(model_->racks.size(), 0);
    for (const v1::Report& report : request_.observed().reports()) {
      if (report.status() != v1::REPORT_STATUS_OK) {
        if (report.status() == v1::REPORT_STATUS_FAILED) ++failed_;
        continue;
      }
      if (!Fresh(report)) {
        ++stale_;
        continue;
      }
      PickOne(report, &rack_conflicts);
    }
    for (size_t r = 0; r < rack_conflicts.size(); ++r) {
      if (rack_conflicts[r] == 0) continue;
      model_->racks[r].conflicting = true;
      rack_reports_[r] = nullptr;
      AddNote("contradiction", Level::kWarning,
              absl::StrCat("two reports about the workload of ", model_->RackName(static_cast<Id>(r)), " differ"),
              "find out which source is wrong; until then nothing is done to the rack");
    }
    if (stale_ > 0) {
      AddNote("stale-evidence", Level::kWarning,
              absl::StrCat(stale_, " report(s) are older than ", model_->policy.max_evidence_age,
                           " seconds and count as unknown"),
              "observe again, or raise policy.max_evidence_age_seconds");
    }
    if (failed_ > 0) {
      AddNote("failed-reports", Level::kWarning,
              absl::StrCat(failed_, " report(s) failed: what they are about is unknown, not absent"),
              "look at the errors of the observation");
    }
  }

  void PickOne(const v1::Report& report, std::vector<uint8_t>* rack_conflicts) {
    const Id slot = index_.FindSlot(*model_, report.subject());
    bool conflict = false;
    switch (report.facts_case()) {
      case v1::Report::kInventory:
        inventories_.push_back(&report);
        break;
      case v1::Report::kView:
        out_.views.push_back(&report);
        break;
      case v1::Report::kObject:
        objects_.push_back(&report);
        break;
      case v1::Report::kRack: {
        const Id rack = index_.Find(report.subject().datacenter(), report.subject().rack());
        if (rack == kNone) break;
        Pick(&report, &rack_reports_[static_cast<size_t>(rack)], &conflict);
        if (conflict) (*rack_conflicts)[static_cast<size_t>(rack)] = 1;
        break;
      }
      case v1::Report::kSlot:
        if (slot != kNone) Pick(&report, &slot_reports_[static_cast<size_t>(slot)], &conflict);
        if (conflict) conflicts_[static_cast<size_t>(slot)] |= 1;
        break;
      case v1::Report::kVolume:
        if (slot != kNone) Pick(&report, &volume_reports_[static_cast<size_t>(slot)], &conflict);
        if (conflict) conflicts_[static_cast<size_t>(slot)] |= 2;
        break;
      case v1::Report::kNode:
        if (slot != kNone) {
          Pick(&report, &out_.nodes[static_cast<size_t>(slot)], &conflict);
          if (conflict) out_.node_conflicts[static_cast<size_t>(slot)] = 1;
        } else if (!report.node().host_id().empty()) {
          out_.loose_nodes.push_back(&report.node());
        }
        break;
      case v1::Report::kSchema:
      case v1::Report::kRepairs:
      case v1::Report::kSeeds:
      case v1::Report::FACTS_NOT_SET:
        break;
    }
  }

  void ReadInventory() {
    for (const v1::Report* report : inventories_) {
      out_.racks_complete |= report->inventory().racks_complete();
      out_.slots_complete |= report->inventory().slots_complete();
      out_.volumes_complete |= report->inventory().volumes_complete();
      objects_complete_ |= report->inventory().objects_complete();
    }
  }

  void ReadRacks() {
    for (size_t r = 0; r < model_->racks.size(); ++r) {
      Rack& rack = model_->racks[r];
      const v1::Report* report = rack_reports_[r];
      if (report == nullptr) {
        if (out_.racks_complete && !rack.conflicting) rack.present = Known::kNo;
        continue;
      }
      const v1::RackFacts& facts = report->rack();
      rack.present = facts.present() ? Known::kYes : Known::kNo;
      if (!facts.present()) continue;
      if (!facts.has_nodes() || facts.nodes() < 0) rack.conflicting = true;
      rack.nodes = facts.nodes();
      rack.revision = facts.template_().revision();
      rack.release = facts.template_().release();
      rack.current_token = facts.restart_token();
      rack.owner = facts.owner_id();
      rack.uid = report->subject().uid();
      rack.capacity = facts.volume().capacity_bytes();
      rack.storage_class = facts.volume().storage_class();
      if (facts.has_parallel()) rack.parallel = facts.parallel() ? Known::kYes : Known::kNo;
      for (const v1::TemplateSection& s : facts.template_().sections()) rack.sections.emplace_back(s.name(), s.value());
    }
  }

  void ReadSlots() {
    for (size_t s = 0; s < model_->slots.size(); ++s) {
      Slot& slot = model_->slots[s];
      if ((conflicts_[s] & 1) != 0) {
        AddNote("contradiction", Level::kWarning,
                absl::StrCat("two reports about slot ", model_->SlotName(static_cast<Id>(s)), " differ"),
                "find out which source is wrong; until then the slot is unknown", static_cast<Id>(s));
        continue;
      }
      const v1::Report* report = slot_reports_[s];
      if (report == nullptr) {
        if (out_.slots_complete) slot.present = Known::kNo;
        continue;
      }
      ReadSlot(*report, &slot);
    }
  }

  static void ReadSlot(const v1::Report& report, Slot* slot) {
    const v1::SlotFacts& facts = report.slot();
    slot->present = facts.present() ? Known::kYes : Known::kNo;
    if (!facts.present()) return;
    slot->ready = ToKnown(facts.has_ready(), facts.ready());
    slot->schedulable = ToKnown(facts.has_schedulable(), facts.schedulable());
    slot->being_deleted = facts.being_deleted();
    slot->cordoned = facts.machine_cordoned();
    slot->uid = report.subject().uid();
    slot->address = facts.address();
    slot->revision = facts.template_revision();
    slot->release = facts.release();
    slot->token = facts.restart_token();
    slot->waiting_reason = facts.waiting_reason();
    slot->restart_count = facts.restart_count();
  }

  void ReadVolumes() {
    for (size_t s = 0; s < model_->slots.size(); ++s) {
      VolumeState& volume = model_->slots[s].volume;
      if ((conflicts_[s] & 2) != 0) {
        AddNote("contradiction", Level::kWarning,
                absl::StrCat("two reports about the volume of ", model_->SlotName(static_cast<Id>(s)), " differ"),
                "find out which source is wrong; until then the volume is unknown", static_cast<Id>(s));
        continue;
      }
      const v1::Report* report = volume_reports_[s];
      if (report == nullptr) {
        if (out_.volumes_complete) volume.present = Known::kNo;
        continue;
      }
      const v1::VolumeFacts& facts = report->volume();
      volume.present = facts.present() ? Known::kYes : Known::kNo;
      if (!facts.present()) continue;
      volume.capacity = std::max<int64_t>(0, facts.capacity_bytes());
      volume.requested = std::max<int64_t>(0, facts.requested_bytes());
      if (facts.contents() == v1::VOLUME_CONTENTS_EMPTY) volume.contents = Contents::kEmpty;
      if (facts.contents() == v1::VOLUME_CONTENTS_MEMBER) volume.contents = Contents::kMember;
      volume.host_id = facts.host_id();
      volume.uid = report->subject().uid();
      volume.name = report->subject().name();
      volume.owner = facts.owner_id();
      volume.mounted = ToKnown(facts.has_mounted(), facts.mounted());
    }
  }

  void ReadObjects() {
    model_->objects_known = objects_complete_;
    for (ObjectState& object : model_->objects) {
      if (objects_complete_) object.present = Known::kNo;
      for (const v1::Report* report : objects_) {
        if (report->object().kind() != object.kind || report->subject().name() != object.name) continue;
        object.present = report->object().present() ? Known::kYes : Known::kNo;
        object.revision = report->object().revision();
        object.owner = report->object().owner_id();
      }
    }
  }

  const RackIndex& index_;
  Model* model_;
  const v1::PlanRequest& request_;
  Reports out_;
  std::vector<const v1::Report*> inventories_, objects_, rack_reports_, slot_reports_, volume_reports_;
  std::vector<uint8_t> conflicts_;  // by slot: 1 two reports of the slot differ, 2 of its volume
  int32_t stale_ = 0;
  int32_t failed_ = 0;
  bool objects_complete_ = false;
};

}  // namespace

Reports ReadReports(const RackIndex& index, Model* model) { return Reader(index, model).Run(); }

}  // namespace cassplan::planner
