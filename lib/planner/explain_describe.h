// What one action is, for a person and for an executor. A method per kind; the files explain_<subject>.cc define them.
#ifndef CASSPLAN_LIB_PLANNER_EXPLAIN_DESCRIBE_H_
#define CASSPLAN_LIB_PLANNER_EXPLAIN_DESCRIBE_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "lib/planner/explain.h"

namespace cassplan::planner {

class Describer {
 public:
  Describer(const Model& model, const Common& common, const Action& action, v1::Action* out)
      : m_(model), common_(common), a_(action), out_(out) {}

  void Run();

 private:
  void Kinds();

  // ---- conditions
  void Add(v1::Condition* c, absl::string_view fact, absl::string_view value, int64_t age, bool subject);
  void Pre(absl::string_view fact, absl::string_view value, absl::string_view evidence = "");
  void Done(absl::string_view fact, absl::string_view value);
  void Abort(absl::string_view fact, absl::string_view value);
  void Effect(absl::string_view fact, absl::string_view value);
  void Cost(int64_t low, int64_t high, int64_t bytes = 0);
  void SlotIdentity();
  int64_t Load() const;
  int64_t StreamSeconds(int64_t bytes) const;

  // ---- kinds, and what they share
  void Objects(absl::string_view manual);
  void Seeds();
  int32_t SlotsNow() const;
  void Rack(absl::string_view fact, absl::string_view value);
  void Start();
  int64_t JoinBytes() const;
  void Drain();
  void NothingElseDown();
  std::string Down() const;
  void Restart();
  void Decommission();
  void Shrink();
  void DeleteVolume();
  void Replace();
  void ReplacesFields();
  void Quarantine();
  void Remove();
  void Rebuild();
  void Cleanup();
  void Operation();
  std::string Nodetool(absl::string_view command) const;
  void Alter();
  int32_t FactorBefore(Id dc) const;
  void Repair();
  void GrowVolume();
  void Recreate();
  void Snapshot();
  void UpgradeSstables();

  const Model& m_;
  const Common& common_;
  const Action& a_;
  v1::Action* out_;
  std::string slot_;
};

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_EXPLAIN_DESCRIBE_H_
