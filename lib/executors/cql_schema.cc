#include "lib/executors/cql_schema.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace cassplan::executors {
namespace {

using Json = nlohmann::json;

constexpr char kClass[] = "class";
constexpr char kFactor[] = "replication_factor";

bool IsStrategy(const CqlReplication& replication, const std::string& name) {
  const auto found = replication.find(kClass);
  return found != replication.end() &&
         (found->second == name || absl::EndsWith(found->second, absl::StrCat(".", name)));
}

std::string Get(const CqlReplication& replication, const std::string& key) {
  const auto found = replication.find(key);
  return found == replication.end() ? "" : found->second;
}

std::string TextOf(const Json& row, const char* key) {
  const auto found = row.find(key);
  return found != row.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

absl::StatusOr<CqlReplication> ReadReplication(CqlConnection* connection, const std::string& keyspace) {
  const absl::StatusOr<CqlRows> rows = connection->Query(absl::StrCat(
      "SELECT keyspace_name, replication FROM system_schema.keyspaces WHERE keyspace_name = ", CqlText(keyspace)));
  if (!rows.ok()) return rows.status();
  const Json list = rows->ToJson();
  if (list.empty()) return absl::NotFoundError(absl::StrCat("keyspace ", keyspace, " does not exist"));
  const auto options = list[0].find("replication");
  if (TextOf(list[0], "keyspace_name") != keyspace || options == list[0].end() || !options->is_object()) {
    return absl::UnknownError(absl::StrCat(connection->address(), ": the row of keyspace ", keyspace, " is not one"));
  }
  CqlReplication replication;
  for (const auto& [key, value] : options->items()) {
    if (!value.is_string()) return absl::UnknownError(absl::StrCat("keyspace ", keyspace, ": ", key, " is no text"));
    replication[key] = value.get<std::string>();
  }
  return replication;
}

absl::StatusOr<bool> SchemaAgrees(CqlConnection* connection, const std::vector<std::string>& addresses) {
  const absl::StatusOr<CqlRows> local = connection->Query("SELECT schema_version FROM system.local");
  if (!local.ok()) return local.status();
  const absl::StatusOr<CqlRows> peers = connection->Query("SELECT peer, rpc_address, schema_version FROM system.peers");
  if (!peers.ok()) return peers.status();
  const Json own = local->ToJson();
  const std::string version = own.empty() ? "" : TextOf(own[0], "schema_version");
  if (version.empty()) return false;
  const auto asked = [&](const std::string& address) {
    return std::find(addresses.begin(), addresses.end(), address) != addresses.end();
  };
  const Json list = peers->ToJson();
  return std::all_of(list.begin(), list.end(), [&](const Json& peer) {
    const bool counts = asked(TextOf(peer, "peer")) || asked(TextOf(peer, "rpc_address"));
    return !counts || TextOf(peer, "schema_version") == version;
  });
}

absl::StatusOr<CqlReplication> WithFactor(const CqlReplication& now, const std::string& datacenter, int32_t factor) {
  CqlReplication next = now;
  if (IsStrategy(now, "SimpleStrategy")) {
    if (Get(now, kFactor) != absl::StrCat(factor)) {
      return absl::FailedPreconditionError(
          absl::StrCat("it is SimpleStrategy with ", Get(now, kFactor), " replicas: other nodes would hold them"));
    }
    return CqlReplication{{kClass, "NetworkTopologyStrategy"}, {datacenter, absl::StrCat(factor)}};
  }
  if (!IsStrategy(now, "NetworkTopologyStrategy")) {
    return absl::FailedPreconditionError(absl::StrCat(Get(now, kClass), " is not changed here"));
  }
  int32_t replicas = 0;
  const std::string before = Get(now, datacenter);
  if (!before.empty() && !absl::SimpleAtoi(before, &replicas)) {
    return absl::FailedPreconditionError(
        absl::StrCat("it has ", before, " replicas in ", datacenter, ": transient replicas are not changed here"));
  }
  next[datacenter] = absl::StrCat(factor);
  if (factor == 0) next.erase(datacenter);
  if (next.size() < 2) return absl::FailedPreconditionError("no replica would be left");
  return next;
}

std::string AlterStatement(const std::string& keyspace, const CqlReplication& replication) {
  std::string text = absl::StrCat("ALTER KEYSPACE ", CqlName(keyspace), " WITH replication = {", CqlText(kClass), ": ",
                                  CqlText(Get(replication, kClass)));
  for (const auto& [key, value] : replication) {
    if (key != kClass) absl::StrAppend(&text, ", ", CqlText(key), ": ", CqlText(value));
  }
  return text + "}";
}

}  // namespace cassplan::executors
