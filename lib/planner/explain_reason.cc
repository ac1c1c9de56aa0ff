// Why an action is wanted, and what it is about.
#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/planner/admit.h"
#include "lib/planner/dead.h"
#include "lib/planner/explain.h"
#include "lib/planner/several.h"

namespace cassplan::planner {
namespace {

using absl::StrCat;

// What differs between the stored and the desired template of a rack.
Common::Change TemplateChange(const Rack& rack) {
  Common::Change change;
  if (rack.source == nullptr) return change;
  std::vector<const v1::TemplateSection*> sections;
  for (const v1::TemplateSection& section : rack.source->template_().sections()) sections.push_back(&section);
  std::sort(sections.begin(), sections.end(), [](const v1::TemplateSection* x, const v1::TemplateSection* y) {
    return std::tie(x->name(), x->value(), x->path()) < std::tie(y->name(), y->value(), y->path());
  });
  for (const v1::TemplateSection* one : sections) {
    const v1::TemplateSection& section = *one;
    const auto before = std::find_if(rack.sections.begin(), rack.sections.end(),
                                     [&](const auto& s) { return s.first == section.name(); });
    const bool known = before != rack.sections.end();
    if (known && before->second == section.value()) continue;
    const bool readable =
        known && section.name() != "config" && section.value().size() <= 80 && before->second.size() <= 80;
    absl::StrAppend(&change.text, change.text.empty() ? "" : ", ", section.name());
    if (readable) absl::StrAppend(&change.text, " ", before->second, " -> ", section.value());
    if (!section.path().empty()) change.paths.push_back(section.path());
  }
  std::sort(change.paths.begin(), change.paths.end());
  change.paths.erase(std::unique(change.paths.begin(), change.paths.end()), change.paths.end());
  return change;
}

}  // namespace

void FillTarget(const Model& m, const Action& a, v1::Target* target) {
  if (a.dc != kNone) target->set_datacenter(std::string(m.dc(a.dc).name));
  if (a.rack != kNone) target->set_rack(std::string(m.rack(a.rack).name));
  if (a.slot != kNone) target->set_ordinal(m.slot(a.slot).ordinal);
  if (a.member != kNone) {
    target->set_host_id(std::string(m.member(a.member).host_id));
  } else if (a.slot != kNone && (a.kind == Kind::kShrinkRack || a.kind == Kind::kDeleteVolume)) {
    target->set_host_id(std::string(m.slot(a.slot).left_host_id));
  }
  if (a.slot != kNone) {
    const Slot& slot = m.slot(a.slot);
    const bool volume =
        a.kind == Kind::kDeleteVolume || a.kind == Kind::kQuarantineVolume || a.kind == Kind::kGrowVolume;
    target->set_uid(std::string(volume ? slot.volume.uid : slot.uid));
    // A slot that was never made: its workload is what is changed.
    if (a.kind == Kind::kShrinkRack && slot.uid.empty()) target->set_uid(std::string(m.rack(slot.rack).uid));
    if (volume) target->set_name(std::string(slot.volume.name));
  } else if (a.rack != kNone) {
    target->set_uid(std::string(m.rack(a.rack).uid));
  }
  if (a.keyspace != kNone) target->set_keyspace(std::string(m.keyspace(a.keyspace).name));
}

Common::Common(const Model& model) {
  for (const Rack& rack : model.racks) template_changes.push_back(TemplateChange(rack));
  for (size_t i = 0; i < model.members.size(); ++i) {
    if (!model.members[i].up && model.members[i].in_ring) down.push_back(static_cast<Id>(i));
  }
}

namespace {

std::string TemplateReason(const Model& m, const Common& common, const Action& a, v1::Reason* reason) {
  const Common::Change& change = common.template_changes[static_cast<size_t>(a.rack)];
  if (change.text.empty() && !m.rack(a.rack).restart_token.empty()) {
    reason->add_paths("rollingRestart");
    return "a restart was asked for";
  }
  for (const std::string& path : change.paths) reason->add_paths(path);
  return change.text.empty() ? "it runs another template than its rack" : StrCat("the template changes: ", change.text);
}

// The sentence for a drift, and the field path that caused it (empty: none).
std::pair<std::string, std::string> Sentence(const Model& m, const Action& a) {
  if (a.drift == "missing-node") {
    return {StrCat("rack ", m.RackName(a.rack), " shall have ", Several(m.rack(a.rack).desired_nodes, "node")),
            "nodesPerRacks"};
  }
  if (a.drift == "surplus-node" || a.drift == "surplus-slot") {
    if (m.slot(a.slot).desired)
      return {"the node has left, and shall join again with an empty volume", "nodesPerRacks"};
    if (m.rack(a.rack).leaves)
      return {StrCat("rack ", m.RackName(a.rack), " is not desired any more", a.detail), "topology"};
    return {
        StrCat("rack ", m.RackName(a.rack), " shall have ", Several(m.rack(a.rack).desired_nodes, "node"), a.detail),
        "nodesPerRacks"};
  }
  if (a.drift == "stopped-node") return {"the member has its data and is stopped", ""};
  if (a.drift == "left-data") return {"its node has left, and the one that is to join there starts with nothing", ""};
  if (a.drift == "leftover-volume") return {"its slot is gone, and no node shall run there any more", ""};
  if (a.drift == "drained-node") return {"the node is drained, and only a restart ends that", ""};
  if (a.drift == "dead-node") {
    const int64_t down = SecondsDown(m, m.member(a.member));
    return {down > 0 ? StrCat("the member has been down for ", Duration(down)) : std::string("the member is down"), ""};
  }
  if (a.drift == "crossed-address") return {"its Pod has the address at which gossip knows another member", ""};
  if (a.drift == "stuck-movement") return {"its movement failed, and only a restart ends it", ""};
  if (a.drift == "ghost") return {"the member has no slot, and is down", ""};
  if (a.drift == "seed-replaced") return {"a seed is replaced: it leaves the seed list first", ""};
  if (a.drift == "requested" && IsMovement(a.kind)) return {"a person asked for it", ""};
  if (a.drift == "replace-requested") return {"a person asked to replace this dead node", ""};
  if (a.drift == "requested") {
    const absl::string_view by = m.request_at(a.request).asked_by;
    return {by.empty() ? std::string("a person asked for it") : StrCat(by, " asked for it"), "operations"};
  }
  if (a.drift == "cleanup-owed") return {"nodes joined, and it keeps data that is theirs now", ""};
  if (a.drift == "replication") {
    const bool step = a.kind == Kind::kAlterKeyspace && a.final_factor != a.replication_factor;
    return {StrCat("keyspace ", m.keyspace(a.keyspace).name, " shall have ",
                   step ? a.final_factor : a.replication_factor, " replicas in ", m.dc(a.dc).name,
                   step ? StrCat(", one step at a time: now ", a.replication_factor) : std::string()),
            StrCat("keyspaces.", m.keyspace(a.keyspace).name)};
  }
  if (a.drift == "repair-owed") {
    return {StrCat("the replicas of keyspace ", m.keyspace(a.keyspace).name, " in ", m.dc(a.dc).name,
                   " change, and a repair makes them equal"),
            ""};
  }
  if (a.drift == "cleanup-after-change") return {"it keeps data that it holds no replica of any more", ""};
  if (a.drift == "rebuild-owed") {
    return {StrCat("keyspace ", m.keyspace(a.keyspace).name, " replicates in ", m.dc(a.dc).name,
                   ", and the node has not fetched its data yet"),
            ""};
  }
  if (a.drift == "small-volume") {
    return {StrCat("it has ", SizeText(m.slot(a.slot).volume.capacity), " and shall have ", SizeText(a.capacity)),
            "dataCapacity"};
  }
  if (a.drift == "small-template") {
    return {StrCat("new nodes of rack ", m.RackName(a.rack), " would get volumes of ",
                   SizeText(m.rack(a.rack).capacity), " instead of ", SizeText(a.capacity)),
            "dataCapacity"};
  }
  if (a.drift == "fixed-workload") {
    return {StrCat("what of the workload of rack ", m.RackName(a.rack),
                   " cannot be changed in place differs (volume claim templates, service name)"),
            "storageConfigs"};
  }
  if (a.drift == "before-upgrade") {
    return {StrCat("a snapshot before the node starts on Cassandra ", DesiredRuns(m.rack(a.rack)).line),
            "cassandraImage"};
  }
  if (a.drift == "upgrade-owed") {
    return {StrCat("its data files may be of an older format than Cassandra ", a.detail, " writes"), ""};
  }
  if (a.drift == "repair-due")
    return {StrCat("the last repair of keyspace ", m.keyspace(a.keyspace).name, " is too long ago"), ""};
  if (a.drift == "missing-rack")
    return {StrCat("rack ", m.RackName(a.rack), " is desired and does not exist"), "topology"};
  if (a.drift == "surplus-rack")
    return {m.dc(a.dc).desired ? StrCat("rack ", m.RackName(a.rack), " is not desired any more")
                               : StrCat("datacenter ", m.dc(a.dc).name, " is not desired any more"),
            "topology"};
  if (a.drift == "seeds") return {"the seed list differs", "seeds"};
  if (a.drift == "final-seeds") return {"nodes that shall be seeds are members by then", "seeds"};
  return {"objects shared by all racks are missing or differ", ""};
}

}  // namespace

v1::Reason MakeReason(const Model& m, const Common& common, const Action& a) {
  v1::Reason reason;
  reason.set_code(std::string(a.drift));
  if (a.drift == "stale-template" || a.drift == "stale-node") {
    reason.set_text(TemplateReason(m, common, a, &reason));
    return reason;
  }
  auto [text, path] = Sentence(m, a);
  reason.set_text(std::move(text));
  if (!path.empty()) reason.add_paths(std::move(path));
  return reason;
}

std::string Few(const std::vector<std::string>& names) {
  constexpr size_t kShown = 5;
  const size_t shown = std::min(names.size(), kShown);
  std::string text;
  for (size_t i = 0; i < shown; ++i) absl::StrAppend(&text, i == 0 ? "" : ", ", names[i]);
  if (shown < names.size()) absl::StrAppend(&text, " and ", names.size() - shown, " more");
  return text;
}

// "restart 9 nodes": what a person would say; drains are part of their restarts.
std::string Phrase(Kind kind, int32_t n) {
  const absl::string_view plural = n == 1 ? "" : "s";
  switch (kind) {
    case Kind::kCreateClusterObjects:
      return "create the shared objects";
    case Kind::kUpdateClusterObjects:
      return "update the shared objects";
    case Kind::kCreateRack:
      return StrCat("create ", n, " rack", plural);
    case Kind::kUpdateRack:
      return StrCat("write ", n, " template", plural);
    case Kind::kDeleteRack:
      return StrCat("delete ", n, " rack", plural);
    case Kind::kSetSeeds:
      return "write the seed list";
    case Kind::kStartNode:
      return StrCat("start ", n, " node", plural);
    case Kind::kRestartNode:
      return StrCat("restart ", n, " node", plural);
    case Kind::kDecommission:
      return StrCat("decommission ", n, " node", plural);
    case Kind::kShrinkRack:
      return StrCat("drop ", n, " slot", plural);
    case Kind::kDeleteVolume:
      return StrCat("delete ", n, " volume", plural);
    case Kind::kQuarantineVolume:
      return StrCat("set ", n, " volume", plural, " aside");
    case Kind::kRemoveNode:
      return StrCat("remove ", n, " dead member", plural);
    case Kind::kAssassinate:
      return StrCat("assassinate ", n, " dead member", plural);
    case Kind::kReplaceNode:
      return StrCat("replace ", n, " node", plural);
    case Kind::kCleanup:
      return StrCat("clean up ", n, " node", plural);
    case Kind::kAlterKeyspace:
      return StrCat("alter ", n, " keyspace", plural);
    case Kind::kRebuild:
      return StrCat("rebuild ", n, " time", plural);
    case Kind::kRepair:
      return StrCat("repair ", n, " time", plural);
    case Kind::kGrowVolume:
      return StrCat("grow ", n, " volume", plural);
    case Kind::kRecreateRack:
      return StrCat("recreate ", n, " rack", plural, " without a restart");
    case Kind::kTakeSnapshot:
      return StrCat("take ", n, " snapshot", plural);
    case Kind::kUpgradeSstables:
      return StrCat("upgrade the sstables of ", n, " node", plural);
    default:
      return StrCat(n, " ", KindName(kind));
  }
}

}  // namespace cassplan::planner
