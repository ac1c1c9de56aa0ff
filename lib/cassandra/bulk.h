// The entries of a Jolokia bulk answer, found by MBean and attribute.
#ifndef CASSPLAN_LIB_CASSANDRA_BULK_H_
#define CASSPLAN_LIB_CASSANDRA_BULK_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/string_view.h"
#include "cassplan/codec.h"
#include "lib/model/document.h"

namespace cassplan::cassandra {

// MBean names with their properties sorted.
inline constexpr char kStorageService[] = "org.apache.cassandra.db:type=StorageService";
inline constexpr char kEndpointSnitchInfo[] = "org.apache.cassandra.db:type=EndpointSnitchInfo";
inline constexpr char kDynamicEndpointSnitch[] = "org.apache.cassandra.db:type=DynamicEndpointSnitch";
inline constexpr char kCompactionManager[] = "org.apache.cassandra.db:type=CompactionManager";
inline constexpr char kFailureDetector[] = "org.apache.cassandra.net:type=FailureDetector";
inline constexpr char kStreamManager[] = "org.apache.cassandra.net:type=StreamManager";
inline constexpr char kPendingCompactions[] = "org.apache.cassandra.metrics:name=PendingTasks,type=Compaction";
inline constexpr char kDroppedMutations[] =
    "org.apache.cassandra.metrics:name=Dropped,scope=MUTATION,type=DroppedMessage";
inline constexpr char kHintsService[] = "org.apache.cassandra.hints:type=HintsService";
inline constexpr char kStorageLoad[] = "org.apache.cassandra.metrics:name=Load,type=Storage";

// A fact that was told: where it is in the document.
struct Fact {
  const model::Value* value = nullptr;
  std::string path;  // "[3].value"
};

class Bulk {
 public:
  // `answer` must outlive it.
  Bulk(const model::Value& answer, std::string file);

  // The value of an attribute, or of that attribute with "WithPort" after its name; nothing when it was not told.
  std::optional<Fact> Read(absl::string_view mbean, absl::string_view attribute) const;
  // The answers to an operation of StorageService by its first argument ("" without one). Without its signature.
  std::map<std::string, Fact> Results(absl::string_view operation) const;
  // The attribute was asked, whether it was told or not.
  bool Asked(absl::string_view mbean, absl::string_view attribute) const;

  bool empty() const { return told_ == 0; }
  // Why no value was told.
  std::string Error() const;
  int64_t oldest_seconds() const { return oldest_seconds_; }

  // "OperationMode: 500 java.lang.X": see BulkAnswer::untold.
  std::vector<std::string> Untold() const;

  void Add(const Fact& fact, std::string message);
  std::vector<Problem> TakeProblems() { return std::move(problems_); }

 private:
  enum class Kind { kAttribute, kOperation };
  using Key = std::tuple<std::string, Kind, std::string, std::string>;  // mbean, kind, name, argument
  struct Slot {
    std::optional<Fact> fact;
    bool contradicted = false;
    int64_t status = 0;
    std::string error;
  };

  void ReadEntry(const model::Value& entry, const std::string& path);
  void ReadAttributes(const model::Value& request, const std::string& mbean, const Slot& base);
  void ReadOperation(const model::Value& request, const std::string& mbean, const Slot& base);
  void Spread(const std::string& mbean, const Fact& fact);
  void Put(Key key, Slot slot);
  const Slot* FindSlot(absl::string_view mbean, absl::string_view attribute) const;
  bool ToldOtherwise(const Key& key, int64_t status) const;

  std::string file_;
  std::map<Key, Slot> slots_;
  std::vector<Problem> problems_;
  std::string first_error_;
  int64_t oldest_seconds_ = 0;
  size_t told_ = 0;
  size_t entries_ = 0;
};

}  // namespace cassplan::cassandra

#endif  // CASSPLAN_LIB_CASSANDRA_BULK_H_
