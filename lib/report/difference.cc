#include "lib/report/difference.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "google/protobuf/util/message_differencer.h"
#include "lib/report/json_tree.h"
#include "lib/report/page.h"
#include "lib/report/words.h"

namespace cassplan::report {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Reflection;

// Without what is for display only, and what every observation changes.
v1::Action Essence(v1::Action action) {
  action.clear_cost();
  action.clear_forecast_start_seconds();
  action.clear_forecast_finish_seconds();
  for (auto* conditions : {action.mutable_preconditions(), action.mutable_done_when(), action.mutable_abort_when()}) {
    for (v1::Condition& c : *conditions) c.clear_evidence();
  }
  return action;
}

std::vector<std::string> FieldsThatDiffer(const v1::Action& a, const v1::Action& b) {
  std::vector<std::string> names;
  const auto* descriptor = v1::Action::descriptor();
  const Reflection& reflection = *v1::Action::GetReflection();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldDescriptor* field = descriptor->field(i);
    v1::Action one;
    v1::Action two;
    // One field alone: two empty messages, and this field swapped in.
    v1::Action left = a;
    v1::Action right = b;
    reflection.SwapFields(&one, &left, {field});
    reflection.SwapFields(&two, &right, {field});
    if (!google::protobuf::util::MessageDifferencer::Equals(one, two)) names.push_back(field->name());
  }
  return names;
}

// Indices (into `sequence`) of a longest rising subsequence.
std::set<size_t> LongestRising(const std::vector<size_t>& sequence) {
  std::vector<size_t> tails;  // indices
  std::vector<size_t> before(sequence.size(), sequence.size());
  for (size_t i = 0; i < sequence.size(); ++i) {
    const auto at = std::lower_bound(tails.begin(), tails.end(), sequence[i],
                                     [&](size_t tail, size_t value) { return sequence[tail] < value; });
    if (at != tails.begin()) before[i] = *(at - 1);
    if (at == tails.end()) {
      tails.push_back(i);
    } else {
      *at = i;
    }
  }
  std::set<size_t> kept;
  for (size_t i = tails.empty() ? sequence.size() : tails.back(); i < sequence.size(); i = before[i]) kept.insert(i);
  return kept;
}

void CompareActions(const v1::Plan& before, const v1::Plan& after, Difference* out) {
  std::map<std::string, std::pair<const v1::Action*, size_t>> old;
  for (int i = 0; i < before.actions_size(); ++i) {
    old[before.actions(i).id()] = {&before.actions(i), static_cast<size_t>(i)};
  }
  std::set<std::string> kept;
  std::vector<size_t> places;
  std::vector<const v1::Action*> both;
  for (const v1::Action& a : after.actions()) {
    const auto found = old.find(a.id());
    if (found == old.end()) {
      out->added.push_back(&a);
      continue;
    }
    kept.insert(a.id());
    places.push_back(found->second.second);
    both.push_back(&a);
    const v1::Action one = Essence(*found->second.first);
    const v1::Action two = Essence(a);
    if (google::protobuf::util::MessageDifferencer::Equals(one, two)) continue;
    out->changed.push_back({found->second.first, &a, FieldsThatDiffer(one, two)});
  }
  for (const v1::Action& a : before.actions()) {
    if (kept.count(a.id()) == 0) out->removed.push_back(&a);
  }
  const std::set<size_t> in_order = LongestRising(places);
  for (size_t i = 0; i < both.size(); ++i) {
    if (in_order.count(i) == 0) out->moved.push_back(both[i]);
  }
}

std::set<std::pair<std::string, std::string>> Why(const v1::Held& held) {
  std::set<std::pair<std::string, std::string>> why;
  for (const v1::Refusal& by : held.by()) why.emplace(by.guard(), by.text());
  return why;
}

void CompareHeld(const v1::PlanResponse& before, const v1::PlanResponse& after, Difference* out) {
  std::map<std::string, const v1::Held*> old;
  for (const v1::Held& h : before.held()) old[h.action_id()] = &h;
  std::set<std::string> kept;
  for (const v1::Held& h : after.held()) {
    const auto found = old.find(h.action_id());
    if (found == old.end()) {
      out->held.push_back(&h);
      continue;
    }
    kept.insert(h.action_id());
    if (Why(*found->second) != Why(h)) out->held_otherwise.emplace_back(found->second, &h);
  }
  for (const v1::Held& h : before.held()) {
    if (kept.count(h.action_id()) == 0) out->released.push_back(&h);
  }
}

std::string ImpactText(const v1::Impact* i) {
  if (i == nullptr) return "no replica down";
  std::vector<std::string> failing;
  for (const int level : i->failing()) failing.push_back(LevelName(static_cast<v1::ConsistencyLevel>(level)));
  return absl::StrCat(i->lowest_replicas_up(), " of ", i->replication_factor(), " replicas up",
                      failing.empty() ? "" : absl::StrCat(", ", absl::StrJoin(failing, ", "), " fail"));
}

void CompareImpact(const v1::PlanResponse& before, const v1::PlanResponse& after, Difference* out) {
  std::map<std::pair<std::string, std::string>, std::pair<const v1::Impact*, const v1::Impact*>> all;
  for (const v1::Impact& i : before.impact()) all[{i.keyspace(), i.datacenter()}].first = &i;
  for (const v1::Impact& i : after.impact()) all[{i.keyspace(), i.datacenter()}].second = &i;
  for (const auto& [key, pair] : all) {
    const std::string was = ImpactText(pair.first);
    const std::string is = ImpactText(pair.second);
    if (was == is) continue;
    out->impact.push_back(absl::StrCat(
        "keyspace ", key.first, key.second.empty() ? "" : absl::StrCat(" in ", key.second), ": ", was, " -> ", is));
  }
}

template <typename Thing>
void WriteGroup(char sign, absl::string_view heading, const std::vector<const Thing*>& things, Paint paint,
                Page* page) {
  if (things.empty()) return;
  using Key = std::tuple<int, std::string, std::string>;
  std::vector<Key> order;
  std::map<Key, std::vector<const v1::Target*>> groups;
  for (const Thing* t : things) {
    const Key key(t->kind(), t->target().datacenter(), t->target().rack());
    if (groups[key].empty()) order.push_back(key);
    groups[key].push_back(&t->target());
  }
  page->Gap();
  page->Heading(heading);
  for (const Key& key : order) {
    page->Text(2,
               absl::StrCat(std::string(1, sign), " ",
                            GroupPhrase(static_cast<v1::ActionKind>(std::get<0>(key)), groups[key])),
               paint);
  }
}

template <typename Thing>
JsonTree Ids(const std::vector<const Thing*>& things, const std::string& (Thing::*id)() const) {
  JsonTree list = JsonTree::List();
  for (const Thing* t : things) {
    JsonTree one = JsonTree::Object();
    one.Set("id", (t->*id)());
    one.Set("kind", KindName(t->kind()));
    one.Set("target", TargetName(t->target()));
    list.Add(std::move(one));
  }
  return list;
}

std::string OutcomeName(v1::Outcome outcome) {
  return absl::AsciiStrToLower(absl::StripPrefix(v1::Outcome_Name(outcome), "OUTCOME_"));
}

}  // namespace

bool Difference::empty() const {
  return outcome.first == outcome.second && added.empty() && removed.empty() && changed.empty() && moved.empty() &&
         held.empty() && released.empty() && held_otherwise.empty() && impact.empty();
}

Difference Compare(const v1::PlanResponse& before, const v1::PlanResponse& after) {
  Difference out;
  out.outcome = {before.outcome(), after.outcome()};
  CompareActions(before.plan(), after.plan(), &out);
  CompareHeld(before, after, &out);
  CompareImpact(before, after, &out);
  return out;
}

std::string RenderDifference(const Difference& d, size_t width, bool color) {
  Page page(std::max<size_t>(width, 40), color);
  if (d.empty()) {
    page.Text(0, "The plans say the same.");
    return page.Join();
  }
  if (d.outcome.first != d.outcome.second) {
    page.Text(0, absl::StrCat("Outcome: ", OutcomeWords(d.outcome.first), " -> ", OutcomeWords(d.outcome.second)));
  }
  WriteGroup('+', "Only in the second plan", d.added, Paint::kGreen, &page);
  WriteGroup('-', "Only in the first plan", d.removed, Paint::kRed, &page);
  std::map<std::string, std::vector<const v1::Action*>> by_fields;
  for (const Difference::Changed& c : d.changed) by_fields[absl::StrJoin(c.fields, ", ")].push_back(c.after);
  for (const auto& [fields, actions] : by_fields) {
    WriteGroup('~', absl::StrCat("In both, different in: ", fields), actions, Paint::kYellow, &page);
  }
  WriteGroup('~', "At another place in the order", d.moved, Paint::kYellow, &page);
  WriteGroup('x', "Held now", d.held, Paint::kRed, &page);
  WriteGroup('+', "Not held any more", d.released, Paint::kGreen, &page);
  if (!d.held_otherwise.empty()) {
    page.Gap();
    page.Heading("Held for another reason");
    for (const auto& [before, after] : d.held_otherwise) {
      page.Text(2, absl::StrCat("~ ", PhraseOf(after->kind(), after->target())), Paint::kYellow);
      for (const v1::Refusal& by : after->by()) page.Text(6, absl::StrCat(by.guard(), ": ", by.text()));
    }
  }
  if (!d.impact.empty()) {
    page.Gap();
    page.Heading("What clients see");
    for (const std::string& text : d.impact) page.Text(2, text);
  }
  return page.Join();
}

std::string RenderDifferenceJson(const Difference& d) {
  JsonTree changed = JsonTree::List();
  for (const Difference::Changed& c : d.changed) {
    JsonTree fields = JsonTree::List();
    for (const std::string& name : c.fields) fields.Add(JsonTree::Text(name));
    JsonTree one = JsonTree::Object();
    one.Set("fields", std::move(fields));
    one.Set("id", c.after->id());
    one.Set("kind", KindName(c.after->kind()));
    one.Set("target", TargetName(c.after->target()));
    changed.Add(std::move(one));
  }
  std::vector<const v1::Held*> otherwise;
  for (const auto& pair : d.held_otherwise) otherwise.push_back(pair.second);
  JsonTree impact = JsonTree::List();
  for (const std::string& text : d.impact) impact.Add(JsonTree::Text(text));
  JsonTree outcome = JsonTree::Object();
  outcome.Set("after", OutcomeName(d.outcome.second));
  outcome.Set("before", OutcomeName(d.outcome.first));
  JsonTree out = JsonTree::Object();
  out.Set("added", Ids(d.added, &v1::Action::id));
  out.Set("changed", std::move(changed));
  out.Set("equal", JsonTree::Bool(d.empty()));
  out.Set("held", Ids(d.held, &v1::Held::action_id));
  out.Set("held_otherwise", Ids(otherwise, &v1::Held::action_id));
  out.Set("impact", std::move(impact));
  out.Set("moved", Ids(d.moved, &v1::Action::id));
  out.Set("outcome", std::move(outcome));
  out.Set("released", Ids(d.released, &v1::Held::action_id));
  out.Set("removed", Ids(d.removed, &v1::Action::id));
  return out.Write();
}

}  // namespace cassplan::report
