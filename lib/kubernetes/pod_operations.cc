#include "lib/kubernetes/pod_operations.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace cassplan::kubernetes {
namespace {

using absl::StrCat;

constexpr std::pair<absl::string_view, v1::ActionKind> kNames[] = {
    {"cleanup", v1::ACTION_KIND_CLEANUP},
    {"rebuild", v1::ACTION_KIND_REBUILD},
    {"upgradesstables", v1::ACTION_KIND_UPGRADE_SSTABLES},
    {"remove", v1::ACTION_KIND_REMOVE_NODE},
    {"replace", v1::ACTION_KIND_REPLACE_NODE},
    {"scrub", v1::ACTION_KIND_SCRUB},
    {"compact", v1::ACTION_KIND_COMPACT},
    {"flush", v1::ACTION_KIND_FLUSH},
    {"garbagecollect", v1::ACTION_KIND_GARBAGE_COLLECT},
    {"drain", v1::ACTION_KIND_DRAIN},
    {"restart", v1::ACTION_KIND_RESTART_NODE},
};

constexpr absl::string_view kStatuses[] = {"ToDo", "Paused", "Ongoing", "Finalizing", "Done", "Error", "Manual"};

std::string NameList() {
  std::vector<absl::string_view> names;
  for (const auto& [name, kind] : kNames) names.push_back(name);
  return absl::StrJoin(names, ", ");
}

// The word that was meant, when only its case is wrong; else all that there are.
template <typename Words>
std::string Instead(absl::string_view text, const Words& words, const std::string& all) {
  for (const absl::string_view word : words) {
    if (absl::EqualsIgnoreCase(word, text)) return StrCat("write ", word);
  }
  return StrCat("write one of ", all);
}

bool IsHostId(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '-');
  constexpr size_t kLengths[] = {8, 4, 4, 4, 12};
  if (parts.size() != std::size(kLengths)) return false;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].size() != kLengths[i] || !std::all_of(parts[i].begin(), parts[i].end(), absl::ascii_isxdigit))
      return false;
  }
  return true;
}

class PodReader {
 public:
  PodReader(const Item& pod, const SlotId& slot, const std::map<std::string, SlotId>& slot_of,
            std::vector<v1::RequestedOperation>* operations, std::vector<Problem>* problems)
      : pod_(pod), slot_(slot), slot_of_(slot_of), operations_(operations), problems_(problems) {}

  void Read() {
    const std::string name = pod_.Label("operation-name");
    const std::string status = pod_.Label("operation-status");
    const bool asks = status == "ToDo" || status == "Paused";
    if (name.empty() && status.empty()) return;
    if (!status.empty() && std::find(std::begin(kStatuses), std::end(kStatuses), status) == std::end(kStatuses)) {
      return Add("operation-status", status, "is no status",
                 Instead(status, kStatuses, absl::StrJoin(kStatuses, ", ") + "; ToDo asks for the operation"));
    }
    if (status.empty()) return Add("operation-status", "", "is missing", "write ToDo to ask for the operation");
    if (!asks) return;
    if (name.empty()) return Add("operation-name", "", "is missing", StrCat("write one of ", NameList()));
    if (name == "decommission") {
      return Add("operation-name", name, "is not asked for on a Pod",
                 "lower nodesPerRacks in the CassandraCluster, and take the label out");
    }
    const auto known =
        std::find_if(std::begin(kNames), std::end(kNames), [&](const auto& n) { return n.first == name; });
    if (known == std::end(kNames)) {
      std::vector<absl::string_view> names;
      for (const auto& [word, kind] : kNames) names.push_back(word);
      return Add("operation-name", name, "is no operation", Instead(name, names, NameList()));
    }
    Ask(known->second, name, status == "Paused");
  }

 private:
  void Add(absl::string_view label, absl::string_view value, absl::string_view what, const std::string& instead) {
    problems_->push_back(
        pod_.ProblemAt(StrCat("label ", label, " of Pod ", pod_.name(),
                              value.empty() ? "" : StrCat(" (\"", value, "\")"), " ", what, ": ", instead)));
  }

  void Ask(v1::ActionKind kind, const std::string& name, bool paused) {
    const std::string argument = pod_.Label("operation-argument");
    v1::RequestedOperation o;
    o.set_kind(kind);
    o.set_paused(paused);
    o.set_requested_by(StrCat("label operation-name of Pod ", pod_.name()));
    o.set_uid(StrCat("pod/", pod_.uid(), "/", name));
    for (const std::string& part : {argument, pod_.Label("operation-start")}) {
      absl::StrAppend(o.mutable_uid(), "/", part);
    }
    if (kind == v1::ACTION_KIND_REMOVE_NODE || kind == v1::ACTION_KIND_REPLACE_NODE) {
      if (!ReadGone(argument, name, &o)) return;
    } else {
      *o.mutable_target() = SlotTarget(slot_);
      if (kind == v1::ACTION_KIND_REBUILD) o.set_source_datacenter(argument);
    }
    operations_->push_back(std::move(o));
  }

  // A host id, or [pod][_ip]. Host id and address tell the member, since another node may live in the Pod by now.
  bool ReadGone(const std::string& argument, const std::string& operation, v1::RequestedOperation* o) {
    if (IsHostId(argument)) {
      o->mutable_target()->set_host_id(argument);
      return true;
    }
    const std::pair<std::string, std::string> parts = absl::StrSplit(argument, absl::MaxSplits('_', 1));
    const auto& [name, address] = parts;
    if (name.empty() && address.empty()) {
      Add("operation-argument", argument, "names no node",
          "write its host id, its Pod, or _ and the address that it had");
      return false;
    }
    if (!address.empty() && !IsAddress(address)) {
      Add("operation-argument", argument, "has no IPv4 address after the _", "write for instance _10.0.0.12");
      return false;
    }
    const auto slot = slot_of_.find(name);
    if (!name.empty() && slot == slot_of_.end()) {
      Add("operation-argument", argument, "names a Pod that is none of the cluster's",
          "write a Pod of the cluster, or only _ and the address that the node had");
      return false;
    }
    if (name == pod_.name() && address.empty()) {
      Add("operation-argument", argument, "names the Pod that carries the label",
          StrCat("put the labels on another Pod, which stays while this one's node is ", operation, "d"));
      return false;
    }
    if (!address.empty()) {
      o->set_address(address);
    } else {
      *o->mutable_target() = SlotTarget(slot->second);
    }
    return true;
  }

  const Item& pod_;
  const SlotId& slot_;
  const std::map<std::string, SlotId>& slot_of_;
  std::vector<v1::RequestedOperation>* operations_;
  std::vector<Problem>* problems_;
};

}  // namespace

bool IsAddress(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '.');
  return parts.size() == 4 && std::all_of(parts.begin(), parts.end(), [](absl::string_view part) {
           int number = 0;
           const bool digits = !part.empty() && std::all_of(part.begin(), part.end(), absl::ascii_isdigit);
           return digits && part.size() <= 3 && absl::SimpleAtoi(part, &number) && number <= 255;
         });
}

void ReadPodOperations(const std::map<SlotId, std::vector<Item>>& pods, const std::map<std::string, SlotId>& slot_of,
                       std::vector<v1::RequestedOperation>* operations, std::vector<Problem>* problems) {
  for (const auto& [slot, items] : pods) {
    for (const Item& pod : items) PodReader(pod, slot, slot_of, operations, problems).Read();
  }
  std::sort(operations->begin(), operations->end(),
            [](const auto& a, const auto& b) { return a.SerializeAsString() < b.SerializeAsString(); });
}

}  // namespace cassplan::kubernetes
