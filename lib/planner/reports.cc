#include "lib/planner/reports.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/planner/explain.h"
#include "lib/planner/several.h"

namespace cassplan::planner {
namespace {

using absl::string_view;

std::string FactsOf(const v1::Report& report) {
  v1::Report facts = report;
  facts.clear_source();
  facts.clear_observed_at_seconds();
  return DigestOf(facts);
}

}  // namespace

bool Usable(const Model& model, const v1::Report& report) {
  // Any two times may be given: their difference does not fit a signed number.
  const auto now = static_cast<uint64_t>(model.now);
  const auto then = static_cast<uint64_t>(report.observed_at_seconds());
  const uint64_t age = report.observed_at_seconds() <= model.now ? now - then : then - now;
  return report.status() == v1::REPORT_STATUS_OK && age <= static_cast<uint64_t>(model.policy.max_evidence_age);
}

bool KeepNewest(std::vector<const v1::Report*>* list) {
  std::sort(list->begin(), list->end(), [](const v1::Report* a, const v1::Report* b) {
    return std::make_tuple(-a->observed_at_seconds(), string_view(a->source())) <
           std::make_tuple(-b->observed_at_seconds(), string_view(b->source()));
  });
  std::map<string_view, int64_t> newest;  // by source
  const auto older = [&](const v1::Report* r) {
    return newest.emplace(r->source(), r->observed_at_seconds()).first->second > r->observed_at_seconds();
  };
  list->erase(std::remove_if(list->begin(), list->end(), older), list->end());
  const std::string first = FactsOf(*list->front());
  return std::any_of(list->begin(), list->end(), [&](const v1::Report* r) { return FactsOf(*r) != first; });
}

namespace {

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
  void AddNote(string_view rule, Level level, std::string message, std::string remedy, Id slot = kNone) {
    Note note;
    note.rule = rule;
    note.level = level;
    note.message = std::move(message);
    note.remedy = std::move(remedy);
    note.slot = slot;
    model_->notes.push_back(std::move(note));
  }

  // Reports that speak of the same subject, by its number.
  struct Subjects {
    std::vector<const v1::Report*> one;
    std::vector<std::pair<size_t, const v1::Report*>> more;  // where there are several

    void Offer(size_t at, const v1::Report& report) {
      if (one[at] == nullptr) {
        one[at] = &report;
      } else {
        more.emplace_back(at, &report);
      }
    }
  };

  // Marks subjects of which reports differ; `contested` gets all that is said of these.
  static void Decide(Subjects* subjects, uint8_t mark, std::vector<uint8_t>* conflicts,
                     std::vector<const v1::Report*>* contested = nullptr) {
    auto& more = subjects->more;
    std::sort(more.begin(), more.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (size_t i = 0; i < more.size();) {
      const size_t at = more[i].first;
      std::vector<const v1::Report*> list = {subjects->one[at]};
      for (; i < more.size() && more[i].first == at; ++i) list.push_back(more[i].second);
      const bool differ = KeepNewest(&list);
      subjects->one[at] = list.front();
      if (!differ) continue;
      (*conflicts)[at] = static_cast<uint8_t>((*conflicts)[at] | mark);
      if (contested != nullptr) contested->insert(contested->end(), list.begin(), list.end());
    }
  }

  void PickReports() {
    racks_.one.assign(model_->racks.size(), nullptr);
    slots_.one.assign(model_->slots.size(), nullptr);
    volumes_.one.assign(model_->slots.size(), nullptr);
    nodes_.one.assign(model_->slots.size(), nullptr);
    conflicts_.assign(model_->slots.size(), 0);
    out_.node_conflicts.assign(model_->slots.size(), 0);
    std::vector<uint8_t> rack_conflicts(model_->racks.size(), 0);
    for (const v1::Report& report : request_.observed().reports()) {
      if (report.status() != v1::REPORT_STATUS_OK) {
        if (report.status() == v1::REPORT_STATUS_FAILED) ++failed_;
        continue;
      }
      if (!Usable(*model_, report)) {
        ++stale_;
        continue;
      }
      PickOne(report);
    }
    Decide(&racks_, 1, &rack_conflicts);
    Decide(&slots_, 1, &conflicts_);
    Decide(&volumes_, 2, &conflicts_);
    std::vector<const v1::Report*> contested;
    Decide(&nodes_, 1, &out_.node_conflicts, &contested);
    for (const v1::Report* report : contested) out_.contested.push_back(&report->node());
    for (size_t s = 0; s < out_.node_conflicts.size(); ++s) {
      if (out_.node_conflicts[s] == 0) continue;
      AddNote("contradiction", Level::kWarning,
              absl::StrCat("two reports of the node in ", model_->SlotName(static_cast<Id>(s)), " differ"),
              "find out which source is wrong; until then the node's own word counts as unknown", static_cast<Id>(s));
    }
    out_.nodes = nodes_.one;
    PickLoose();
    for (size_t r = 0; r < rack_conflicts.size(); ++r) {
      if (rack_conflicts[r] == 0) continue;
      model_->racks[r].conflicting = true;
      racks_.one[r] = nullptr;
      AddNote("contradiction", Level::kWarning,
              absl::StrCat("two reports about the workload of ", model_->RackName(static_cast<Id>(r)), " differ"),
              "find out which source is wrong; until then nothing is done to the rack");
    }
    if (stale_ > 0) {
      AddNote("stale-evidence", Level::kWarning,
              absl::StrCat(Several(stale_, "report"), stale_ == 1 ? " is" : " are", " older than ",
                           model_->policy.max_evidence_age, " seconds and ", stale_ == 1 ? "counts" : "count",
                           " as unknown"),
              "observe again, or raise policy.max_evidence_age_seconds");
    }
    if (failed_ > 0) {
      AddNote("failed-reports", Level::kWarning,
              absl::StrCat(Several(failed_, "report"), " failed: what ", failed_ == 1 ? "it is" : "they are",
                           " about is unknown, not absent"),
              "look at the errors of the observation");
    }
  }

  // Nodes that name no slot: for each host id the newest.
  void PickLoose() {
    std::sort(loose_.begin(), loose_.end(), [](const v1::Report* a, const v1::Report* b) {
      const auto key = [](const v1::Report* r) {
        return std::make_tuple(string_view(r->node().host_id()), -r->observed_at_seconds(), string_view(r->source()));
      };
      return key(a) != key(b) ? key(a) < key(b) : DigestOf(*a) < DigestOf(*b);
    });
    for (const v1::Report* report : loose_) out_.loose_nodes.push_back(&report->node());
  }

  void PickOne(const v1::Report& report) {
    const Id slot = index_.FindSlot(*model_, report.subject());
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
        if (rack != kNone) racks_.Offer(static_cast<size_t>(rack), report);
        break;
      }
      case v1::Report::kSlot:
        if (slot != kNone) slots_.Offer(static_cast<size_t>(slot), report);
        break;
      case v1::Report::kVolume:
        if (slot != kNone) volumes_.Offer(static_cast<size_t>(slot), report);
        break;
      case v1::Report::kNode:
        if (slot != kNone) {
          nodes_.Offer(static_cast<size_t>(slot), report);
        } else if (!report.node().host_id().empty()) {
          loose_.push_back(&report);
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
      const v1::Report* report = racks_.one[r];
      if (report == nullptr) {
        if (out_.racks_complete && !rack.conflicting) rack.present = Known::kNo;
        continue;
      }
      const v1::RackFacts& facts = report->rack();
      rack.present = facts.present() ? Known::kYes : Known::kNo;
      if (!facts.present()) continue;
      if (!facts.has_nodes()) rack.nodes_unknown = true;
      if (rack.nodes_unknown || facts.nodes() < 0) rack.conflicting = true;
      rack.nodes = facts.nodes();
      rack.revision = facts.template_().revision();
      rack.release = facts.template_().release();
      rack.mode = facts.template_().storage_compatibility_mode();
      rack.workload = facts.workload_revision();
      rack.current_token = facts.restart_token();
      rack.owner = facts.owner_id();
      rack.uid = report->subject().uid();
      rack.capacity = facts.volume().capacity_bytes();
      rack.storage_class = facts.volume().storage_class();
      rack.start_permits = ToKnown(facts.has_start_permits(), facts.start_permits());
      if (facts.has_parallel()) rack.parallel = facts.parallel() ? Known::kYes : Known::kNo;
      for (const v1::TemplateSection& s : facts.template_().sections()) rack.sections.emplace_back(s.name(), s.value());
      std::sort(rack.sections.begin(), rack.sections.end());
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
      const v1::Report* report = slots_.one[s];
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
    slot->awaits_permit = facts.awaits_permit();
    slot->cordoned = facts.machine_cordoned();
    slot->machine_ready = ToKnown(facts.has_machine_ready(), facts.machine_ready());
    slot->machine_fenced = ToKnown(facts.has_machine_fenced(), facts.machine_fenced());
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
      const v1::Report* report = volumes_.one[s];
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
      volume.expandable = ToKnown(facts.has_expandable(), facts.expandable());
      volume.storage_class = facts.storage_class();
      if (facts.has_quota_left_bytes()) volume.quota_left = std::max<int64_t>(0, facts.quota_left_bytes());
      // Its init step has just looked.
      if (model_->slots[s].awaits_permit) {
        volume.contents = Contents::kEmpty;
        volume.host_id = "";
      }
    }
  }

  void ReadObjects() {
    model_->objects_known = objects_complete_;
    for (ObjectState& object : model_->objects) {
      if (objects_complete_) object.present = Known::kNo;
      std::vector<const v1::Report*> list;
      for (const v1::Report* report : objects_) {
        if (report->object().kind() == object.kind && report->subject().name() == object.name) list.push_back(report);
      }
      if (list.empty()) continue;
      if (KeepNewest(&list)) {
        object.present = Known::kUnknown;
        AddNote("contradiction", Level::kWarning,
                absl::StrCat("two reports about ", object.kind, " ", object.name, " differ"),
                "find out which source is wrong; until then the object is left alone");
        continue;
      }
      const v1::ObjectFacts& facts = list.front()->object();
      object.present = facts.present() ? Known::kYes : Known::kNo;
      object.revision = facts.revision();
      object.owner = facts.owner_id();
    }
  }

  const RackIndex& index_;
  Model* model_;
  const v1::PlanRequest& request_;
  Reports out_;
  std::vector<const v1::Report*> inventories_, objects_, loose_;
  Subjects racks_, slots_, volumes_, nodes_;
  std::vector<uint8_t> conflicts_;  // by slot: 1 two reports of the slot differ, 2 of its volume
  int32_t stale_ = 0;
  int32_t failed_ = 0;
  bool objects_complete_ = false;
};

}  // namespace

Reports ReadReports(const RackIndex& index, Model* model) { return Reader(index, model).Run(); }

}  // namespace cassplan::planner
