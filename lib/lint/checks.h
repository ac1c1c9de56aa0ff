// The checks and what they share.
#ifndef CASSPLAN_LIB_LINT_CHECKS_H_
#define CASSPLAN_LIB_LINT_CHECKS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/lint/lint.h"

namespace cassplan::lint {

class Findings {
 public:
  // `path` is looked up in the spec's locations, near `subject`; where nothing fits, the finding names the file.
  v1::Finding& Add(const Spec& spec, absl::string_view rule, v1::FindingLevel level, std::string message,
                   std::string remedy, absl::string_view path, const v1::Target& subject);
  v1::Finding& Add(const Spec& spec, absl::string_view rule, v1::FindingLevel level, std::string message,
                   std::string remedy, absl::string_view path);

  std::vector<v1::Finding> list;
};

// Nodes and racks that a datacenter shall have.
struct DatacenterShape {
  int64_t nodes = 0;
  int64_t racks = 0;            // with nodes
  int64_t least = 0, most = 0;  // nodes of such a rack
};
std::map<std::string, DatacenterShape> ShapesOf(const v1::Desired& desired);

// Keyspaces as they are, with what is desired on top; by name.
std::map<std::string, v1::Keyspace> KeyspacesOf(const Spec& spec, const v1::Observed* observed);

// Kept by Cassandra itself: nobody's data is in them, or every node has its own.
bool IsSystem(absl::string_view keyspace);

// "4.1" of "4.1.10"; empty when it is not like that.
std::string LineOf(absl::string_view release);

v1::Target InDatacenter(const std::string& datacenter);

void CheckReplication(const Spec& spec, const Input& input, Findings* out);
void CheckTopology(const Spec& spec, const Input& input, Findings* out);
void CheckTemplates(const Spec& spec, const Input& input, Findings* out);
void CheckVersions(const Spec& spec, const Input& input, Findings* out);
void CheckObserved(const Spec& spec, const Input& input, Findings* out);
// Over all specs.
void CheckNames(const std::vector<Spec>& specs, Findings* out);

}  // namespace cassplan::lint

#endif  // CASSPLAN_LIB_LINT_CHECKS_H_
