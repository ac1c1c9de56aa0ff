// The actions of a plan, and those in flight, as the verifier understands them: which node, slot and datacenter each is
// about and what order `requires` puts them in.
#ifndef CASSPLAN_LIB_VERIFY_OPERATIONS_H_
#define CASSPLAN_LIB_VERIFY_OPERATIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/status/statusor.h"
#include "lib/verify/state.h"

namespace cassplan::verify {

struct Operation {
  std::string id;
  v1::ActionKind kind = v1::ACTION_KIND_UNSPECIFIED;
  v1::Target target;
  const v1::Action* action = nullptr;  // null: in flight
  int32_t node = kNone;
  int32_t slot = kNone;
  int32_t dc = kNone;
  int32_t source_dc = kNone;  // rebuild; kNone: any
  int32_t keyspace = kNone;   // alter_keyspace
  int32_t factor = 0;
  int32_t release = 0;  // the node runs it afterwards; 0: as before
  bool joins = false;   // start_node of a new member, not of one that has its data

  bool in_flight() const { return action == nullptr; }
};

bool IsKnownKind(v1::ActionKind kind);
// Members, tokens or ranges change hands; at most one at a time.
bool IsMovement(const Operation& operation);
// Takes the node away while it runs.
bool Disrupts(const Operation& operation);
bool IsDestructive(v1::ActionKind kind);
// Only the rest of the plan cares whether it is done, no invariant does.
bool IsInert(v1::ActionKind kind);
// Tolerates no other action on its node or slot.
bool OccupiesNode(v1::ActionKind kind);
// Streams ranges, which nodes of two releases cannot, or rewrites what only the newer one can read.
bool NeedsOneRelease(const Operation& operation);

// Those in flight first, then the plan's in its order. Adds the nodes that the plan starts to `world`.
std::vector<Operation> ReadOperations(const v1::PlanRequest& request, const v1::PlanResponse& response, World& world);

// A name for texts: kind and place.
std::string Describe(const Operation& operation, const World& world);

class Order {
 public:
  // Errors: kInvalidArgument for ids that are empty or used twice, requirements that name nothing, and cycles.
  static absl::StatusOr<Order> Make(const v1::Plan& plan, const std::vector<Operation>& operations);

  // `before` is done whenever `after` starts. False for equal ones.
  bool Before(int32_t before, int32_t after) const {
    return (Row(after)[static_cast<size_t>(before) / 64] >> (static_cast<size_t>(before) % 64) & 1) != 0;
  }
  // All that is before it, as bits.
  const uint64_t* Row(int32_t operation) const { return &rows_[static_cast<size_t>(operation) * words_]; }
  size_t words() const { return words_; }

  // Operations so that each comes after all before it; in the plan's own order where that is possible.
  const std::vector<int32_t>& sorted() const { return sorted_; }

  // The graph behind it: vertices are the operations, then the sections with more than one member.
  const std::vector<std::vector<int32_t>>& successors() const { return successors_; }
  const std::vector<int32_t>& predecessor_counts() const { return predecessor_counts_; }

  // Members of each section, in flight ones included, by section id.
  const absl::btree_map<std::string, std::vector<int32_t>>& sections() const { return sections_; }

 private:
  using Numbers = absl::btree_map<std::string, int32_t>;

  absl::Status Connect(const v1::Plan& plan, const std::vector<Operation>& operations);
  void ReadSections(const v1::Plan& plan, const std::vector<Operation>& operations, const Numbers& numbers);
  int32_t VertexOfSection(const std::string& id, int32_t count);
  void Edge(int32_t from, int32_t to);
  absl::Status Sort(int32_t count);
  void FillRows(int32_t count);

  size_t words_ = 0;
  std::vector<uint64_t> rows_;
  std::vector<int32_t> sorted_;
  std::vector<int32_t> vertices_sorted_;
  std::vector<std::vector<int32_t>> successors_;
  std::vector<int32_t> predecessor_counts_;
  absl::btree_map<std::string, std::vector<int32_t>> sections_;
  absl::btree_map<std::string, int32_t> section_vertices_;
};

}  // namespace cassplan::verify

#endif  // CASSPLAN_LIB_VERIFY_OPERATIONS_H_
