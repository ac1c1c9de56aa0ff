// What a guard is: one question asked of every action before it is placed. Each guard has a file, a test, a page
// (docs/guards/<slug>.md) and a line in guards.cc; its slug is its name everywhere.
//
// Laws, property-tested for every guard: it reads only facts owned by resources that the action claims, or facts that
// no action changes; what it allows with a set of actions in flight it allows with any subset; a mate that is done is
// never worse than one in flight; an allowance that needs an effect needs it from a closed section of the owner.
#ifndef CASSPLAN_LIB_PLANNER_GUARDS_GUARD_H_
#define CASSPLAN_LIB_PLANNER_GUARDS_GUARD_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/planner/facts.h"

namespace cassplan::planner {

inline constexpr Resource kNoResource = -1;

// One guard's "not now". Cheap to make, since the pass asks many times; text is made once, for what stays held.
struct Refusal {
  uint8_t guard = 0;                // index into Guards()
  uint8_t code = 0;                 // the guard's own
  bool waits = false;               // something under way will end it; no person is needed
  bool ends_by_itself = false;      // time alone ends it
  bool mate = false;                // only because of another restart of the same section, so another section may do
  Resource resource = kNoResource;  // whose next section might allow it; kNoResource: none will
  Id subject = kNone;               // the guard's own: member, slot, keyspace, ...
  int64_t number = 0;
  int64_t until = 0;  // time alone will end it, then
};

struct Ask {
  const Facts& facts;
  const Model& model;
  const Resources& resources;
  const Action& action;
  const std::vector<Resource>& fresh;  // read as if their open sections had closed; sorted
  bool predecessor_left = false;       // a placed predecessor takes this slot's member out of the ring
  bool predecessor_empties = false;    // a placed predecessor empties this slot's volume, or sets it aside
  bool predecessor_demotes = false;    // a placed predecessor writes a seed list without its slot

  bool Fresh(Resource r) const;
  // Of its node where there is one: what its snitch says counts for replicas, not where its slot is.
  Id Rack() const {
    const Id rack = action.member == kNone ? kNone : model.member(action.member).rack;
    return rack == kNone ? action.rack : rack;
  }
  bool ServingFresh() const { return Fresh(resources.serving(action.dc)); }
  bool RingFresh() const { return Fresh(resources.ring(action.dc)); }
};

class Refusals {
 public:
  explicit Refusals(std::vector<Refusal>* out) : out_(out) {}
  void set_guard(uint8_t guard) { guard_ = guard; }
  Refusal& Add(uint8_t code, Resource resource = kNoResource, Id subject = kNone, int64_t number = 0) {
    Refusal r;
    r.guard = guard_;
    r.code = code;
    r.resource = resource;
    r.subject = subject;
    r.number = number;
    out_->push_back(r);
    return out_->back();
  }

 private:
  std::vector<Refusal>* out_;
  uint8_t guard_ = 0;
};

struct Text {
  std::string text;    // what is in the way, with the fact
  std::string remedy;  // what would release it
};

struct Guard {
  absl::string_view slug;
  void (*check)(const Ask& ask, Refusals* out);
  Text (*describe)(const Model& model, const Action& action, const Refusal& refusal);
};

absl::Span<const Guard> Guards();
// Index of a guard; -1 where there is none of that slug.
int GuardNumber(absl::string_view slug);

// The guards.
#define CASSPLAN_GUARD(Name)                       \
  void Check##Name(const Ask& ask, Refusals* out); \
  Text Describe##Name(const Model& model, const Action& action, const Refusal& refusal)
CASSPLAN_GUARD(Supported);
CASSPLAN_GUARD(Ownership);
CASSPLAN_GUARD(Identity);
CASSPLAN_GUARD(Paused);
CASSPLAN_GUARD(Healthy);
CASSPLAN_GUARD(NodeUp);
CASSPLAN_GUARD(Approval);
CASSPLAN_GUARD(Canary);
CASSPLAN_GUARD(FailureStop);
CASSPLAN_GUARD(ReplaceWindow);
CASSPLAN_GUARD(Fenced);
CASSPLAN_GUARD(OneTopologyChange);
CASSPLAN_GUARD(MixedVersion);
CASSPLAN_GUARD(SchemaAgreement);
CASSPLAN_GUARD(ReplicationFloor);
CASSPLAN_GUARD(ReplicationChange);
CASSPLAN_GUARD(DatacenterEmpty);
CASSPLAN_GUARD(FreshVolume);
CASSPLAN_GUARD(VolumeLast);
CASSPLAN_GUARD(VolumeGrowth);
CASSPLAN_GUARD(SingleReplica);
CASSPLAN_GUARD(Seeds);
CASSPLAN_GUARD(CleanupDebt);
CASSPLAN_GUARD(DiskForecast);
CASSPLAN_GUARD(MovementSources);
CASSPLAN_GUARD(RangeMovement);
CASSPLAN_GUARD(OneRack);
CASSPLAN_GUARD(Quorum);
#undef CASSPLAN_GUARD

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_GUARDS_GUARD_H_
