#include "lib/cassandra/schema.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/cassandra/text.h"

namespace cassplan::cassandra {
namespace {

constexpr int64_t kMaxReplicationFactor = 1000;

using Options = std::vector<std::pair<std::string, std::string>>;

// "3", or "3/1": 3 replicas of which 1 is transient.
bool ReadFactor(absl::string_view text, int32_t* factor, bool* transient) {
  const size_t slash = text.find('/');
  const auto read = ParseInteger(text.substr(0, slash));
  if (!read.has_value() || *read < 0 || *read > kMaxReplicationFactor) return false;
  if (slash != absl::string_view::npos) {
    const auto part = ParseInteger(text.substr(slash + 1));
    if (!part.has_value() || *part < 0 || *part > *read) return false;
    *transient = *transient || *part > 0;
  }
  *factor = static_cast<int32_t>(*read);
  return true;
}

std::optional<v1::Keyspace> Fail(std::string* error, absl::string_view a, absl::string_view b = "") {
  *error = absl::StrCat(a, b);
  return std::nullopt;
}

std::optional<v1::Keyspace> FillTopology(v1::Keyspace keyspace, const Options& options, std::string* error) {
  std::map<std::string, int32_t> factors;
  bool transient = false;
  for (const auto& [name, text] : options) {
    int32_t factor = 0;
    if (name == "replication_factor") return Fail(error, "replication_factor is no datacenter");
    if (!ReadFactor(text, &factor, &transient)) return Fail(error, "not a replication factor: ", Clip(text));
    factors[name] = factor;
  }
  for (const auto& [name, factor] : factors) {
    v1::DatacenterReplication* datacenter = keyspace.add_datacenters();
    datacenter->set_datacenter(name);
    datacenter->set_replication_factor(factor);
  }
  keyspace.set_transient_replication(transient);
  return keyspace;
}

std::optional<v1::Keyspace> FillSimple(v1::Keyspace keyspace, const Options& options, std::string* error) {
  for (const auto& [name, text] : options) {
    if (name != "replication_factor") continue;
    int32_t factor = 0;
    bool transient = false;
    if (!ReadFactor(text, &factor, &transient)) return Fail(error, "not a replication factor: ", Clip(text));
    keyspace.set_replication_factor(factor);
    keyspace.set_transient_replication(transient);
    return keyspace;
  }
  return Fail(error, "SimpleStrategy without replication_factor");
}

class RowReader {
 public:
  RowReader(absl::string_view file, SchemaAnswer* out) : file_(file), out_(out) {}

  void Row(const model::Value& row, const std::string& path) {
    const model::Value* name = row.Find("keyspace_name");
    if (name == nullptr || name->kind != model::Kind::kString || name->text.empty()) {
      return Bad(row, path, "a row of system_schema.keyspaces with a keyspace_name is due here");
    }
    const model::Value* replication = row.Find("replication");
    if (replication == nullptr)
      return Bad(row, path, absl::StrCat("keyspace ", Clip(name->text), " has no replication"));
    std::string error;
    const auto keyspace = Replication(name->text, *replication, &error);
    if (!keyspace.has_value()) return Bad(*replication, absl::StrCat(path, ".replication"), error);
    if (!keyspaces_.emplace(name->text, *keyspace).second) {
      return Bad(*name, path, absl::StrCat("keyspace ", Clip(name->text), " is listed twice"));
    }
  }

  void Bad(const model::Value& value, const std::string& path, absl::string_view message) {
    Problem problem;
    problem.location.set_file(std::string(file_));
    problem.location.set_line(value.line);
    problem.location.set_column(value.column);
    problem.location.set_path(path);
    problem.message = std::string(message);
    out_->problems.push_back(std::move(problem));
  }

  void Finish() {
    for (const auto& [name, keyspace] : keyspaces_) *out_->schema.add_keyspaces() = keyspace;
    out_->schema.set_complete(out_->problems.empty());
  }

 private:
  static std::optional<v1::Keyspace> Replication(const std::string& name, const model::Value& value,
                                                 std::string* error) {
    if (value.kind == model::Kind::kString) return ReadReplicationText(name, value.text, error);
    if (!value.IsMap()) return Fail(error, "replication is neither a map nor the text of one");
    std::string strategy;
    Options options;
    for (const auto& [key, option] : value.members) {
      if (!option.IsScalar() || option.IsNull()) return Fail(error, "not a replication option: ", Clip(key));
      if (key == "class") {
        strategy = option.text;
      } else {
        options.emplace_back(key, option.text);
      }
    }
    return MakeKeyspace(name, strategy, options, error);
  }

  absl::string_view file_;
  SchemaAnswer* out_;
  std::map<std::string, v1::Keyspace> keyspaces_;
};

// "key:VALUE" up to ',' or ')'; moves `text` behind it.
bool TakeField(absl::string_view* text, absl::string_view key, std::string* out) {
  const size_t at = text->find(key);
  if (at == absl::string_view::npos) return false;
  text->remove_prefix(at + key.size());
  const size_t end = text->find_first_of(",)");
  if (end == absl::string_view::npos) return false;
  *out = std::string(text->substr(0, end));
  text->remove_prefix(end);
  return true;
}

using Counts = std::map<std::string, int32_t>;  // by datacenter

Counts CountReplicas(const std::vector<RingReplica>& range) {
  Counts out;
  for (const RingReplica& replica : range) ++out[replica.datacenter];
  return out;
}

// Whether the replicas of each datacenter are on as many racks as they can be.
bool SpreadsOverRacks(const std::vector<RingReplica>& range, const Counts& counts,
                      const std::map<std::string, std::set<std::string>>& racks) {
  std::map<std::string, std::set<std::string>> used;
  for (const RingReplica& replica : range) used[replica.datacenter].insert(replica.rack);
  for (const auto& [datacenter, count] : counts) {
    const size_t most = std::min(static_cast<size_t>(count), racks.at(datacenter).size());
    if (used.at(datacenter).size() < most) return false;
  }
  return true;
}

bool LooksLikeTopology(const std::vector<std::vector<RingReplica>>& ranges, const Counts& counts) {
  std::map<std::string, std::set<std::string>> racks;
  for (const auto& range : ranges) {
    for (const RingReplica& replica : range) racks[replica.datacenter].insert(replica.rack);
  }
  for (const auto& range : ranges) {
    if (CountReplicas(range) != counts || !SpreadsOverRacks(range, counts, racks)) return false;
  }
  return true;
}

}  // namespace

std::optional<v1::Keyspace> MakeKeyspace(absl::string_view name, absl::string_view strategy, const Options& options,
                                         std::string* error) {
  v1::Keyspace keyspace;
  keyspace.set_name(std::string(name));
  keyspace.set_strategy(SimpleClassName(strategy));
  if (name.empty()) return Fail(error, "a keyspace without a name");
  if (keyspace.strategy().empty()) return Fail(error, "a replication without a class");
  if (keyspace.strategy() == "NetworkTopologyStrategy") return FillTopology(std::move(keyspace), options, error);
  if (keyspace.strategy() == "SimpleStrategy") return FillSimple(std::move(keyspace), options, error);
  return keyspace;
}

std::optional<v1::Keyspace> ReadReplicationText(absl::string_view name, absl::string_view text, std::string* error) {
  auto read = ParseOptionsText(text);
  if (!read.has_value()) return Fail(error, "not a replication: ", Clip(text));
  for (size_t i = 0; i < read->options.size(); ++i) {
    if (read->options[i].first != "class") continue;
    if (!read->name.empty()) return Fail(error, "two classes in one replication");
    read->name = read->options[i].second;
    read->options.erase(read->options.begin() + static_cast<std::ptrdiff_t>(i));
    break;
  }
  return MakeKeyspace(name, read->name, read->options, error);
}

SchemaAnswer ReadKeyspaceRows(const model::Value& rows, absl::string_view file) {
  SchemaAnswer out;
  RowReader reader(file, &out);
  if (rows.IsList()) {
    for (size_t i = 0; i < rows.items.size(); ++i) reader.Row(rows.items[i], absl::StrCat("[", i, "]"));
  } else {
    reader.Bad(rows, "", "a list of the rows of system_schema.keyspaces is due here");
  }
  reader.Finish();
  return out;
}

std::optional<std::vector<RingReplica>> ReadTokenRange(absl::string_view text) {
  const size_t details = text.find("endpoint_details:[");
  if (!absl::StartsWith(text, "TokenRange(") || details == absl::string_view::npos) return std::nullopt;
  text.remove_prefix(details);
  std::vector<RingReplica> out;
  std::string host;
  while (TakeField(&text, "EndpointDetails(host:", &host)) {
    RingReplica replica;
    const auto address = NormalizeAddress(host);
    if (!address.has_value() || !TakeField(&text, "datacenter:", &replica.datacenter) ||
        !TakeField(&text, "rack:", &replica.rack)) {
      return std::nullopt;
    }
    replica.address = *address;
    out.push_back(std::move(replica));
  }
  return out;
}

std::optional<v1::Keyspace> DeriveReplication(absl::string_view name,
                                              const std::vector<std::vector<RingReplica>>& ranges) {
  if (name.empty() || ranges.empty() || ranges[0].empty()) return std::nullopt;
  if (ranges[0].size() > static_cast<size_t>(kMaxReplicationFactor)) return std::nullopt;
  v1::Keyspace keyspace;
  keyspace.set_name(std::string(name));
  const Counts counts = CountReplicas(ranges[0]);
  if (LooksLikeTopology(ranges, counts)) {
    keyspace.set_strategy("NetworkTopologyStrategy");
    for (const auto& [datacenter, count] : counts) {
      v1::DatacenterReplication* replication = keyspace.add_datacenters();
      replication->set_datacenter(datacenter);
      replication->set_replication_factor(count);
    }
    return keyspace;
  }
  for (const auto& range : ranges) {
    if (range.size() != ranges[0].size()) return std::nullopt;
  }
  keyspace.set_strategy("SimpleStrategy");
  keyspace.set_replication_factor(static_cast<int32_t>(ranges[0].size()));
  return keyspace;
}

}  // namespace cassplan::cassandra
