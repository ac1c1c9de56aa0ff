#include "lib/report/grouping.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/report/words.h"

namespace cassplan::report {
namespace {

using absl::string_view;

// One action in the plan with what grouping needs to know of it.
struct Item {
  const v1::Action* action;
  const v1::Action* drain = nullptr;  // of the same unit
  int32_t wave = 0;
};

using Key = std::tuple<int, std::string, std::string>;  // kind, datacenter, rack

// Drains by unit and slot, for those whose restart is in the plan.
std::map<std::pair<string_view, std::string>, const v1::Action*> FusedDrains(const v1::Plan& plan) {
  std::map<std::pair<string_view, std::string>, const v1::Action*> drains;
  std::set<std::pair<string_view, std::string>> restarts;
  for (const v1::Action& a : plan.actions()) {
    if (a.unit().empty()) continue;
    const std::pair<string_view, std::string> key(a.unit(), TargetName(a.target()));
    if (a.kind() == v1::ACTION_KIND_DRAIN) drains.emplace(key, &a);
    if (a.kind() == v1::ACTION_KIND_RESTART_NODE) restarts.insert(key);
  }
  for (auto it = drains.begin(); it != drains.end();)
    it = restarts.count(it->first) != 0 ? std::next(it) : drains.erase(it);
  return drains;
}

std::vector<Item> Items(const v1::Plan& plan, const std::function<bool(const v1::Action&)>& keep) {
  const auto drains = FusedDrains(plan);
  const std::vector<int32_t> waves = Waves(plan);
  std::vector<Item> items;
  for (int i = 0; i < plan.actions_size(); ++i) {
    const v1::Action& a = plan.actions(i);
    if (keep && !keep(a)) continue;
    Item item{&a, nullptr, waves[static_cast<size_t>(i)]};
    if (!a.unit().empty()) {
      const auto drain = drains.find({a.unit(), TargetName(a.target())});
      if (drain != drains.end()) {
        if (drain->second == &a) continue;  // shown with its restart
        if (a.kind() == v1::ACTION_KIND_RESTART_NODE) item.drain = drain->second;
      }
    }
    items.push_back(item);
  }
  return items;
}

// Racks are counted by datacenter, everything else by rack.
Key KeyOf(const v1::Action& a) {
  const bool of_rack = WordsOf(a.kind()).scope == Scope::kRack;
  if (a.kind() == v1::ACTION_KIND_SET_SEEDS) return {a.kind(), "", a.goal()};  // another list is another step
  return {a.kind(), a.target().datacenter(), of_rack ? "" : a.target().rack()};
}

using Bucket = std::vector<Item>;

// Items of one key whose waves follow one another in their datacenter, in the order in which they start.
std::vector<Bucket> Runs(std::vector<Item> items) {
  std::stable_sort(items.begin(), items.end(), [](const Item& a, const Item& b) { return a.wave < b.wave; });
  std::map<std::string, std::pair<int32_t, int32_t>> datacenters;  // last wave seen, its number
  std::map<Key, std::pair<size_t, int32_t>> open;                  // bucket, number of its last wave
  std::vector<Bucket> buckets;
  for (const Item& item : items) {
    auto& [wave, number] = datacenters[item.action->target().datacenter()];
    if (item.wave != wave) ++number;
    wave = item.wave;
    const auto [it, is_new] = open.try_emplace(KeyOf(*item.action), buckets.size(), number);
    if (is_new || it->second.second + 1 < number) {
      it->second.first = buckets.size();
      buckets.emplace_back();
    }
    it->second.second = number;
    buckets[it->second.first].push_back(item);
  }
  return buckets;
}

// Joins buckets whose first items agree in the first `parts` parts of the key.
std::vector<Bucket> Join(const std::vector<Bucket>& buckets, int parts) {
  std::map<Key, size_t> index;
  std::vector<Bucket> joined;
  for (const Bucket& bucket : buckets) {
    Key key = KeyOf(*bucket[0].action);
    if (parts < 3 && bucket[0].action->kind() != v1::ACTION_KIND_SET_SEEDS) std::get<2>(key).clear();
    if (parts < 2) std::get<1>(key).clear();
    const auto [it, is_new] = index.try_emplace(key, joined.size());
    if (is_new) joined.emplace_back();
    Bucket& to = joined[it->second];
    to.insert(to.end(), bucket.begin(), bucket.end());
  }
  return joined;
}

// How many of these unordered actions run at once when each pool is filled in turn.
size_t FillPools(const std::vector<const v1::Action*>& actions,
                 const absl::flat_hash_map<string_view, int32_t>& pools) {
  absl::flat_hash_map<string_view, int32_t> used;
  size_t running = 0;
  for (const v1::Action* a : actions) {
    bool room = true;
    for (const std::string& pool : a->pools()) {
      const auto it = pools.find(pool);
      room = room && (it == pools.end() || used[pool] < std::max(it->second, 1));
    }
    if (!room) continue;
    for (const std::string& pool : a->pools()) ++used[pool];
    ++running;
  }
  return running;
}

int64_t Forecast(const Bucket& bucket) {
  int64_t start = -1;
  int64_t finish = 0;
  for (const Item& item : bucket) {
    const v1::Action& first = item.drain != nullptr ? *item.drain : *item.action;
    start = start < 0 ? first.forecast_start_seconds() : std::min(start, first.forecast_start_seconds());
    finish = std::max(finish, item.action->forecast_finish_seconds());
  }
  return std::max<int64_t>(finish - std::max<int64_t>(start, 0), 0);
}

Row MakeRow(const Bucket& bucket, const absl::flat_hash_map<string_view, int32_t>& pools) {
  Row row;
  row.kind = bucket[0].action->kind();
  row.first_wave = row.last_wave = bucket[0].wave;
  row.drained = true;
  std::map<int32_t, std::vector<const v1::Action*>> waves;
  for (const Item& item : bucket) {
    row.actions.push_back(item.action);
    row.first_wave = std::min(row.first_wave, item.wave);
    row.last_wave = std::max(row.last_wave, item.wave);
    row.drained = row.drained && item.drain != nullptr;
    if (item.action->ready() || (item.drain != nullptr && item.drain->ready())) ++row.ready;
    row.irreversible = row.irreversible || item.action->reversibility() == v1::REVERSIBILITY_IRREVERSIBLE;
    waves[item.wave].push_back(item.action);
  }
  for (const auto& [wave, actions] : waves) row.width = std::max(row.width, FillPools(actions, pools));
  row.seconds = Forecast(bucket);
  return row;
}

void Number(std::vector<Row>* rows) {
  std::stable_sort(rows->begin(), rows->end(), [](const Row& a, const Row& b) { return a.first_wave < b.first_wave; });
  int32_t step = 0;
  int32_t wave = -1;
  for (Row& row : *rows) {
    if (row.first_wave != wave) ++step;
    wave = row.first_wave;
    row.step = step;
  }
}

void AddOnce(const std::string& text, std::set<string_view>* seen, std::vector<std::string>* list) {
  if (!text.empty() && seen->insert(text).second) list->push_back(text);
}

}  // namespace

std::vector<int32_t> Waves(const v1::Plan& plan) {
  absl::flat_hash_map<string_view, int32_t> depth;  // of actions and of the sections that they are in
  std::vector<int32_t> waves;
  waves.reserve(static_cast<size_t>(plan.actions_size()));
  for (const v1::Action& a : plan.actions()) {
    int32_t before = 0;
    for (const std::string& id : a.requires_ids()) {
      const auto it = depth.find(id);
      if (it != depth.end()) before = std::max(before, it->second);
    }
    waves.push_back(before + 1);
    depth[a.id()] = before + 1;
    for (const std::string& section : a.sections()) {
      int32_t& d = depth[section];
      d = std::max(d, before + 1);
    }
  }
  return waves;
}

std::vector<Row> GroupActions(const v1::Plan& plan, size_t max_rows,
                              const std::function<bool(const v1::Action&)>& keep) {
  std::vector<Bucket> buckets = Runs(Items(plan, keep));
  for (int parts = 3; parts > 0 && buckets.size() > max_rows; --parts) buckets = Join(buckets, parts);
  absl::flat_hash_map<string_view, int32_t> pools;
  for (const v1::Pool& p : plan.pools()) pools[p.id()] = p.capacity();
  std::vector<Row> rows;
  rows.reserve(buckets.size());
  for (const Bucket& bucket : buckets) rows.push_back(MakeRow(bucket, pools));
  Number(&rows);
  return rows;
}

std::vector<const v1::Target*> TargetsOf(const Row& row) {
  std::vector<const v1::Target*> targets;
  targets.reserve(row.actions.size());
  for (const v1::Action* a : row.actions) targets.push_back(&a->target());
  return targets;
}

std::vector<HeldGroup> GroupHeld(const std::vector<const v1::Held*>& held) {
  std::set<std::string> restarts;
  for (const v1::Held* h : held) {
    if (h->kind() == v1::ACTION_KIND_RESTART_NODE) restarts.insert(TargetName(h->target()));
  }
  std::map<std::string, HeldGroup> groups;
  std::map<std::string, std::set<string_view>> seen_texts;
  std::map<std::string, std::set<string_view>> seen_remedies;
  for (const v1::Held* h : held) {
    if (h->kind() == v1::ACTION_KIND_DRAIN && restarts.count(TargetName(h->target())) != 0) continue;
    for (const v1::Refusal& by : h->by()) {
      HeldGroup& group = groups[by.guard()];
      group.guard = by.guard();
      if (group.held.empty() || group.held.back() != h) group.held.push_back(h);
      AddOnce(by.text(), &seen_texts[by.guard()], &group.texts);
      AddOnce(by.remedy(), &seen_remedies[by.guard()], &group.remedies);
    }
  }
  std::vector<HeldGroup> out;
  for (auto& [guard, group] : groups) out.push_back(std::move(group));
  std::stable_sort(out.begin(), out.end(), [](const HeldGroup& a, const HeldGroup& b) {
    const bool a_follows = a.guard == kPredecessor;
    const bool b_follows = b.guard == kPredecessor;
    return a_follows != b_follows ? b_follows : a.held.size() > b.held.size();
  });
  return out;
}

std::vector<ImpactGroup> GroupImpact(const google::protobuf::RepeatedPtrField<v1::Impact>& impact) {
  using Same = std::tuple<bool, int32_t, int32_t, std::string, std::vector<int>>;
  std::map<Same, ImpactGroup> groups;
  for (const v1::Impact& i : impact) {
    const std::vector<int> failing(i.failing().begin(), i.failing().end());
    ImpactGroup& g = groups[{failing.empty(), i.lowest_replicas_up() - i.replication_factor(), i.replication_factor(),
                             i.datacenter(), failing}];
    if (g.impact == nullptr) g.impact = &i;
    g.keyspaces.push_back(i.keyspace());
  }
  std::vector<ImpactGroup> out;
  for (auto& [same, group] : groups) out.push_back(std::move(group));
  return out;
}

}  // namespace cassplan::report
