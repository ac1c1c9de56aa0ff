#include "lib/planner/normalize_desired.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/planner/guards/guard.h"

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
  Setting(p.has_operations_parallel(), p.operations_parallel(), 1, 1'000, "operations_parallel",
          &out->operations_parallel, model);
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

// An enum of a newer version would silently mean the default.
void CheckEnum(bool valid, int value, const std::string& path, Model* model) {
  if (!valid) AddInvalid(model, path, absl::StrCat(value, " is not known to this version"), "use one of its names");
}

void ReadEnums(const v1::Policy& p, PolicyFacts* out, Model* model) {
  CheckEnum(v1::IntolerantPolicy_IsValid(p.intolerant()), p.intolerant(), "policy.intolerant", model);
  CheckEnum(v1::OnRemove_IsValid(p.on_remove()), p.on_remove(), "policy.on_remove", model);
  CheckEnum(v1::PlanMode_IsValid(p.mode()), p.mode(), "policy.mode", model);
  CheckEnum(v1::DeadNodePolicy_IsValid(p.dead_node()), p.dead_node(), "policy.dead_node", model);
  if (p.mode() == v1::PLAN_MODE_PLAN) out->mode = PlanMode::kPlan;
  if (p.mode() == v1::PLAN_MODE_APPROVE) out->mode = PlanMode::kApprove;
}

void ReadHealth(const v1::HealthPolicy& p, HealthLimits* out, Model* model) {
  constexpr int64_t kMany = int64_t{1} << 50;
  Setting(p.has_max_pending_compactions(), p.max_pending_compactions(), 0, kMany, "health.max_pending_compactions",
          &out->pending_compactions, model);
  Setting(p.has_max_hints_bytes(), p.max_hints_bytes(), 0, kMany, "health.max_hints_bytes", &out->hints_bytes, model);
  Setting(p.has_max_dropped_mutations(), p.max_dropped_mutations(), 0, kMany, "health.max_dropped_mutations",
          &out->dropped_mutations, model);
  Setting(p.has_max_clock_skew_ms(), p.max_clock_skew_ms(), 0, kMany, "health.max_clock_skew_ms", &out->clock_skew_ms,
          model);
  Setting(p.has_max_disk_used_percent(), p.max_disk_used_percent(), 0, 100, "health.max_disk_used_percent",
          &out->disk_used_percent, model);
  const auto given = [&](Sickness what, bool has) { out->given |= has ? uint32_t{1} << static_cast<int>(what) : 0; };
  given(Sickness::kCompactions, p.has_max_pending_compactions());
  given(Sickness::kHints, p.has_max_hints_bytes());
  given(Sickness::kDropped, p.has_max_dropped_mutations());
  given(Sickness::kClock, p.has_max_clock_skew_ms());
  given(Sickness::kDisk, p.has_max_disk_used_percent());
}

void ReadWindow(const v1::Window& p, const std::string& path, PolicyFacts* out, Model* model) {
  Window window;
  if (!p.days().empty()) window.days = 0;
  for (int i = 0; i < p.days_size(); ++i) {
    const int32_t day = p.days(i);
    if (day < 1 || day > 7) {
      AddInvalid(model, absl::StrCat(path, ".days[", i, "]"), absl::StrCat(day, " is no day"),
                 "use 1 (Monday) to 7 (Sunday)");
      continue;
    }
    window.days |= uint32_t{1} << day;
  }
  const absl::string_view under = absl::string_view(path).substr(7);  // without "policy."
  Setting(true, p.start_seconds(), 0, 86'399, absl::StrCat(under, ".start_seconds"), &window.start, model);
  Setting(true, p.duration_seconds(), 60, 604'800, absl::StrCat(under, ".duration_seconds"), &window.duration, model);
  for (int i = 0; i < p.kinds_size(); ++i) {
    const bool known = p.kinds(i) != v1::ACTION_KIND_UNSPECIFIED && v1::ActionKind_IsValid(p.kinds(i));
    CheckEnum(known, p.kinds(i), absl::StrCat(path, ".kinds[", i, "]"), model);
    if (known) window.kinds.Add(static_cast<Kind>(p.kinds(i)));
  }
  out->windows.push_back(window);
}

void ReadPaused(const v1::Policy& p, PolicyFacts* out, Model* model) {
  for (int i = 0; i < p.paused_size(); ++i) {
    const v1::PausedKind& paused = p.paused(i);
    CheckEnum(v1::ActionKind_IsValid(paused.kind()), paused.kind(), absl::StrCat("policy.paused[", i, "].kind"), model);
    if (!v1::ActionKind_IsValid(paused.kind())) continue;
    if (paused.kind() == v1::ACTION_KIND_UNSPECIFIED) {
      out->paused.AddAll();
    } else {
      out->paused.Add(static_cast<Kind>(paused.kind()));
    }
    out->paused_by.push_back({static_cast<Kind>(paused.kind()), paused.by(), paused.reason()});
  }
  std::sort(out->paused_by.begin(), out->paused_by.end(), [](const PausedBy& a, const PausedBy& b) {
    return std::tie(a.kind, a.by, a.reason) < std::tie(b.kind, b.by, b.reason);
  });
}

void NoteWaiver(std::string message, std::string remedy, Model* model) {
  Note note;
  note.rule = "waiver";
  note.level = Level::kWarning;
  note.message = std::move(message);
  note.remedy = std::move(remedy);
  note.path = "policy.waivers";
  model->notes.push_back(std::move(note));
}

// These protect data whatever a person thinks of it.
bool NeverWaived(absl::string_view guard) {
  return guard == "identity" || guard == "fresh-volume" || guard == "volume-last" || guard == "fenced" ||
         guard == "ownership";
}

void ReadWaivers(const v1::PlanRequest& request, PolicyFacts* out, Model* model) {
  for (const v1::Waiver& w : request.policy().waivers()) {
    const std::string what = absl::StrCat("the waiver of guard ", w.guard(), " for action ", w.action_id());
    if (NeverWaived(w.guard())) {
      NoteWaiver(absl::StrCat(what, " does not count: ", w.guard(), " is never waived"), "take it out", model);
    } else if (GuardNumber(w.guard()) < 0 && w.guard() != "window") {
      NoteWaiver(absl::StrCat(what, " names no guard that this version has"),
                 "name the guard as held[].by[].guard does", model);
    } else if (w.until_seconds() <= request.now_seconds()) {
      NoteWaiver(absl::StrCat(what, " has expired"), "take it out, or give it a later time", model);
    } else if (w.by().empty() || w.why().empty()) {
      NoteWaiver(absl::StrCat(what, " does not say who gave it and why, and does not count"), "fill in by and why",
                 model);
    } else {
      Waiver waiver = {w.action_id(), w.guard(), w.until_seconds(), w.by(), w.why(), {}};
      waiver.keyspaces.assign(w.keyspaces().begin(), w.keyspaces().end());
      out->waivers.push_back(std::move(waiver));
    }
  }
  std::sort(out->waivers.begin(), out->waivers.end(), [](const Waiver& a, const Waiver& b) {
    return std::tie(a.action_id, a.guard, a.until, a.by, a.why) < std::tie(b.action_id, b.guard, b.until, b.by, b.why);
  });
}

void CheckLevels(const google::protobuf::RepeatedField<int>& levels, const std::string& path, Model* model) {
  for (int i = 0; i < levels.size(); ++i) {
    if (levels.Get(i) == v1::CONSISTENCY_LEVEL_UNSPECIFIED || !v1::ConsistencyLevel_IsValid(levels.Get(i))) {
      AddInvalid(model, absl::StrCat(path, "[", i, "]"), "no consistency level", "use one of ConsistencyLevel's names");
    }
  }
}

}  // namespace

void AddInvalid(Model* model, std::string path, absl::string_view message, std::string remedy) {
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
  out->clients_are_dc_local = p.clients_are_dc_local();
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
  ReadPaused(p, out, model);
  ReadEnums(p, out, model);
  ReadHealth(p.health(), &out->health, model);
  for (int i = 0; i < p.windows_size(); ++i)
    ReadWindow(p.windows(i), absl::StrCat("policy.windows[", i, "]"), out, model);
  if (request.capabilities().kinds_size() == 0) out->capable.AddAll();
  for (const int kind : request.capabilities().kinds()) {
    if (v1::ActionKind_IsValid(kind)) out->capable.Add(static_cast<Kind>(kind));
  }
  ReadWaivers(request, out, model);
}

}  // namespace cassplan::planner
