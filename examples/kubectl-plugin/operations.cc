#include "examples/kubectl-plugin/operations.h"

#include <algorithm>
#include <iostream>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "lib/executors/config_map_ledger.h"
#include "lib/kubernetes/names.h"

namespace cassplan::plugin {
namespace {

using executors::Json;
using executors::TextAt;

std::string Label(const Json& pod, absl::string_view label) { return TextAt(pod, {"metadata", "labels", label}); }
std::string NameOf(const Json& object) { return TextAt(object, {"metadata", "name"}); }

bool Running(const Json& pod) {
  return TextAt(pod, {"status", "phase"}) == "Running" && TextAt(pod, {"metadata", "deletionTimestamp"}).empty();
}

// An operation that somebody is at: asking for another one would mix the two.
bool Busy(const Json& pod) {
  const std::string status = Label(pod, "operation-status");
  return status == "Ongoing" || status == "Finalizing";
}

absl::StatusOr<std::vector<Json>> Pods(const Connection& connection, const std::string& selector) {
  absl::StatusOr<Json> list = connection.kubernetes->List(executors::kPods, connection.name_space, selector);
  if (!list.ok()) return list.status();
  std::vector<Json> pods;
  for (Json& pod : (*list)["items"]) pods.push_back(std::move(pod));
  return pods;
}

// Those that --pod or --prefix name.
absl::StatusOr<std::vector<Json>> Chosen(const Connection& connection, const std::string& pod,
                                         const std::string& prefix) {
  if (pod.empty() == prefix.empty()) return absl::InvalidArgumentError("give one of --pod and --prefix");
  absl::StatusOr<std::vector<Json>> all = Pods(connection, "cassandracluster");
  if (!all.ok()) return all;
  std::vector<Json> chosen;
  for (Json& one : *all) {
    if (pod.empty() ? absl::StartsWith(NameOf(one), prefix) : NameOf(one) == pod) chosen.push_back(std::move(one));
  }
  if (chosen.empty()) {
    return absl::NotFoundError(absl::StrCat("no Pod of a CassandraCluster in namespace ", connection.name_space,
                                            pod.empty() ? " has a name that begins with " : " is called ",
                                            pod.empty() ? prefix : pod));
  }
  return chosen;
}

// Bound to the Pod that was seen: one that was made anew meanwhile is not asked.
int SetLabels(const Connection& connection, const Json& pod, const Json& labels, const std::string& what,
              bool dry_run) {
  if (!dry_run) {
    const Json patch = {{"metadata",
                         {{"uid", TextAt(pod, {"metadata", "uid"})},
                          {"resourceVersion", TextAt(pod, {"metadata", "resourceVersion"})},
                          {"labels", labels}}}};
    const absl::Status written =
        connection.kubernetes->Patch(executors::kPods, connection.name_space, NameOf(pod), patch).status();
    if (absl::IsAborted(written)) return Fail(absl::StrCat(NameOf(pod), " changed meanwhile; ask again"));
    if (!written.ok()) return Fail(written);
  }
  std::cout << NameOf(pod) << ": " << what << (dry_run ? " would be asked for" : " is asked for") << "\n";
  return kDone;
}

Json Request(const std::string& operation, const std::string& argument) {
  // Empty starts and ends: nobody has begun.
  return {{"operation-name", operation},
          {"operation-status", "ToDo"},
          {"operation-argument", argument},
          {"operation-start", ""},
          {"operation-end", ""}};
}

int AskEach(const Connection& connection, const std::vector<Json>& pods, const std::string& operation,
            const std::string& argument, bool dry_run) {
  int asked = 0;
  int code = kDone;
  for (const Json& pod : pods) {
    if (!Running(pod)) {
      std::cerr << NameOf(pod) << ": does not run; left out\n";
      continue;
    }
    if (Busy(pod)) {
      std::cerr << NameOf(pod) << ": " << Label(pod, "operation-name") << " is " << Label(pod, "operation-status")
                << "; left out\n";
      continue;
    }
    code = std::max(code, SetLabels(connection, pod, Request(operation, argument), operation, dry_run));
    ++asked;
  }
  return asked == 0 ? Fail("nothing was asked for") : code;
}

// The node that is known to live in the Pod, by host id: the operator's ledger has it from before it died. Empty: not
// known.
absl::StatusOr<std::string> HostIn(const Connection& connection, const Json& pod) {
  const std::string name = Label(pod, kubernetes::kClusterLabel);
  const absl::StatusOr<Json> cluster =
      connection.kubernetes->Get(executors::kCassandraClusters, connection.name_space, name);
  if (!cluster.ok()) return cluster.status();
  executors::ConfigMapLedger store(connection.kubernetes.get(), connection.name_space, name,
                                   TextAt(*cluster, {"metadata", "uid"}));
  const absl::StatusOr<v1::Ledger> ledger = store.Load();
  if (!ledger.ok()) return ledger.status();
  const std::string dc = Label(pod, kubernetes::kDatacenterLabel);
  const std::string rack = Label(pod, kubernetes::kRackLabel);
  std::string host;
  for (const v1::KnownMember& member : ledger->members()) {
    const v1::Target& slot = member.slot();
    const bool here = slot.datacenter() == dc && slot.rack() == rack && slot.has_ordinal() &&
                      absl::EndsWith(NameOf(pod), absl::StrCat("-", slot.ordinal()));
    if (!here) continue;
    if (!host.empty()) return "";  // two: which one is meant?
    host = member.host_id();
  }
  return host;
}

// Of a running Pod that is free, and stays: the one that is spoken of is never asked itself.
int AskAnother(const Connection& connection, const std::vector<Json>& pods, const std::string& operation,
               const RemoveCommand& command) {
  const std::string argument =
      !command.host_id.empty() ? command.host_id
                               : absl::StrCat(command.pod, command.previous_ip.empty() ? "" : "_", command.previous_ip);
  for (const Json& pod : pods) {
    const bool named = command.from_pod.empty() || NameOf(pod) == command.from_pod;
    if (!named || NameOf(pod) == command.pod || !Running(pod) || Busy(pod)) continue;
    return SetLabels(connection, pod, Request(operation, argument), absl::StrCat(operation, " ", argument),
                     command.dry_run);
  }
  return Fail(command.from_pod.empty()
                  ? absl::StrCat("no other Pod of ", command.cluster, " runs and is free to carry it")
                  : absl::StrCat(command.from_pod, " is not there, does not run or is busy"));
}

}  // namespace

int Ask(const Reach& reach, const OperationCommand& command) {
  const absl::StatusOr<Connection> connection = Connect(reach);
  if (!connection.ok()) return Fail(connection.status());
  const absl::StatusOr<std::vector<Json>> pods = Chosen(*connection, command.pod, command.prefix);
  if (!pods.ok()) return Fail(pods.status());
  return AskEach(*connection, *pods, command.operation, command.argument, command.dry_run);
}

int Pause(const Reach& reach, const OperationCommand& command, bool pause) {
  const absl::StatusOr<Connection> connection = Connect(reach);
  if (!connection.ok()) return Fail(connection.status());
  const absl::StatusOr<std::vector<Json>> pods = Chosen(*connection, command.pod, command.prefix);
  if (!pods.ok()) return Fail(pods.status());
  const std::string from = pause ? "ToDo" : "Paused";
  int found = 0;
  int code = kDone;
  for (const Json& pod : *pods) {
    if (Label(pod, "operation-name") != command.operation || Label(pod, "operation-status") != from) continue;
    ++found;
    code = std::max(
        code, SetLabels(*connection, pod, {{"operation-status", pause ? "Paused" : "ToDo"}},
                        absl::StrCat(pause ? "a pause of " : "going on with ", command.operation), command.dry_run));
  }
  if (found > 0) return code;
  return Fail(absl::StrCat("no such Pod has operation-name ", command.operation, " with operation-status ", from));
}

int Remove(const Reach& reach, const RemoveCommand& command) {
  if (command.pod.empty() && command.previous_ip.empty() && command.host_id.empty()) {
    return Fail("give --pod, or --host-id or --previous-ip where there is no such Pod any more");
  }
  if (command.from_pod.empty() == command.cluster.empty()) return Fail("give one of --from-pod and --crd");
  const absl::StatusOr<Connection> connection = Connect(reach);
  if (!connection.ok()) return Fail(connection.status());
  const std::string selector =
      command.cluster.empty() ? "cassandracluster" : absl::StrCat("cassandracluster=", command.cluster);
  const absl::StatusOr<std::vector<Json>> pods = Pods(*connection, selector);
  if (!pods.ok()) return Fail(pods.status());
  RemoveCommand one = command;
  for (const Json& pod : *pods) {
    if (NameOf(pod) != command.pod || !command.previous_ip.empty() || !command.host_id.empty()) continue;
    const absl::StatusOr<std::string> host = HostIn(*connection, pod);
    if (host.ok()) one.host_id = *host;  // else the plan says that the request does not name it
  }
  return AskAnother(*connection, *pods, "remove", one);
}

int Restart(const Reach& reach, const RestartCommand& command) {
  if ((command.full ? 1 : 0) + (command.racks.empty() ? 0 : 1) + (command.datacenters.empty() ? 0 : 1) != 1) {
    return Fail("give one of --rack, --dc and --full");
  }
  const absl::StatusOr<Connection> connection = Connect(reach);
  if (!connection.ok()) return Fail(connection.status());
  const absl::StatusOr<std::vector<Json>> pods = Pods(*connection, absl::StrCat("cassandracluster=", command.cluster));
  if (!pods.ok()) return Fail(pods.status());
  std::set<std::string> wanted(command.racks.begin(), command.racks.end());
  wanted.insert(command.datacenters.begin(), command.datacenters.end());
  std::set<std::string> met;
  std::vector<Json> chosen;
  for (const Json& pod : *pods) {
    const std::string dc = Label(pod, kubernetes::kDatacenterLabel);
    const std::string name = command.racks.empty() ? dc : absl::StrCat(dc, ".", Label(pod, kubernetes::kRackLabel));
    if (!command.full && !wanted.contains(name)) continue;
    met.insert(name);
    chosen.push_back(pod);
  }
  for (const std::string& name : wanted) {
    if (!met.contains(name)) {
      return Fail(absl::StrCat("no Pod of ", command.cluster, " is in ", name,
                               command.racks.empty() ? "" : "; racks are named dc.rack"));
    }
  }
  return AskEach(*connection, chosen, "restart", "", command.dry_run);
}

int Replace(const Reach& reach, const RemoveCommand& command) {
  const absl::StatusOr<Connection> connection = Connect(reach);
  if (!connection.ok()) return Fail(connection.status());
  const absl::StatusOr<std::vector<Json>> chosen = Chosen(*connection, command.pod, "");
  if (!chosen.ok()) return Fail(chosen.status());
  RemoveCommand one = command;
  if (one.host_id.empty()) {
    const absl::StatusOr<std::string> host = HostIn(*connection, chosen->front());
    if (!host.ok()) return Fail(host.status());
    one.host_id = *host;
  }
  if (one.host_id.empty()) {
    return Fail(absl::StrCat("which node lived in ", command.pod,
                             " is not known: give its --host-id (nodetool status on another node shows it)"));
  }
  one.cluster = Label(chosen->front(), kubernetes::kClusterLabel);
  const absl::StatusOr<std::vector<Json>> pods = Pods(*connection, absl::StrCat("cassandracluster=", one.cluster));
  if (!pods.ok()) return Fail(pods.status());
  return AskAnother(*connection, *pods, "replace", one);
}

}  // namespace cassplan::plugin
