#include "lib/planner/normalize_desired.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace cassplan::planner {
namespace {

// Names go into ids and paths: no slash, no control characters.
bool LegalName(absl::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  for (const char c : name) {
    if (c == '/' || c == '#' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  }
  return true;
}

void CheckName(absl::string_view name, const std::string& path, absl::string_view what, Model* model) {
  if (LegalName(name)) return;
  AddInvalid(model, path,
             name.empty() ? absl::StrCat(what, " has no name") : absl::StrCat("\"", name, "\" is no name for a ", what),
             "use 1 to 253 bytes without '/', '#' and control characters");
}

void CheckUnique(std::vector<std::pair<absl::string_view, std::string>> names, absl::string_view what, Model* model) {
  std::sort(names.begin(), names.end());
  for (size_t i = 1; i < names.size(); ++i) {
    if (names[i].first == names[i - 1].first) {
      AddInvalid(model, names[i].second, absl::StrCat(what, " \"", names[i].first, "\" is listed twice"),
                 "keep one of them");
    }
  }
}

void CheckRack(const v1::DesiredRack& rack, const std::string& path, Model* model) {
  CheckName(rack.name(), path + ".name", "rack", model);
  if (rack.nodes() < 0 || rack.nodes() > kMaxNodesPerRack) {
    AddInvalid(model, path + ".nodes", absl::StrCat(rack.nodes(), " nodes"),
               absl::StrCat("use 0 to ", kMaxNodesPerRack));
  }
  if (rack.nodes() > 0 && rack.template_().revision().empty()) {
    AddInvalid(model, path + ".template.revision", "a rack with nodes has no template revision",
               "give every rack with nodes a template");
  }
  if (rack.partition() < 0) AddInvalid(model, path + ".partition", "is negative", "use 0 or more");
  if (rack.has_volume() && rack.volume().capacity_bytes() <= 0) {
    AddInvalid(model, path + ".volume.capacity_bytes", "is not above 0", "give the size of the volume in bytes");
  }
}

void CheckKeyspaces(const v1::Desired& desired, Model* model) {
  std::vector<std::pair<absl::string_view, std::string>> names;
  for (int k = 0; k < desired.keyspaces_size(); ++k) {
    const v1::Keyspace& keyspace = desired.keyspaces(k);
    const std::string path = absl::StrCat("desired.keyspaces[", k, "]");
    CheckName(keyspace.name(), path + ".name", "keyspace", model);
    names.emplace_back(keyspace.name(), path + ".name");
    std::vector<std::pair<absl::string_view, std::string>> dcs;
    for (int d = 0; d < keyspace.datacenters_size(); ++d) {
      const std::string at = absl::StrCat(path, ".datacenters[", d, "]");
      const int32_t rf = keyspace.datacenters(d).replication_factor();
      if (rf < 0 || rf > kMaxReplicationFactor) {
        AddInvalid(model, at + ".replication_factor", absl::StrCat(rf, " replicas"),
                   absl::StrCat("use 0 to ", kMaxReplicationFactor));
      }
      dcs.emplace_back(keyspace.datacenters(d).datacenter(), at);
    }
    CheckUnique(std::move(dcs), "datacenter", model);
    if (keyspace.strategy() != "NetworkTopologyStrategy") {
      AddInvalid(model, path + ".strategy", absl::StrCat("\"", keyspace.strategy(), "\" cannot be asked for"),
                 "use NetworkTopologyStrategy");
    }
  }
  CheckUnique(std::move(names), "keyspace", model);
}

// Reads an optional integer setting within its bounds.
template <typename T>
void Setting(bool given, int64_t value, int64_t low, int64_t high, absl::string_view path, T* out, Model* model) {
  if (!given) return;
  if (value < low || value > high) {
    AddInvalid(model, absl::StrCat("policy.", path), absl::StrCat(value, " is out of bounds"),
               absl::StrCat("use ", low, " to ", high));
    return;
  }
  *out = static_cast<T>(value);
}

void ReadNumbers(const v1::Policy& p, PolicyFacts* out, Model* model) {
  Setting(p.has_degraded_width(), p.degraded_width(), 1, 10'000, "degraded_width", &out->degraded_width, model);
  Setting(p.has_max_datacenters(), p.max_datacenters(), 1, 100, "max_datacenters", &out->max_datacenters, model);
  Setting(p.has_settle_seconds(), p.settle_seconds(), 0, 86'400, "settle_seconds", &out->settle_seconds, model);
  Setting(p.has_max_failed_restarts(), p.max_failed_restarts(), 1, 10'000, "max_failed_restarts",
          &out->max_failed_restarts, model);
  Setting(p.has_max_evidence_age_seconds(), p.max_evidence_age_seconds(), 1, 7 * 86'400, "max_evidence_age_seconds",
          &out->max_evidence_age, model);
  Setting(p.has_replace_after_seconds(), p.replace_after_seconds(), 0, 30 * 86'400, "replace_after_seconds",
          &out->replace_after, model);
  Setting(p.has_max_hint_window_seconds(), p.max_hint_window_seconds(), 0, 30 * 86'400, "max_hint_window_seconds",
          &out->max_hint_window, model);
  Setting(p.has_grow_width(), p.grow_width(), 1, 10'000, "grow_width", &out->grow_width, model);
  Setting(p.has_grow_cooldown_seconds(), p.grow_cooldown_seconds(), 0, 604'800, "grow_cooldown_seconds",
          &out->grow_cooldown, model);
  const v1::DiskPolicy& disk = p.disk();
  Setting(disk.has_max_used_percent(), disk.max_used_percent(), 1, 100, "disk.max_used_percent", &out->max_used_percent,
          model);
  Setting(disk.has_compaction_headroom_percent(), disk.compaction_headroom_percent(), 0, 100,
          "disk.compaction_headroom_percent", &out->compaction_headroom_percent, model);
  Setting(disk.has_imbalance_percent(), disk.imbalance_percent(), 0, 1'000, "disk.imbalance_percent",
          &out->imbalance_percent, model);
  const v1::RepairPolicy& repair = p.repair();
  Setting(repair.has_interval_seconds(), repair.interval_seconds(), 60, 86'400LL * 365, "repair.interval_seconds",
          &out->repair_interval, model);
  Setting(repair.has_parallel(), repair.parallel(), 1, 1'000, "repair.parallel", &out->repair_parallel, model);
  const v1::TimePolicy& times = p.times();
  constexpr int64_t kWeek = 7 * 86'400;
  Setting(times.has_restart_seconds_low(), times.restart_seconds_low(), 0, kWeek, "times.restart_seconds_low",
          &out->restart_low, model);
  Setting(times.has_restart_seconds_high(), times.restart_seconds_high(), 0, kWeek, "times.restart_seconds_high",
          &out->restart_high, model);
  Setting(times.has_start_seconds(), times.start_seconds(), 0, kWeek, "times.start_seconds", &out->start_seconds,
          model);
  Setting(times.has_stream_bytes_per_second(), times.stream_bytes_per_second(), 1, int64_t{1} << 50,
          "times.stream_bytes_per_second", &out->stream_bytes_per_second, model);
  Setting(times.has_timeout_seconds(), times.timeout_seconds(), 1, kWeek * 4, "times.timeout_seconds", &out->timeout,
          model);
}

void CheckLevels(const google::protobuf::RepeatedField<int>& levels, const std::string& path, Model* model) {
  for (int i = 0; i < levels.size(); ++i) {
    if (levels.Get(i) == v1::CONSISTENCY_LEVEL_UNSPECIFIED || !v1::ConsistencyLevel_IsValid(levels.Get(i))) {
      AddInvalid(model, absl::StrCat(path, "[", i, "]"), "no consistency level", "use one of ConsistencyLevel's names");
    }
  }
}

}  // namespace

void AddInvalid(Model* model, std::string path, std::string message, std::string remedy) {
  model->invalid = true;
  Note note;
  note.rule = "invalid-request";
  note.level = Level::kError;
  note.message = absl::StrCat(path, ": ", message);
  note.remedy = std::move(remedy);
  note.path = std::move(path);
  model->notes.push_back(std::move(note));
}

void CheckDesired(const v1::Desired& desired, Model* model) {
  CheckName(desired.cluster(), "desired.cluster", "cluster", model);
  if (desired.datacenters_size() > kMaxDatacenters) {
    AddInvalid(model, "desired.datacenters", absl::StrCat(desired.datacenters_size(), " datacenters"),
               absl::StrCat("at most ", kMaxDatacenters));
  }
  if (desired.max_unavailable() < 0 || desired.max_unavailable() > kMaxNodesPerRack) {
    AddInvalid(model, "desired.max_unavailable", "is out of bounds", absl::StrCat("use 0 to ", kMaxNodesPerRack));
  }
  int racks = 0;
  std::vector<std::pair<absl::string_view, std::string>> dc_names;
  for (int d = 0; d < desired.datacenters_size(); ++d) {
    const v1::DesiredDatacenter& dc = desired.datacenters(d);
    const std::string path = absl::StrCat("desired.datacenters[", d, "]");
    CheckName(dc.name(), path + ".name", "datacenter", model);
    dc_names.emplace_back(dc.name(), path + ".name");
    std::vector<std::pair<absl::string_view, std::string>> rack_names;
    for (int r = 0; r < dc.racks_size(); ++r, ++racks) {
      const std::string at = absl::StrCat(path, ".racks[", r, "]");
      CheckRack(dc.racks(r), at, model);
      rack_names.emplace_back(dc.racks(r).name(), at + ".name");
    }
    CheckUnique(std::move(rack_names), "rack", model);
  }
  CheckUnique(std::move(dc_names), "datacenter", model);
  if (racks > kMaxRacks) {
    AddInvalid(model, "desired.datacenters", absl::StrCat(racks, " racks"), absl::StrCat("at most ", kMaxRacks));
  }
  CheckKeyspaces(desired, model);
}

void ReadPolicy(const v1::PlanRequest& request, Model* model) {
  const v1::Policy& p = request.policy();
  PolicyFacts* out = &model->policy;
  if (request.desired().max_unavailable() > 0) out->width = request.desired().max_unavailable();
  out->width_given = request.desired().max_unavailable() > 1 || p.has_rack_width();
  Setting(p.has_rack_width(), p.rack_width(), 1, 10'000, "rack_width", &out->width, model);
  ReadNumbers(p, out, model);
  out->hold_intolerant = p.intolerant() == v1::INTOLERANT_POLICY_HOLD;
  out->retain_volumes = p.on_remove() == v1::ON_REMOVE_RETAIN;
  out->drain = !p.has_drain() || p.drain();
  out->snapshot_before_upgrade = !p.has_snapshot_before_upgrade() || p.snapshot_before_upgrade();
  out->auto_cleanup = !request.desired().has_auto_cleanup() || request.desired().auto_cleanup();
  if (p.dead_node() == v1::DEAD_NODE_POLICY_REPLACE) out->dead_node = DeadNode::kReplace;
  if (p.dead_node() == v1::DEAD_NODE_POLICY_REMOVE) out->dead_node = DeadNode::kRemove;
  out->repair = p.repair().enabled();
  out->repair_keyspaces.assign(p.repair().keyspaces().begin(), p.repair().keyspaces().end());
  for (const v1::LastRepair& last : request.ledger().last_repairs()) {
    model->last_repairs.push_back({last.keyspace(), last.target().host_id(), last.at_seconds()});
  }
  CheckLevels(p.levels(), "policy.levels", model);
  std::vector<std::pair<absl::string_view, std::string>> names;
  for (int k = 0; k < p.keyspaces_size(); ++k) {
    const std::string path = absl::StrCat("policy.keyspaces[", k, "]");
    names.emplace_back(p.keyspaces(k).name(), path + ".name");
    CheckLevels(p.keyspaces(k).levels(), path + ".levels", model);
  }
  CheckUnique(std::move(names), "keyspace", model);
  for (const v1::PausedKind& paused : p.paused()) {
    if (paused.kind() == v1::ACTION_KIND_UNSPECIFIED) {
      out->paused.AddAll();
    } else if (v1::ActionKind_IsValid(paused.kind())) {
      out->paused.Add(static_cast<Kind>(paused.kind()));
    }
  }
  if (request.capabilities().kinds_size() == 0) out->capable.AddAll();
  for (const int kind : request.capabilities().kinds()) {
    if (v1::ActionKind_IsValid(kind)) out->capable.Add(static_cast<Kind>(kind));
  }
  for (const v1::Waiver& waiver : p.waivers()) {
    if (waiver.until_seconds() > request.now_seconds()) {
      out->waivers.push_back({waiver.action_id(), waiver.guard(), waiver.until_seconds()});
    }
  }
}

}  // namespace cassplan::planner
