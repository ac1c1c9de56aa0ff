#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "lib/planner/names.h"
#include "lib/planner/normalize_desired.h"
#include "lib/planner/normalize_observed.h"

namespace cassplan::planner {
namespace {

// The highest ordinal that a target may name; above it the report is ignored.
constexpr int32_t kMaxOrdinal = 2 * kMaxNodesPerRack;

}  // namespace

void RackIndex::Add(absl::string_view dc, absl::string_view rack) {
  if (dc.empty() || rack.empty()) return;
  if (!entries_.empty() && entries_.back().dc == dc && entries_.back().rack == rack) return;
  entries_.push_back({dc, rack, kNone});
}

void RackIndex::Collect(const v1::PlanRequest& request) {
  for (const v1::DesiredDatacenter& dc : request.desired().datacenters()) {
    for (const v1::DesiredRack& rack : dc.racks()) Add(dc.name(), rack.name());
  }
  for (const v1::Report& report : request.observed().reports()) {
    Add(report.subject().datacenter(), report.subject().rack());
    if (report.has_node()) Add(report.node().datacenter(), report.node().rack());
    for (const v1::Peer& peer : report.view().peers()) Add(peer.datacenter(), peer.rack());
  }
  for (const v1::KnownMember& m : request.ledger().members()) Add(m.slot().datacenter(), m.slot().rack());
  // One that is gone, and that nothing else names any more: or nobody would see that it is.
  for (const v1::StartedAction& a : request.ledger().started()) {
    if (a.kind() == v1::ACTION_KIND_DELETE_RACK) Add(a.target().datacenter(), a.target().rack());
  }
}

RackIndex::RackIndex(const v1::PlanRequest& request, Model* model) : request_(request) {
  Collect(request);
  auto key = [](const Entry& e) { return std::tie(e.dc, e.rack); };
  std::sort(entries_.begin(), entries_.end(), [&](const Entry& a, const Entry& b) { return key(a) < key(b); });
  entries_.erase(
      std::unique(entries_.begin(), entries_.end(), [&](const Entry& a, const Entry& b) { return key(a) == key(b); }),
      entries_.end());
  if (entries_.size() > static_cast<size_t>(kMaxRacks)) {
    AddInvalid(model, "observed", absl::StrCat(entries_.size(), " racks are named"),
               absl::StrCat("at most ", kMaxRacks));
    return;
  }
  std::vector<Entry*> order;
  for (Entry& e : entries_) order.push_back(&e);
  std::sort(order.begin(), order.end(), [](const Entry* a, const Entry* b) {
    const int dc = CompareNames(a->dc, b->dc);
    return dc != 0 ? dc < 0 : CompareNames(a->rack, b->rack) < 0;
  });
  for (Entry* e : order) {
    if (model->dcs.empty() || model->dcs.back().name != e->dc) {
      Datacenter dc;
      dc.name = e->dc;
      dc.first_rack = static_cast<Id>(model->racks.size());
      model->dcs.push_back(dc);
    }
    e->id = static_cast<Id>(model->racks.size());
    Rack rack;
    rack.name = e->rack;
    rack.dc = static_cast<Id>(model->dcs.size()) - 1;
    model->racks.push_back(std::move(rack));
    model->dcs.back().last_rack = static_cast<Id>(model->racks.size());
  }
  if (model->dcs.size() > static_cast<size_t>(kMaxDatacenters)) {
    AddInvalid(model, "observed", absl::StrCat(model->dcs.size(), " datacenters are named"),
               absl::StrCat("at most ", kMaxDatacenters));
  }
  for (size_t d = 0; d < model->dcs.size(); ++d) dcs_.emplace_back(model->dcs[d].name, static_cast<Id>(d));
  std::sort(dcs_.begin(), dcs_.end());
}

Id RackIndex::Find(absl::string_view dc, absl::string_view rack) const {
  if (last_ < entries_.size() && entries_[last_].dc == dc && entries_[last_].rack == rack) return entries_[last_].id;
  const auto it = std::lower_bound(entries_.begin(), entries_.end(), std::tie(dc, rack),
                                   [](const Entry& e, const std::tuple<absl::string_view&, absl::string_view&>& k) {
                                     return std::tie(e.dc, e.rack) < k;
                                   });
  if (it == entries_.end() || it->dc != dc || it->rack != rack) return kNone;
  last_ = static_cast<size_t>(it - entries_.begin());
  return it->id;
}

Id RackIndex::FindDc(absl::string_view dc) const {
  const auto it =
      std::lower_bound(dcs_.begin(), dcs_.end(), dc,
                       [](const std::pair<absl::string_view, Id>& e, absl::string_view k) { return e.first < k; });
  return it == dcs_.end() || it->first != dc ? kNone : it->second;
}

Id RackIndex::FindSlot(const Model& model, const v1::Target& target) const {
  if (!target.has_ordinal()) return kNone;
  const Id rack = Find(target.datacenter(), target.rack());
  if (rack == kNone || target.ordinal() < 0) return kNone;
  const Rack& r = model.rack(rack);
  const Id slot = r.first_slot + target.ordinal();
  return slot < r.last_slot ? slot : kNone;
}

void RackIndex::MakeSlots(Model* model) const {
  std::vector<int32_t> count(model->racks.size(), 0);
  auto raise = [&](const v1::Target& target) {
    if (!target.has_ordinal() || target.ordinal() < 0 || target.ordinal() > kMaxOrdinal) return;
    const Id rack = Find(target.datacenter(), target.rack());
    if (rack == kNone) return;
    int32_t& c = count[static_cast<size_t>(rack)];
    c = std::max(c, target.ordinal() + 1);
  };
  for (size_t r = 0; r < model->racks.size(); ++r) count[r] = model->racks[r].desired_nodes;
  for (const v1::Report& report : request_.observed().reports()) raise(report.subject());
  for (const v1::Report& report : request_.observed().reports()) {
    if (!report.has_rack() || report.rack().nodes() <= 0 || report.rack().nodes() > kMaxOrdinal) continue;
    const Id rack = Find(report.subject().datacenter(), report.subject().rack());
    if (rack != kNone) {
      int32_t& c = count[static_cast<size_t>(rack)];
      c = std::max(c, report.rack().nodes());
    }
  }
  for (const v1::KnownMember& m : request_.ledger().members()) raise(m.slot());
  for (const v1::StartedAction& a : request_.ledger().started()) raise(a.target());
  for (const v1::LeftMember& l : request_.ledger().left()) raise(l.slot());
  int64_t total = 0;
  for (const int32_t c : count) total += c;
  if (total > kMaxMembers) {
    AddInvalid(model, "desired", absl::StrCat(total, " slots"), absl::StrCat("at most ", kMaxMembers));
    return;
  }
  model->slots.reserve(static_cast<size_t>(total));
  for (size_t r = 0; r < model->racks.size(); ++r) {
    Rack& rack = model->racks[r];
    rack.first_slot = static_cast<Id>(model->slots.size());
    for (int32_t o = 0; o < count[r]; ++o) {
      Slot slot;
      slot.rack = static_cast<Id>(r);
      slot.ordinal = o;
      slot.desired = o < rack.desired_nodes;
      model->slots.push_back(slot);
    }
    rack.last_slot = static_cast<Id>(model->slots.size());
  }
}

}  // namespace cassplan::planner
