#include "lib/cassandra/jolokia.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/cassandra/bulk.h"
#include "lib/cassandra/gossip.h"
#include "lib/cassandra/ring_view.h"
#include "lib/cassandra/schema.h"
#include "lib/cassandra/text.h"

namespace cassplan::cassandra {
namespace {

v1::NodeMode ModeOf(absl::string_view text) {
  static constexpr std::pair<const char*, v1::NodeMode> kModes[] = {
      {"STARTING", v1::NODE_MODE_STARTING},
      {"NORMAL", v1::NODE_MODE_NORMAL},
      {"JOINING", v1::NODE_MODE_JOINING},
      {"LEAVING", v1::NODE_MODE_LEAVING},
      {"DECOMMISSIONED", v1::NODE_MODE_DECOMMISSIONED},
      {"MOVING", v1::NODE_MODE_MOVING},
      {"DRAINING", v1::NODE_MODE_DRAINING},
      {"DRAINED", v1::NODE_MODE_DRAINED},
      {"DECOMMISSION_FAILED", v1::NODE_MODE_DECOMMISSION_FAILED},
      {"JOINING_FAILED", v1::NODE_MODE_JOINING_FAILED},
  };
  for (const auto& [name, mode] : kModes) {
    if (text == name) return mode;
  }
  return v1::NODE_MODE_UNSPECIFIED;
}

// Typed access to the facts: what has another type, or a text that is not understood, is unknown and a problem.
class Reader {
 public:
  explicit Reader(Bulk* bulk) : bulk_(bulk) {}

  std::optional<std::string> Text(absl::string_view mbean, absl::string_view name) {
    const auto fact = bulk_->Read(mbean, name);
    if (!fact.has_value()) return std::nullopt;
    if (fact->value->kind == model::Kind::kString) return fact->value->text;
    Bad(*fact, name, "a text");
    return std::nullopt;
  }

  // The text, converted by `convert` to an optional.
  template <typename Convert>
  auto Converted(absl::string_view mbean, absl::string_view name, Convert convert) -> decltype(convert("")) {
    const auto text = Text(mbean, name);
    if (!text.has_value() || text->empty()) return std::nullopt;
    auto out = convert(*text);
    if (!out.has_value()) BadText(mbean, name, *text);
    return out;
  }

  std::optional<bool> Bool(absl::string_view mbean, absl::string_view name) {
    const auto fact = bulk_->Read(mbean, name);
    if (!fact.has_value()) return std::nullopt;
    if (fact->value->kind == model::Kind::kBool) return fact->value->bool_value;
    Bad(*fact, name, "true or false");
    return std::nullopt;
  }

  // An integer that is not negative.
  std::optional<int64_t> Count(const std::optional<Fact>& fact, absl::string_view name) {
    if (!fact.has_value()) return std::nullopt;
    if (fact->value->kind == model::Kind::kInt && fact->value->int_value >= 0) return fact->value->int_value;
    Bad(*fact, name, "a count");
    return std::nullopt;
  }
  std::optional<int64_t> Count(absl::string_view mbean, absl::string_view name) {
    return Count(bulk_->Read(mbean, name), name);
  }

  std::optional<Fact> List(absl::string_view mbean, absl::string_view name) {
    const auto fact = bulk_->Read(mbean, name);
    if (!fact.has_value() || fact->value->IsList()) return fact;
    Bad(*fact, name, "a list");
    return std::nullopt;
  }
  std::optional<Fact> Map(absl::string_view mbean, absl::string_view name) {
    const auto fact = bulk_->Read(mbean, name);
    if (!fact.has_value() || fact->value->IsMap()) return fact;
    Bad(*fact, name, "a map");
    return std::nullopt;
  }

  std::optional<std::vector<std::string>> Texts(absl::string_view mbean, absl::string_view name) {
    const auto fact = List(mbean, name);
    if (!fact.has_value()) return std::nullopt;
    std::vector<std::string> out;
    for (const model::Value& item : fact->value->items) {
      if (item.kind != model::Kind::kString) {
        Bad(*fact, name, "a list of texts");
        return std::nullopt;
      }
      out.push_back(item.text);
    }
    return out;
  }

  std::optional<std::set<std::string>> Addresses(absl::string_view name) {
    const auto texts = Texts(kStorageService, name);
    if (!texts.has_value()) return std::nullopt;
    std::set<std::string> out;
    for (const std::string& text : *texts) {
      const auto address = NormalizeAddress(text);
      if (!address.has_value()) {
        BadText(kStorageService, name, text);
        return std::nullopt;
      }
      out.insert(*address);
    }
    return out;
  }

  void Bad(const Fact& fact, absl::string_view name, absl::string_view due) {
    bulk_->Add(fact,
               absl::StrCat(name, " is not understood: ", due, " is due, not ", model::KindName(fact.value->kind)));
  }
  void BadText(absl::string_view mbean, absl::string_view name, absl::string_view text) {
    const auto fact = bulk_->Read(mbean, name);
    if (fact.has_value()) bulk_->Add(*fact, absl::StrCat(name, " is not understood: ", Clip(text)));
  }

  Bulk& bulk() { return *bulk_; }

 private:
  Bulk* bulk_;
};

v1::NodeMode ReadMode(Reader* reader) {
  const auto text = reader->Text(kStorageService, "OperationMode");
  if (text.has_value() && !text->empty()) {
    const v1::NodeMode mode = ModeOf(*text);
    if (mode == v1::NODE_MODE_UNSPECIFIED) reader->BadText(kStorageService, "OperationMode", *text);
    return mode;
  }
  if (reader->Bool(kStorageService, "Drained") == true) return v1::NODE_MODE_DRAINED;
  return reader->Bool(kStorageService, "Starting") == true ? v1::NODE_MODE_STARTING : v1::NODE_MODE_UNSPECIFIED;
}

using Hosts = std::map<std::string, std::string>;

std::optional<Hosts> ReadHosts(Reader* reader, absl::string_view name, bool by_host_id) {
  const auto fact = reader->Map(kStorageService, name);
  if (!fact.has_value()) return std::nullopt;
  Hosts out;
  for (const auto& [key, value] : fact->value->members) {
    const std::string text = value.kind == model::Kind::kString ? value.text : "";
    const auto address = NormalizeAddress(by_host_id ? text : key);
    const auto host_id = NormalizeHostId(by_host_id ? key : text);
    if (!address.has_value() || !host_id.has_value() || !out.emplace(*address, *host_id).second) {
      reader->BadText(kStorageService, name, absl::StrCat(key, " -> ", text));
      return std::nullopt;
    }
  }
  return out;
}

void ReadAllHosts(Reader* reader, RingFacts* ring) {
  for (const char* name : {"EndpointToHostId", "HostIdMap", "HostIdToEndpoint"}) {
    auto hosts = ReadHosts(reader, name, absl::string_view(name) == "HostIdToEndpoint");
    if (!hosts.has_value()) continue;
    if (!ring->hosts.has_value()) {
      ring->hosts = std::move(hosts);
    } else if (*ring->hosts != *hosts) {
      ring->hosts_agree = false;
      reader->bulk().Add(*reader->bulk().Read(kStorageService, name),
                         absl::StrCat(name, " differs from EndpointToHostId in the same answer"));
    }
  }
}

std::optional<std::map<std::string, std::vector<int64_t>>> ReadTokenMap(Reader* reader) {
  const auto fact = reader->Map(kStorageService, "TokenToEndpointMap");
  if (!fact.has_value()) return std::nullopt;
  std::map<std::string, std::vector<int64_t>> out;
  for (const auto& [key, value] : fact->value->members) {
    const auto token = ParseInteger(key);
    const auto address = value.kind == model::Kind::kString ? NormalizeAddress(value.text) : std::nullopt;
    if (!token.has_value() || !address.has_value()) {
      reader->BadText(kStorageService, "TokenToEndpointMap", key);
      return std::nullopt;
    }
    out[*address].push_back(*token);
  }
  return out;
}

void ReadLoads(Reader* reader, std::map<std::string, int64_t>* loads) {
  const auto fact = reader->Map(kStorageService, "LoadMap");
  if (!fact.has_value()) return;
  for (const auto& [key, value] : fact->value->members) {
    const auto address = NormalizeAddress(key);
    const auto load = value.kind == model::Kind::kString ? ParseBytes(value.text) : std::nullopt;
    if (address.has_value() && load.has_value()) {
      (*loads)[*address] = *load;
    } else {
      reader->BadText(kStorageService, "LoadMap", key);
    }
  }
}

std::optional<std::map<std::string, bool>> ReadSimpleStates(Reader* reader) {
  const auto fact = reader->Map(kFailureDetector, "SimpleStates");
  if (!fact.has_value()) return std::nullopt;
  std::map<std::string, bool> out;
  for (const auto& [key, value] : fact->value->members) {
    const auto address = NormalizeAddress(key);
    if (!address.has_value() || (value.text != "UP" && value.text != "DOWN")) {
      reader->BadText(kFailureDetector, "SimpleStates", key);
      return std::nullopt;
    }
    out[*address] = value.text == "UP";
  }
  return out;
}

// "Removing token (-42). Waiting for replication confirmation from [/10.0.0.2].": who has that token.
std::string ReadRemoving(Reader* reader, const RingFacts& ring) {
  const auto text = reader->Text(kStorageService, "RemovalStatus");
  if (!text.has_value() || !ring.tokens.has_value()) return "";
  absl::string_view rest = *text;
  if (!absl::ConsumePrefix(&rest, "Removing token (")) return "";
  const auto token = ParseInteger(rest.substr(0, rest.find(')')));
  if (!token.has_value()) return "";
  for (const auto& [address, tokens] : *ring.tokens) {
    if (std::find(tokens.begin(), tokens.end(), *token) != tokens.end()) return address;
  }
  return "";
}

RingFacts ReadRing(Reader* reader, const v1::NodeFacts& node) {
  RingFacts ring;
  ring.local_host_id = node.host_id();
  ring.mode = node.mode();
  if (node.has_gossip()) ring.gossip_running = node.gossip();
  ReadAllHosts(reader, &ring);
  ring.tokens = ReadTokenMap(reader);
  ring.live = reader->Addresses("LiveNodes");
  ring.unreachable = reader->Addresses("UnreachableNodes");
  ring.joining = reader->Addresses("JoiningNodes");
  ring.leaving = reader->Addresses("LeavingNodes");
  ring.moving = reader->Addresses("MovingNodes");
  ring.simple_states = ReadSimpleStates(reader);
  ring.gossip = reader->Converted(kFailureDetector, "AllEndpointStates", ReadEndpointStates);
  ReadLoads(reader, &ring.loads);
  ring.removing = ReadRemoving(reader, ring);
  return ring;
}

void ReadTokens(Reader* reader, v1::NodeFacts* node) {
  const auto texts = reader->Texts(kStorageService, "Tokens");
  if (!texts.has_value()) return;
  std::vector<int64_t> tokens;
  for (const std::string& text : *texts) {
    const auto token = ParseInteger(text);
    if (!token.has_value()) return reader->BadText(kStorageService, "Tokens", text);
    tokens.push_back(*token);
  }
  std::sort(tokens.begin(), tokens.end());
  tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
  node->mutable_tokens()->Add(tokens.begin(), tokens.end());
}

std::string ReadSnitch(Reader* reader) {
  const std::string name = SimpleClassName(reader->Text(kEndpointSnitchInfo, "SnitchName").value_or(""));
  if (name != "DynamicEndpointSnitch") return name;
  // It wraps the one that was configured; without that one's name the snitch is not known.
  return SimpleClassName(reader->Text(kDynamicEndpointSnitch, "SubsnitchClassName").value_or(""));
}

std::optional<int64_t> CountCleanups(Reader* reader) {
  const auto fact = reader->List(kCompactionManager, "Compactions");
  if (!fact.has_value()) return std::nullopt;
  int64_t out = 0;
  for (const model::Value& compaction : fact->value->items) {
    const model::Value* type = compaction.Find("taskType");
    if (type == nullptr || type->kind != model::Kind::kString) {
      reader->Bad(*fact, "Compactions", "a list of maps with taskType");
      return std::nullopt;
    }
    if (absl::EqualsIgnoreCase(type->text, "cleanup")) ++out;
  }
  return out;
}

// Cassandra may keep the plan of a bootstrap in its list for ever after it is done, without one session in it.
bool HasSessions(const model::Value& stream_plan) {
  const model::Value* sessions = stream_plan.Find("sessions");
  return sessions == nullptr || !sessions->IsList() || !sessions->items.empty();
}

// A rate in the last minute is told per second.
std::optional<int64_t> ReadDropped(Reader* reader) {
  constexpr double kMost = 1e15;
  const auto fact = reader->bulk().Read(kDroppedMutations, "OneMinuteRate");
  if (!fact.has_value()) return std::nullopt;
  const bool number = fact->value->kind == model::Kind::kInt || fact->value->kind == model::Kind::kDouble;
  double rate = 0;
  if (!number || !absl::SimpleAtod(fact->value->text, &rate) || !(rate >= 0 && rate <= kMost)) {
    reader->Bad(*fact, "OneMinuteRate", "a rate");
    return std::nullopt;
  }
  return static_cast<int64_t>(rate * 60 + 0.5);
}

// A map of texts for each node that hints wait for. No node: none wait. Releases up to 5.0 do not tell their size.
std::optional<int64_t> ReadHints(Reader* reader) {
  const auto fact = reader->List(kHintsService, "PendingHints");
  if (!fact.has_value()) return std::nullopt;
  int64_t bytes = 0;
  for (const model::Value& one : fact->value->items) {
    const model::Value* size = one.Find("total_size");
    const auto number = size == nullptr ? std::nullopt : ParseInteger(size->text);
    if (size == nullptr && one.IsMap()) return std::nullopt;
    if (!number.has_value() || *number < 0 || *number > std::numeric_limits<int64_t>::max() - bytes) {
      reader->Bad(*fact, "PendingHints", "a list of maps with total_size");
      return std::nullopt;
    }
    bytes += *number;
  }
  return bytes;
}

void ReadLoadFacts(Reader* reader, v1::NodeFacts* node) {
  auto load = reader->Count(kStorageLoad, "Count");
  if (!load.has_value()) load = reader->Converted(kStorageService, "LoadString", ParseBytes);
  if (load.has_value()) node->set_load_bytes(*load);
  auto pending = reader->Count(kPendingCompactions, "Value");
  if (!pending.has_value()) pending = reader->Count(kCompactionManager, "PendingTasks");
  if (pending.has_value()) node->set_pending_compactions(*pending);
  if (const auto cleanups = CountCleanups(reader)) node->set_running_cleanups(*cleanups);
  if (const auto streams = reader->List(kStreamManager, "CurrentStreams")) {
    const std::vector<model::Value>& plans = streams->value->items;
    node->set_streams(std::count_if(plans.begin(), plans.end(), HasSessions));
  }
  if (const auto dropped = ReadDropped(reader)) node->set_dropped_mutations(*dropped);
  if (const auto hints = ReadHints(reader)) node->set_pending_hints_bytes(*hints);
  const auto sizes = reader->bulk().Results("trueSnapshotsSize");
  if (!sizes.empty()) {
    if (const auto size = reader->Count(sizes.begin()->second, "trueSnapshotsSize")) node->set_snapshot_bytes(*size);
  }
}

v1::NodeFacts ReadNode(Reader* reader) {
  v1::NodeFacts node;
  node.set_mode(ReadMode(reader));
  node.set_host_id(reader->Converted(kStorageService, "LocalHostId", NormalizeHostId).value_or(""));
  node.set_release(CleanRelease(reader->Text(kStorageService, "ReleaseVersion").value_or("")));
  node.set_schema_version(reader->Text(kStorageService, "SchemaVersion").value_or(""));
  node.set_cluster(reader->Text(kStorageService, "ClusterName").value_or(""));
  node.set_partitioner(SimpleClassName(reader->Text(kStorageService, "PartitionerName").value_or("")));
  node.set_datacenter(reader->Text(kEndpointSnitchInfo, "Datacenter").value_or(""));
  node.set_rack(reader->Text(kEndpointSnitchInfo, "Rack").value_or(""));
  node.set_snitch(ReadSnitch(reader));
  const auto native = reader->Bool(kStorageService, "NativeTransportRunning");
  if (native.has_value()) node.set_native_transport(*native);
  const auto gossip = reader->Bool(kStorageService, "GossipRunning");
  if (gossip.has_value()) node.set_gossip(*gossip);
  ReadTokens(reader, &node);
  ReadLoadFacts(reader, &node);
  return node;
}

// What only the ring tells of the node itself.
void CompleteFromRing(const RingFacts& ring, absl::string_view slot_address, v1::NodeFacts* node) {
  const std::string address = AddressOf(ring, node->host_id());
  node->set_address(address.empty() ? NormalizeAddress(slot_address).value_or("") : address);
  if (address.empty()) return;
  const auto load = ring.loads.find(address);
  if (!node->has_load_bytes() && load != ring.loads.end()) node->set_load_bytes(load->second);
  if (node->tokens_size() > 0 || !ring.tokens.has_value()) return;
  const auto tokens = ring.tokens->find(address);
  if (tokens == ring.tokens->end()) return;
  node->mutable_tokens()->Add(tokens->second.begin(), tokens->second.end());
  std::sort(node->mutable_tokens()->begin(), node->mutable_tokens()->end());
}

std::optional<std::vector<std::string>> ReadNames(Reader* reader, absl::string_view name) {
  auto names = reader->Texts(kStorageService, name);
  if (!names.has_value()) return names;
  std::sort(names->begin(), names->end());
  names->erase(std::unique(names->begin(), names->end()), names->end());
  return names;
}

class KeyspaceReader {
 public:
  KeyspaceReader(Reader* reader, KeyspaceFacts* out) : reader_(*reader), out_(*out) {}

  void Read() {
    out_.names = ReadNames(&reader_, "Keyspaces");
    ReadLocal();
    ReadTold();
    ReadDerived();
    for (auto& [name, keyspace] : told_) out_.told.push_back(std::move(keyspace));
    for (auto& [name, keyspace] : derived_) out_.derived.push_back(std::move(keyspace));
  }

 private:
  void ReadLocal() {
    if (!out_.names.has_value()) return;
    const auto others = ReadNames(&reader_, "NonLocalStrategyKeyspaces");
    for (const std::string& name : *out_.names) {
      // These two are local in every release.
      const bool local = others.has_value() ? !std::binary_search(others->begin(), others->end(), name)
                                            : name == "system" || name == "system_schema";
      if (!local) continue;
      v1::Keyspace& keyspace = told_[name];
      keyspace.set_name(name);
      keyspace.set_strategy("LocalStrategy");
    }
  }

  void ReadTold() {
    for (const auto& [name, fact] : reader_.bulk().Results("getKeyspaceReplicationInfo")) {
      std::string error = "a text is due";
      const bool text = fact.value->kind == model::Kind::kString;
      const auto keyspace = text ? ReadReplicationText(name, fact.value->text, &error) : std::nullopt;
      if (keyspace.has_value()) {
        told_[name] = *keyspace;
      } else {
        reader_.bulk().Add(fact, absl::StrCat("replication of ", Clip(name), " is not understood: ", error));
      }
    }
  }

  void ReadDerived() {
    ReadRanges(reader_.bulk().Results("describeRingJMX"));
    ReadRanges(reader_.bulk().Results("describeRingWithPortJMX"));
  }

  void ReadRanges(const std::map<std::string, Fact>& results) {
    for (const auto& [name, fact] : results) {
      if (told_.count(name) > 0 || derived_.count(name) > 0) continue;
      const auto keyspace = DeriveReplication(name, Ranges(fact));
      if (keyspace.has_value()) {
        derived_[name] = *keyspace;
      } else {
        reader_.bulk().Add(fact, absl::StrCat("the ring of ", Clip(name), " does not tell how it replicates"));
      }
    }
  }

  static std::vector<std::vector<RingReplica>> Ranges(const Fact& fact) {
    std::vector<std::vector<RingReplica>> out;
    for (const model::Value& item : fact.value->items) {
      auto range = ReadTokenRange(item.text);
      if (!range.has_value()) return {};
      out.push_back(std::move(*range));
    }
    return out;
  }

  Reader& reader_;
  KeyspaceFacts& out_;
  std::map<std::string, v1::Keyspace> told_;
  std::map<std::string, v1::Keyspace> derived_;
};

}  // namespace

BulkAnswer ReadBulkAnswer(const model::Value& answer, const BulkOptions& options) {
  Bulk bulk(answer, options.file);
  Reader reader(&bulk);
  BulkAnswer out;
  out.subject = options.subject;
  out.observed_at_seconds = bulk.oldest_seconds() > 0 ? bulk.oldest_seconds() : options.observed_at_seconds;
  out.failed = bulk.empty();
  if (out.failed) {
    out.error = bulk.Error();
  } else {
    out.node = ReadNode(&reader);
    const RingFacts ring = ReadRing(&reader, out.node);
    CompleteFromRing(ring, options.address, &out.node);
    MakeView(ring, &out);
    KeyspaceReader(&reader, &out.keyspaces).Read();
    if (!out.node.host_id().empty()) out.subject.set_host_id(out.node.host_id());
  }
  out.untold = bulk.Untold();
  out.problems = bulk.TakeProblems();
  return out;
}

}  // namespace cassplan::cassandra
