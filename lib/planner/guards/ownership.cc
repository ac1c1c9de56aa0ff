// ownership: objects of another owner, or of an older cluster of the same name, are never touched.
#include "absl/strings/str_cat.h"
#include "lib/planner/guards/guard.h"

namespace cassplan::planner {
namespace {

enum Code : uint8_t { kRack, kVolume, kObject };

bool Foreign(absl::string_view owner, absl::string_view mine) {
  return !owner.empty() && !mine.empty() && owner != mine;
}

}  // namespace

void CheckOwnership(const Ask& ask, Refusals* out) {
  const Model& m = ask.model;
  const Action& a = ask.action;
  if (a.rack != kNone && m.rack(a.rack).present == Known::kYes && Foreign(m.rack(a.rack).owner, m.owner)) {
    out->Add(kRack, kNoResource, a.rack);
  }
  const bool touches_volume = a.kind == Kind::kDeleteVolume || a.kind == Kind::kQuarantineVolume ||
                              a.kind == Kind::kGrowVolume || a.kind == Kind::kStartNode;
  if (touches_volume && a.slot != kNone && Foreign(m.slot(a.slot).volume.owner, m.owner)) {
    out->Add(kVolume, kNoResource, a.slot);
  }
  if (a.kind != Kind::kUpdateClusterObjects && a.kind != Kind::kCreateClusterObjects) return;
  for (size_t i = 0; i < m.objects.size(); ++i) {
    if (Foreign(m.objects[i].owner, m.owner)) {
      out->Add(kObject, kNoResource, static_cast<Id>(i));
      return;
    }
  }
}

Text DescribeOwnership(const Model& m, const Action&, const Refusal& r) {
  const std::string remedy =
      "find out whom it belongs to; rename this cluster, or remove the other owner's object by hand";
  switch (r.code) {
    case kRack:
      return {absl::StrCat("the workload of rack ", m.RackName(r.subject), " belongs to another owner (",
                           m.rack(r.subject).owner, ")"),
              remedy};
    case kVolume:
      return {absl::StrCat("the volume of slot ", m.SlotName(r.subject), " belongs to another owner (",
                           m.slot(r.subject).volume.owner, ")"),
              remedy};
    default: {
      const ObjectState& object = m.objects[static_cast<size_t>(r.subject)];
      return {absl::StrCat(object.kind, " ", object.name, " belongs to another owner (", object.owner, ")"), remedy};
    }
  }
}

}  // namespace cassplan::planner
