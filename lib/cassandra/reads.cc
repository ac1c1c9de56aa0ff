#include "lib/cassandra/reads.h"

#include <algorithm>
#include <initializer_list>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "cassplan/codec.h"
#include "lib/cassandra/bulk.h"
#include "lib/model/document.h"

namespace cassplan::cassandra {
namespace {

using model::Value;

constexpr absl::string_view kOwn[] = {"system", "system_schema", "system_virtual_schema", "system_views"};

// Read by lib/cassandra/jolokia.h. Names with "WithPort" are not asked for: they say the same.
struct Wanted {
  const char* mbean;
  std::initializer_list<const char*> attributes;
};
const Wanted kWanted[] = {
    {kStorageService,
     {"OperationMode",
      "Drained",
      "Starting",
      "LocalHostId",
      "EndpointToHostId",
      "HostIdMap",
      "LiveNodes",
      "UnreachableNodes",
      "JoiningNodes",
      "LeavingNodes",
      "MovingNodes",
      "RemovalStatus",
      "SchemaVersion",
      "ReleaseVersion",
      "TokenToEndpointMap",
      "Keyspaces",
      "NonLocalStrategyKeyspaces",
      "NativeTransportRunning",
      "GossipRunning",
      "ClusterName",
      "PartitionerName",
      "LoadMap"}},
    {kEndpointSnitchInfo, {"Datacenter", "Rack", "SnitchName"}},
    {kDynamicEndpointSnitch, {"SubsnitchClassName"}},
    {kFailureDetector, {"SimpleStates", "AllEndpointStates"}},
    {kStreamManager, {"CurrentStreams"}},
    {kCompactionManager, {"Compactions"}},
    {kPendingCompactions, {"Value"}},
    {kStorageLoad, {"Count"}},
    {kDroppedMutations, {"OneMinuteRate"}},
    {kHintsService, {"PendingHints"}},
};

Value Text(absl::string_view text) {
  Value value;
  value.kind = model::Kind::kString;
  value.text = std::string(text);
  return value;
}

std::string Quoted(absl::string_view text) { return model::CanonicalJson(Text(text)); }

bool IsArray(absl::string_view answer) {
  Value value;
  return model::ParseJsonDocument(answer, {}, &value).empty() && value.kind == model::Kind::kList;
}

// What stands between the brackets of an array.
absl::string_view Inside(absl::string_view array) {
  const size_t first = array.find('[');
  const size_t last = array.rfind(']');
  return first == array.npos || last <= first ? absl::string_view() : array.substr(first + 1, last - first - 1);
}

}  // namespace

std::string AttributeReads() {
  std::string body = "[";
  for (const Wanted& wanted : kWanted) {
    for (const char* attribute : wanted.attributes) {
      absl::StrAppend(&body, body.size() > 1 ? "," : "", "{\"type\":\"read\",\"mbean\":", Quoted(wanted.mbean),
                      ",\"attribute\":", Quoted(attribute), "}");
    }
  }
  return body + "]";
}

std::string ReplicationReads(const std::vector<std::string>& keyspaces) {
  if (keyspaces.empty()) return "";
  std::string body = "[";
  for (const std::string& keyspace : keyspaces) {
    absl::StrAppend(&body, body.size() > 1 ? "," : "", "{\"type\":\"exec\",\"mbean\":", Quoted(kStorageService),
                    ",\"operation\":\"getKeyspaceReplicationInfo\",\"arguments\":[", Quoted(keyspace), "]}");
  }
  return body + "]";
}

std::vector<std::string> KeyspacesToAsk(absl::string_view answer) {
  Value document;
  if (!model::ParseJsonDocument(answer, {}, &document).empty()) return {};
  const Bulk bulk(document, "");
  std::vector<std::string> keyspaces;
  for (const char* attribute : {"NonLocalStrategyKeyspaces", "Keyspaces"}) {
    const std::optional<Fact> fact = bulk.Read(kStorageService, attribute);
    if (!fact.has_value() || fact->value->kind != model::Kind::kList) continue;
    for (const Value& name : fact->value->items) {
      const bool own = std::find(std::begin(kOwn), std::end(kOwn), name.text) != std::end(kOwn);
      if (name.kind == model::Kind::kString && !own) keyspaces.push_back(name.text);
    }
    break;
  }
  std::sort(keyspaces.begin(), keyspaces.end());
  return keyspaces;
}

std::string JoinAnswers(absl::string_view first, absl::string_view second) {
  const absl::string_view left = IsArray(first) ? Inside(first) : absl::string_view();
  const absl::string_view right = IsArray(second) ? Inside(second) : absl::string_view();
  return absl::StrCat("[", left, left.empty() || right.empty() ? "" : ",", right, "]");
}

}  // namespace cassplan::cassandra
