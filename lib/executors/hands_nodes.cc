// What Cassandra's nodes are asked to do. Signatures: StorageServiceMBean of 4.0, 4.1 and 5.0.
#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/executors/hands.h"

namespace cassplan::executors {
namespace {

constexpr char kGossiperBean[] = "org.apache.cassandra.net:type=Gossiper";
constexpr char kCompactionBean[] = "org.apache.cassandra.db:type=CompactionManager";

// The release does not have the operation: another signature may do.
bool NoSuchOperation(const absl::Status& status) { return absl::IsInvalidArgument(status) || absl::IsNotFound(status); }

}  // namespace

// The address of the Pod that the plan was made for, as it is now.
absl::StatusOr<std::string> Hands::Address() const {
  const absl::StatusOr<Json> pod = kubernetes_.Get(kPods, options_.name_space, PodName());
  if (!pod.ok()) return pod.status();
  const std::string& uid = action_.target().uid();
  if (!uid.empty() && TextAt(*pod, {"metadata", "uid"}) != uid) {
    return absl::FailedPreconditionError(absl::StrCat(PodName(), " is another Pod by now"));
  }
  std::string address = TextAt(*pod, {"status", "podIP"});
  if (address.empty()) return absl::FailedPreconditionError(absl::StrCat(PodName(), " has no address"));
  return address;
}

// A ready node that is not the target.
absl::StatusOr<std::string> Hands::AnyOtherAddress() const {
  const absl::StatusOr<Json> pods =
      kubernetes_.List(kPods, options_.name_space, absl::StrCat("cassandracluster=", options_.name));
  if (!pods.ok()) return pods.status();
  const std::string own = action_.target().has_ordinal() ? PodName() : "";
  for (const Json& pod : (*pods)["items"]) {
    if (TextAt(pod, {"metadata", "name"}) == own) continue;
    const Json* conditions = At(pod, {"status", "conditions"});
    if (conditions == nullptr || !conditions->is_array()) continue;
    const bool ready = std::any_of(conditions->begin(), conditions->end(), [](const Json& condition) {
      return TextAt(condition, {"type"}) == "Ready" && TextAt(condition, {"status"}) == "True";
    });
    if (std::string address = TextAt(pod, {"status", "podIP"}); ready && !address.empty()) return address;
  }
  return absl::FailedPreconditionError("no other node is ready");
}

absl::StatusOr<Json> Hands::Call(const std::string& address, JolokiaCall call) {
  call.timeout_ms = RestMs();
  call.stop = &stop_;
  absl::StatusOr<Json> value = jolokia_.Run(address, login_, call);
  // A request that was never sent did nothing.
  if (absl::IsUnavailable(value.status())) return absl::FailedPreconditionError(value.status().message());
  return value;
}

absl::Status Hands::Node(const std::string& operation, Json arguments) {
  const absl::StatusOr<std::string> address = Address();
  if (!address.ok()) return address.status();
  JolokiaCall call;
  call.operation = operation;
  call.arguments = std::move(arguments);
  return Call(*address, std::move(call)).status();
}

absl::StatusOr<std::vector<std::string>> Hands::Keyspaces(const std::string& address, bool local_too) {
  if (action_.keyspaces_size() > 0) {
    return std::vector<std::string>(action_.keyspaces().begin(), action_.keyspaces().end());
  }
  const absl::StatusOr<Json> told =
      jolokia_.Attribute(address, login_, kStorageServiceBean, local_too ? "Keyspaces" : "NonLocalStrategyKeyspaces");
  if (!told.ok()) return absl::FailedPreconditionError(told.status().message());
  std::vector<std::string> keyspaces;
  for (const Json& name : *told) {
    if (name.is_string()) keyspaces.push_back(name.get<std::string>());
  }
  std::sort(keyspaces.begin(), keyspaces.end());
  return keyspaces;
}

// One keyspace after the other; Cassandra's answer is 0, or nothing, where all went well.
absl::Status Hands::EachKeyspace(const std::function<JolokiaCall(const std::string& keyspace)>& call, bool local_too) {
  const absl::StatusOr<std::string> address = Address();
  if (!address.ok()) return address.status();
  const absl::StatusOr<std::vector<std::string>> keyspaces = Keyspaces(*address, local_too);
  if (!keyspaces.ok()) return keyspaces.status();
  for (const std::string& keyspace : *keyspaces) {
    const absl::StatusOr<Json> value = Call(*address, call(keyspace));
    if (!value.ok()) return value.status();
    if (value->is_number_integer() && value->get<int64_t>() != 0) {
      return absl::FailedPreconditionError(
          absl::StrCat("keyspace ", keyspace, ": aborted (", value->get<int64_t>(), "); the node's log says why"));
    }
  }
  return absl::OkStatus();
}

absl::Status Hands::Decommission() {
  const absl::Status done = Node("decommission(boolean)", Json::array({action_.force()}));
  // Before 4.0 it had no argument.
  return NoSuchOperation(done) && !action_.force() ? Node("decommission()", Json::array()) : done;
}

absl::Status Hands::Cleanup() {
  return EachKeyspace(
      [&](const std::string& keyspace) {
        JolokiaCall call;
        call.operation = "forceKeyspaceCleanup(int,java.lang.String,[Ljava.lang.String;)";
        call.arguments = {cluster_.cluster.keyspace_cleanup_threads, keyspace, Json::array()};
        return call;
      },
      /*local_too=*/false);
}

absl::Status Hands::UpgradeSstables() {
  return EachKeyspace(
      [](const std::string& keyspace) {
        JolokiaCall call;
        call.operation = "upgradeSSTables(java.lang.String,boolean,int,[Ljava.lang.String;)";
        call.arguments = {keyspace, true, 0, Json::array()};
        return call;
      },
      /*local_too=*/true);
}

absl::Status Hands::Scrub() {
  return EachKeyspace(
      [](const std::string& keyspace) {
        JolokiaCall call;
        call.operation = "scrub(boolean,boolean,boolean,boolean,int,java.lang.String,[Ljava.lang.String;)";
        call.arguments = {false, false, true, false, 0, keyspace, Json::array()};
        return call;
      },
      /*local_too=*/false);
}

absl::Status Hands::Compact() {
  return EachKeyspace(
      [](const std::string& keyspace) {
        JolokiaCall call;
        call.operation = "forceKeyspaceCompaction(boolean,java.lang.String,[Ljava.lang.String;)";
        call.arguments = {false, keyspace, Json::array()};
        return call;
      },
      /*local_too=*/false);
}

absl::Status Hands::Flush() {
  return EachKeyspace(
      [](const std::string& keyspace) {
        JolokiaCall call;
        call.operation = "forceKeyspaceFlush(java.lang.String,[Ljava.lang.String;)";
        call.arguments = {keyspace, Json::array()};
        return call;
      },
      /*local_too=*/false);
}

absl::Status Hands::GarbageCollect() {
  return EachKeyspace(
      [](const std::string& keyspace) {
        JolokiaCall call;
        call.operation = "garbageCollect(java.lang.String,int,java.lang.String,[Ljava.lang.String;)";
        call.arguments = {"ROW", 0, keyspace, Json::array()};
        return call;
      },
      /*local_too=*/false);
}

// Of one keyspace after an ALTER, of those asked for, or of all.
absl::Status Hands::Rebuild() {
  constexpr char kRebuild[] = "rebuild(java.lang.String,java.lang.String,java.lang.String,java.lang.String)";
  std::vector<std::string> keyspaces(action_.keyspaces().begin(), action_.keyspaces().end());
  if (!action_.target().keyspace().empty()) keyspaces = {action_.target().keyspace()};
  if (keyspaces.empty()) return Node(kRebuild, {action_.source_datacenter(), nullptr, nullptr, nullptr});
  for (const std::string& keyspace : keyspaces) {
    const absl::Status done = Node(kRebuild, {action_.source_datacenter(), keyspace, nullptr, nullptr});
    if (!done.ok()) return done;
  }
  return absl::OkStatus();
}

// Primary ranges, full. It runs in Cassandra's own threads: its end is asked for.
absl::Status Hands::Repair() {
  const absl::StatusOr<std::string> address = Address();
  if (!address.ok()) return address.status();
  absl::StatusOr<std::vector<std::string>> keyspaces = Keyspaces(*address, /*local_too=*/false);
  if (!keyspaces.ok()) return keyspaces.status();
  if (!action_.target().keyspace().empty()) keyspaces = std::vector<std::string>{action_.target().keyspace()};
  for (const std::string& keyspace : *keyspaces) {
    JolokiaCall call;
    call.operation = "repairAsync(java.lang.String,java.util.Map)";
    call.arguments = {keyspace, {{"primaryRange", "true"}, {"incremental", "false"}, {"parallelism", "parallel"}}};
    const absl::StatusOr<Json> number = Call(*address, std::move(call));
    if (!number.ok()) return number.status();
    if (!number->is_number_integer()) return absl::UnknownError("the node did not say which repair it began");
    if (number->get<int64_t>() == 0) continue;  // nothing to repair
    while (true) {
      if (!Wait(1000)) return absl::CancelledError(absl::StrCat("the repair of ", keyspace, " goes on"));
      JolokiaCall ask;
      ask.operation = "getParentRepairStatus(int)";
      ask.arguments = Json::array({*number});
      const absl::StatusOr<Json> status = jolokia_.Run(*address, login_, ask);
      if (!status.ok()) return absl::UnknownError(status.status().message());
      if (!status->is_array() || status->empty() || !(*status)[0].is_string()) continue;  // not begun yet
      const auto state = (*status)[0].get<std::string>();
      if (state == "COMPLETED") break;
      if (state == "FAILED") {
        return absl::FailedPreconditionError(absl::StrCat(
            "the repair of ", keyspace, " failed: ", status->size() > 1 ? ToText((*status)[1]) : "no reason is told"));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status Hands::RemoveMember() {
  const absl::StatusOr<std::string> address = AnyOtherAddress();
  if (!address.ok()) return address.status();
  JolokiaCall call;
  if (action_.kind() == v1::ACTION_KIND_ASSASSINATE) {
    if (action_.replaced_address().empty()) return absl::InvalidArgumentError("the member's address is not known");
    call.bean = kGossiperBean;
    call.operation = "assassinateEndpoint(java.lang.String)";
    call.arguments = Json::array({action_.replaced_address()});
  } else {
    if (action_.replaced_host_id().empty()) return absl::InvalidArgumentError("the member's host id is not known");
    call.operation = "removeNode(java.lang.String)";
    call.arguments = Json::array({action_.replaced_host_id()});
  }
  return Call(*address, std::move(call)).status();
}

absl::Status Hands::Snapshot() {
  const absl::StatusOr<std::string> address = Address();
  if (!address.ok()) return address.status();
  Json keyspaces = Json::array();
  for (const std::string& keyspace : action_.keyspaces()) keyspaces.push_back(keyspace);
  JolokiaCall call;
  if (action_.kind() == v1::ACTION_KIND_STOP_COMPACTION) {
    call.bean = kCompactionBean;
    call.operation = "stopCompaction(java.lang.String)";
    call.arguments = Json::array({"COMPACTION"});
  } else if (action_.kind() == v1::ACTION_KIND_TAKE_SNAPSHOT) {
    call.operation = "takeSnapshot(java.lang.String,java.util.Map,[Ljava.lang.String;)";
    call.arguments = {action_.snapshot(), Json::object(), keyspaces};
  } else {
    call.operation = "clearSnapshot(java.lang.String,[Ljava.lang.String;)";
    call.arguments = {action_.snapshot(), keyspaces};
  }
  const absl::Status done = Call(*address, std::move(call)).status();
  // It was taken by an earlier try.
  if (action_.kind() == v1::ACTION_KIND_TAKE_SNAPSHOT && absl::StrContains(done.message(), "already exists")) {
    return absl::OkStatus();
  }
  return done;
}

}  // namespace cassplan::executors
