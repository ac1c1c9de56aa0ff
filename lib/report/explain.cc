#include "cassplan/explain.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/report/explain_subjects.h"
#include "lib/report/grouping.h"
#include "lib/report/locate.h"
#include "lib/report/rules.h"
#include "lib/report/words.h"

namespace cassplan {
namespace report {
namespace {

constexpr size_t kMost = 40;  // items of one sort; a person reads no more
constexpr size_t kLeastPrefix = 4;

class Explainer {
 public:
  Explainer(const v1::PlanRequest& request, const v1::PlanResponse& response)
      : request_(request), response_(response), subjects_(SubjectsOf(request, response)) {}

  absl::StatusOr<v1::Explanation> Run(absl::string_view what);

 private:
  v1::ExplanationItem* Add(v1::ExplanationKind kind, std::string text) {
    v1::ExplanationItem* item = out_.add_items();
    item->set_kind(kind);
    item->set_text(std::move(text));
    return item;
  }
  void Title(const std::string& title) {
    out_.set_title(out_.title().empty() ? title : absl::StrCat(out_.title(), "; ", title));
  }
  void AddReason(const v1::Reason& reason, const v1::Target& target, const std::string& id);
  void AddWaits(const v1::Action& action);
  void AddNeededBy(const v1::Action& action);
  void AddSince(const v1::Target& target, int64_t held_since);
  void AddRefusals(const v1::Held& held, std::set<std::string>* seen);
  void AddFinding(const v1::Finding& finding);
  void OneAction(const v1::Action& action);
  void OneHeld(const v1::Held& held, std::set<std::string>* seen);
  void OneStarted(const v1::StartedAction& started);
  void ListActions(const std::vector<const v1::Action*>& actions);
  void AddHeldTogether(const std::string& guard, const std::vector<const v1::Held*>& held);
  const v1::Held* HeldBefore(const v1::Refusal& by) const;
  std::string Behind(const v1::Refusal& by) const;
  void ListHeld(const std::vector<const v1::Held*>& held);

  bool ById(absl::string_view what);
  bool ByKind(absl::string_view what);
  bool ByRule(absl::string_view what);
  bool ByPlace(absl::string_view what);
  bool ByKeyspace(absl::string_view what);
  void Known(const Spot& place);

  template <typename Things>
  auto At(const Things& things, const std::string& place) const {
    std::vector<const typename Things::value_type*> found;
    for (const auto& thing : things) {
      const std::string name = TargetName(thing.target());
      if (name == place || absl::StartsWith(name, absl::StrCat(place, "/")) || thing.target().host_id() == place) {
        found.push_back(&thing);
      }
    }
    return found;
  }

  const v1::PlanRequest& request_;
  const v1::PlanResponse& response_;
  const Subjects subjects_;
  v1::Explanation out_;
};

void Explainer::AddReason(const v1::Reason& reason, const v1::Target& target, const std::string& id) {
  if (reason.text().empty() && reason.code().empty()) return;
  v1::ExplanationItem* item = Add(v1::EXPLANATION_KIND_WHY, reason.text().empty() ? reason.code() : reason.text());
  item->set_rule(reason.code());
  item->set_action_id(id);
  v1::Location location = Locate(request_.desired(), reason, target);
  if (!location.path().empty()) *item->mutable_location() = std::move(location);
}

void Explainer::AddWaits(const v1::Action& action) {
  std::map<std::string, const v1::Action*> by_id;
  std::map<std::string, std::vector<const v1::Action*>> members;
  for (const v1::Action& a : response_.plan().actions()) {
    by_id[a.id()] = &a;
    for (const std::string& section : a.sections()) members[section].push_back(&a);
  }
  std::set<std::string> told;
  const auto tell = [&](std::string text, const std::string& id) {
    if (told.insert(text).second) Add(v1::EXPLANATION_KIND_WAITS_FOR, std::move(text))->set_action_id(id);
  };
  for (const std::string& id : action.requires_ids()) {
    const auto one = by_id.find(id);
    if (one != by_id.end()) {
      tell(ActionPhrase(*one->second), id);
      continue;
    }
    std::map<int, std::vector<const v1::Target*>> kinds;
    for (const v1::Action* a : members[id]) kinds[a->kind()].push_back(&a->target());
    for (const auto& [kind, targets] : kinds) tell(GroupPhrase(static_cast<v1::ActionKind>(kind), targets), "");
    for (const v1::Section& section : response_.plan().sections()) {
      if (section.id() != id) continue;
      for (const std::string& flying : section.in_flight()) {
        const v1::StartedAction* started = FindStarted(response_.ledger(), flying);
        tell(started == nullptr ? absl::StrCat("action ", flying, ", which is in flight")
                                : absl::StrCat(PhraseOf(started->kind(), started->target()), ", which is in flight"),
             flying);
      }
    }
  }
  if (action.not_before_seconds() > 0) tell(absl::StrCat("the time ", Time(action.not_before_seconds())), "");
  if (!told.empty() || action.ready()) return;
  for (const std::string& pool : action.pools()) {
    for (const v1::Pool& p : response_.plan().pools()) {
      if (p.id() == pool) tell(absl::StrCat("room in the pool ", pool, ", which has ", p.capacity()), "");
    }
  }
}

void Explainer::AddNeededBy(const v1::Action& action) {
  std::set<std::string> ids(action.sections().begin(), action.sections().end());
  ids.insert(action.id());
  std::map<std::tuple<int, std::string, std::string>, std::vector<const v1::Target*>> groups;
  for (const v1::Action& a : response_.plan().actions()) {
    const auto& needs = a.requires_ids();
    if (std::none_of(needs.begin(), needs.end(), [&](const std::string& id) { return ids.count(id) != 0; })) continue;
    groups[{a.kind(), a.target().datacenter(), a.target().rack()}].push_back(&a.target());
  }
  for (const auto& [key, targets] : groups) {
    Add(v1::EXPLANATION_KIND_NEEDED_BY, GroupPhrase(static_cast<v1::ActionKind>(std::get<0>(key)), targets));
  }
}

void Explainer::AddSince(const v1::Target& target, int64_t held_since) {
  if (held_since > 0) Add(v1::EXPLANATION_KIND_SINCE, absl::StrCat("held since ", Time(held_since)));
  for (const v1::FirstSeenDown& down : response_.ledger().first_seen_down()) {
    if (down.host_id().empty() || down.host_id() != target.host_id()) continue;
    Add(v1::EXPLANATION_KIND_SINCE,
        absl::StrCat("host id ", down.host_id(), " was first seen down at ", Time(down.at_seconds())));
  }
}

// The action that must come first, where that is held, too.
const v1::Held* Explainer::HeldBefore(const v1::Refusal& by) const {
  const v1::Held* before = nullptr;
  for (const v1::Held& other : response_.held()) {
    if (absl::StrContains(by.text(), absl::StrCat(KindName(other.kind()), " ", TargetName(other.target()), ","))) {
      before = &other;
    }
  }
  return before;
}

std::string Explainer::Behind(const v1::Refusal& by) const {
  const v1::Held* before = HeldBefore(by);
  return before == nullptr
             ? by.text()
             : absl::StrCat("comes after: ", PhraseOf(before->kind(), before->target()), ", which is held");
}

// What holds it; for "held because of its predecessor" also what holds that one, where it was not told before.
void Explainer::AddRefusals(const v1::Held& held, std::set<std::string>* seen) {
  if (!seen->insert(held.action_id()).second) return;
  for (const v1::Refusal& by : held.by()) {
    if (by.guard() != kPredecessor) {
      v1::ExplanationItem* item = Add(v1::EXPLANATION_KIND_WHY_NOT_NOW, by.text());
      item->set_rule(by.guard());
      item->set_remedy(by.remedy());
      item->set_action_id(held.action_id());
      continue;
    }
    const v1::Held* before = HeldBefore(by);
    v1::ExplanationItem* item = Add(v1::EXPLANATION_KIND_WHY_NOT_NOW, Behind(by));
    item->set_rule(by.guard());
    item->set_action_id(held.action_id());
    item->set_remedy(by.remedy());
    if (before != nullptr) AddRefusals(*before, seen);
  }
}

void Explainer::AddFinding(const v1::Finding& f) {
  v1::ExplanationItem* item = Add(v1::EXPLANATION_KIND_FINDING, MessageOf(f));
  item->set_rule(f.rule());
  item->set_remedy(f.remedy());
  if (f.has_location()) *item->mutable_location() = f.location();
}

void Explainer::OneAction(const v1::Action& a) {
  std::string text = absl::StrCat(ActionPhrase(a), a.ready() ? ": may start now" : ": planned");
  if (a.attempt() > 1) absl::StrAppend(&text, ", attempt ", a.attempt());
  if (a.reversibility() == v1::REVERSIBILITY_IRREVERSIBLE) absl::StrAppend(&text, ", cannot be undone");
  if (!a.waivers().empty()) absl::StrAppend(&text, ", passes ", absl::StrJoin(a.waivers(), ", "), " by a waiver");
  if (a.force()) absl::StrAppend(&text, ", skips Cassandra's own replication check");
  Add(v1::EXPLANATION_KIND_WHAT, std::move(text))->set_action_id(a.id());
  AddReason(a.reason(), a.target(), a.id());
  AddSince(a.target(), 0);
  AddWaits(a);
  AddNeededBy(a);
}

void Explainer::OneHeld(const v1::Held& h, std::set<std::string>* seen) {
  Add(v1::EXPLANATION_KIND_WHAT, absl::StrCat(PhraseOf(h.kind(), h.target()), ": held"))->set_action_id(h.action_id());
  AddReason(h.reason(), h.target(), h.action_id());
  seen->erase(h.action_id());  // its own is told with it
  AddRefusals(h, seen);
  AddSince(h.target(), h.since_seconds());
  const std::string name = absl::StrCat(KindName(h.kind()), " ", TargetName(h.target()), ",");
  for (const v1::Held& other : response_.held()) {
    for (const v1::Refusal& by : other.by()) {
      if (by.guard() != kPredecessor || !absl::StrContains(by.text(), name)) continue;
      Add(v1::EXPLANATION_KIND_NEEDED_BY, PhraseOf(other.kind(), other.target()))->set_action_id(other.action_id());
    }
  }
}

void Explainer::OneStarted(const v1::StartedAction& s) {
  std::string text = PhraseOf(s.kind(), s.target());
  absl::StrAppend(&text, s.state() == v1::STARTED_STATE_FAILED      ? ": failed"
                         : s.state() == v1::STARTED_STATE_TIMED_OUT ? ": timed out"
                                                                    : ": in flight");
  if (s.attempt() > 1) absl::StrAppend(&text, ", attempt ", s.attempt());
  if (!s.message().empty()) absl::StrAppend(&text, ": ", s.message());
  Add(v1::EXPLANATION_KIND_WHAT, std::move(text))->set_action_id(s.id());
  std::string since = absl::StrCat("started at ", Time(s.started_at_seconds()));
  if (s.deadline_seconds() > 0) absl::StrAppend(&since, ", given up at ", Time(s.deadline_seconds()));
  Add(v1::EXPLANATION_KIND_SINCE, std::move(since))->set_action_id(s.id());
}

// One in full, several as rows.
void Explainer::ListActions(const std::vector<const v1::Action*>& actions) {
  if (actions.size() <= 4) {
    for (const v1::Action* a : actions) OneAction(*a);
    return;
  }
  const std::set<const v1::Action*> wanted(actions.begin(), actions.end());
  const std::vector<Row> rows =
      GroupActions(response_.plan(), kMost, [&](const v1::Action& a) { return wanted.count(&a) != 0; });
  for (const Row& row : rows) {
    const v1::Action& first = *row.actions[0];
    std::string text = row.actions.size() == 1 ? ActionPhrase(first) : GroupPhrase(row.kind, TargetsOf(row));
    if (row.drained) text = absl::StrCat("drain and ", text);
    absl::StrAppend(&text, row.ready == 0                    ? ": planned"
                           : row.ready == row.actions.size() ? ": may start now"
                                                             : absl::StrCat(": ", row.ready, " may start now"));
    Add(v1::EXPLANATION_KIND_WHAT, std::move(text))->set_action_id(row.actions.size() == 1 ? first.id() : "");
    AddReason(first.reason(), first.target(), "");
  }
}

void Explainer::ListHeld(const std::vector<const v1::Held*>& held) {
  if (held.size() <= 4) {
    std::set<std::string> seen;
    for (const v1::Held* h : held) OneHeld(*h, &seen);
    return;
  }
  for (const HeldGroup& group : GroupHeld(held)) {
    std::map<std::tuple<int, std::string, std::string>, std::vector<const v1::Held*>> places;
    for (const v1::Held* h : group.held) places[{h->kind(), h->target().datacenter(), h->target().rack()}].push_back(h);
    for (const auto& [place, members] : places) AddHeldTogether(group.guard, members);
  }
}

// Of one kind and rack, as far as one guard holds them.
void Explainer::AddHeldTogether(const std::string& guard, const std::vector<const v1::Held*>& held) {
  std::vector<const v1::Target*> targets;
  for (const v1::Held* h : held) targets.push_back(&h->target());
  Add(v1::EXPLANATION_KIND_WHAT, absl::StrCat(GroupPhrase(held[0]->kind(), targets), ": held"));
  AddReason(held[0]->reason(), held[0]->target(), "");
  std::set<std::string> told;
  int64_t since = 0;
  for (const v1::Held* h : held) {
    if (h->since_seconds() > 0) since = since == 0 ? h->since_seconds() : std::min(since, h->since_seconds());
    for (const v1::Refusal& by : h->by()) {
      if (by.guard() != guard || told.size() >= kMost) continue;
      const std::string text = guard == kPredecessor ? Behind(by) : by.text();
      if (!told.insert(text).second) continue;
      v1::ExplanationItem* item = Add(v1::EXPLANATION_KIND_WHY_NOT_NOW, text);
      item->set_rule(guard);
      item->set_remedy(by.remedy());
    }
  }
  if (since > 0) Add(v1::EXPLANATION_KIND_SINCE, absl::StrCat("held since ", Time(since)));
}

bool Explainer::ById(absl::string_view what) {
  if (what.size() < kLeastPrefix) return false;
  std::set<std::string> ids;
  for (const std::string& id : subjects_.actions) {
    if (absl::StartsWith(id, what)) ids.insert(id);
    if (id == what) {
      ids = {id};
      break;
    }
  }
  if (ids.size() != 1) return false;
  const std::string& id = *ids.begin();
  Title(absl::StrCat("action ", id));
  for (const v1::Action& a : response_.plan().actions()) {
    if (a.id() == id) OneAction(a);
  }
  for (const v1::Held& h : response_.held()) {
    std::set<std::string> seen;
    if (h.action_id() == id) OneHeld(h, &seen);
  }
  if (const v1::StartedAction* s = FindStarted(response_.ledger(), id)) OneStarted(*s);
  return true;
}

bool Explainer::ByKind(absl::string_view what) {
  const v1::ActionKind kind = KindOf(what);
  if (kind == v1::ACTION_KIND_UNSPECIFIED) return false;
  Title(absl::StrCat("actions of kind ", what));
  std::vector<const v1::Action*> actions;
  std::vector<const v1::Held*> held;
  for (const v1::Action& a : response_.plan().actions()) {
    if (a.kind() == kind) actions.push_back(&a);
  }
  for (const v1::Held& h : response_.held()) {
    if (h.kind() == kind) held.push_back(&h);
  }
  size_t running = 0;
  for (const v1::StartedAction& s : response_.ledger().started()) {
    if (s.kind() != kind) continue;
    ++running;
    OneStarted(s);
  }
  ListActions(actions);
  ListHeld(held);
  if (actions.size() + held.size() + running == 0) {
    Add(v1::EXPLANATION_KIND_WHAT, "this plan has no such action, and holds none");
  }
  return true;
}

bool Explainer::ByRule(absl::string_view what) {
  const Rule* rule = FindRule(what);
  if (rule == nullptr && subjects_.rules.count(std::string(what)) == 0) return false;
  const bool guard = rule != nullptr && rule->guard;
  Title(absl::StrCat(guard ? "guard " : "rule ", what));
  const size_t before = static_cast<size_t>(out_.items_size());
  if (rule != nullptr) {
    v1::ExplanationItem* item = Add(v1::EXPLANATION_KIND_WHAT, rule->summary);
    item->set_rule(std::string(what));
    item->set_remedy(rule->help);
  }
  std::vector<const v1::Held*> held;
  for (const v1::Held& h : response_.held()) {
    if (std::any_of(h.by().begin(), h.by().end(), [&](const v1::Refusal& by) { return by.guard() == what; })) {
      held.push_back(&h);
    }
  }
  ListHeld(held);
  for (const v1::Finding& f : response_.findings()) {
    if (f.rule() == what) AddFinding(f);
  }
  for (const v1::Action& a : response_.plan().actions()) {
    for (const std::string& waived : a.waivers()) {
      if (waived != what) continue;
      Add(v1::EXPLANATION_KIND_WHAT, absl::StrCat(ActionPhrase(a), " passes it by a waiver"))->set_action_id(a.id());
    }
  }
  if (static_cast<size_t>(out_.items_size()) == before + (rule != nullptr ? 1 : 0)) {
    Add(v1::EXPLANATION_KIND_WHAT, "it has nothing to say about this plan");
  }
  return true;
}

// What is known of a datacenter, a rack or a node.
void Explainer::Known(const Spot& place) {
  Add(v1::EXPLANATION_KIND_WHAT, place.text);
  v1::Target target;
  target.set_host_id(place.host_id);
  AddSince(target, 0);
}

bool Explainer::ByPlace(absl::string_view what) {
  const Spot* place = subjects_.FindPlace(what, kLeastPrefix);
  if (place == nullptr) return false;
  Title(place->title);
  Known(*place);
  for (const v1::StartedAction* s : At(response_.ledger().started(), place->name)) OneStarted(*s);
  const auto actions = At(response_.plan().actions(), place->name);
  const auto held = At(response_.held(), place->name);
  ListActions(actions);
  ListHeld(held);
  for (const v1::Finding& f : response_.findings()) {
    const std::string about = f.has_subject() ? TargetName(f.subject()) : "";
    if (about == place->name || absl::StartsWith(about, absl::StrCat(place->name, "/")) ||
        (!place->host_id.empty() && absl::StrContains(f.message(), place->host_id)) ||
        (place->is_node && absl::StrContains(f.message(), absl::StrCat(place->name, " ")))) {
      AddFinding(f);
    }
  }
  if (actions.empty() && held.empty()) Add(v1::EXPLANATION_KIND_WHAT, "the plan has nothing to do there");
  return true;
}

bool Explainer::ByKeyspace(absl::string_view what) {
  const auto found = subjects_.keyspaces.find(std::string(what));
  if (found == subjects_.keyspaces.end()) return false;
  Title(absl::StrCat("keyspace ", what));
  for (const std::string& text : found->second) Add(v1::EXPLANATION_KIND_WHAT, text);
  std::vector<const v1::Action*> actions;
  std::vector<const v1::Held*> held;
  for (const v1::Action& a : response_.plan().actions()) {
    if (a.target().keyspace() == what) actions.push_back(&a);
  }
  const std::string name = absl::StrCat("keyspace ", what, " ");
  for (const v1::Held& h : response_.held()) {
    const bool named = std::any_of(h.by().begin(), h.by().end(),
                                   [&](const v1::Refusal& by) { return absl::StrContains(by.text(), name); });
    if (named || h.target().keyspace() == what) held.push_back(&h);
  }
  ListActions(actions);
  ListHeld(held);
  for (const v1::Finding& f : response_.findings()) {
    if (f.subject().keyspace() == what || absl::StrContains(f.message(), name)) AddFinding(f);
  }
  return true;
}

absl::StatusOr<v1::Explanation> Explainer::Run(absl::string_view what) {
  out_.set_query(std::string(what));
  bool found = ById(what);
  found = ByKind(what) || found;
  found = ByRule(what) || found;
  found = ByPlace(what) || found;
  found = ByKeyspace(what) || found;
  if (found) return std::move(out_);
  const std::vector<std::string> near = subjects_.Near(what);
  return absl::NotFoundError(absl::StrCat(
      "nothing is called \"", std::string(what), "\" here",
      near.empty()
          ? "; give an action's id, a kind, a guard or another rule, a datacenter, a rack, a node, an address, a "
            "host id or a keyspace"
          : absl::StrCat("; near are ", absl::StrJoin(near, ", "))));
}

}  // namespace
}  // namespace report

absl::StatusOr<v1::Explanation> Explain(const v1::PlanRequest& request, const v1::PlanResponse& response,
                                        absl::string_view what) {
  return report::Explainer(request, response).Run(what);
}

}  // namespace cassplan
