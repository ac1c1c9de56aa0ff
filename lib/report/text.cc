#include "lib/report/text.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "lib/report/details.h"
#include "lib/report/grouping.h"
#include "lib/report/impact_text.h"
#include "lib/report/page.h"
#include "lib/report/words.h"

namespace cassplan::report {
namespace {

constexpr size_t kMaxLines = 40;
constexpr size_t kNoLimit = static_cast<size_t>(-1);

// How much of each part is written. Tried in turn until the text fits.
struct Limits {
  size_t rows;      // steps
  size_t list;      // irreversible, in flight, refused, findings, guards
  size_t examples;  // texts and remedies of one guard
  size_t keyspaces;
};
constexpr std::array<Limits, 4> kLimits = {{{16, 6, 2, 6}, {12, 4, 1, 4}, {8, 3, 1, 2}, {4, 1, 1, 1}}};
constexpr Limits kEverything = {kNoLimit, kNoLimit, kNoLimit, kNoLimit};

class Writer {
 public:
  Writer(const v1::PlanRequest& request, const v1::PlanResponse& response, const TextOptions& options,
         const Limits& limits)
      : request_(request),
        response_(response),
        options_(options),
        limits_(limits),
        page_(std::max<size_t>(options.width, 40), options.color) {}

  Page Write() {
    Verdict();
    Settled();
    InFlight();
    Irreversible();
    Waived();
    Refused();
    HeldBack();
    ClientImpact();
    Steps();
    Findings();
    if (options_.verbosity > 0) Details();
    Footer();
    return std::move(page_);
  }

 private:
  bool Concerns(const v1::Target& target) const {
    if (options_.target.empty()) return true;
    const std::string name = TargetName(target);
    return name == options_.target || absl::StartsWith(name, absl::StrCat(options_.target, "/"));
  }
  bool IsRefusal(const v1::Finding& f) const {
    return f.level() == v1::FINDING_LEVEL_ERROR &&
           (response_.outcome() == v1::OUTCOME_REFUSED || response_.outcome() == v1::OUTCOME_INVALID);
  }
  // `what`: of several.
  void More(size_t indent, size_t left, absl::string_view what) {
    if (left == 1) absl::ConsumeSuffix(&what, "s");
    if (left > 0)
      page_.Text(indent, absl::StrCat("... and ", left, " more", what.empty() ? "" : " ", what), Paint::kDim);
    cut_ = cut_ || left > 0;
  }

  void Verdict();
  void Settled();
  void InFlight();
  void Irreversible();
  void Waived();
  void Refused();
  void HeldBack();
  void WriteHeldGroup(const HeldGroup& group);
  void ClientImpact();
  void Steps();
  void Findings();
  void WriteFinding(const v1::Finding& finding, bool with_level);
  void Details();
  void Footer();
  const v1::StartedAction* Started(const std::string& id) const;

  const v1::PlanRequest& request_;
  const v1::PlanResponse& response_;
  const TextOptions& options_;
  const Limits limits_;
  Page page_;
  bool cut_ = false;  // something was left out
};

Paint OutcomePaint(v1::Outcome outcome) {
  if (outcome == v1::OUTCOME_CONVERGED) return Paint::kGreen;
  const bool moves = outcome == v1::OUTCOME_PLANNED || outcome == v1::OUTCOME_IN_PROGRESS;
  return moves ? Paint::kYellow : Paint::kRed;
}

std::string Knowledge(const v1::Observed& observed) {
  if (observed.reports().empty()) return "nothing is known of it";
  for (const v1::Report& r : observed.reports()) {
    if (r.facts_case() != v1::Report::kInventory || r.status() != v1::REPORT_STATUS_OK) return "";
  }
  return "does not exist yet";
}

int64_t Finish(const v1::Plan& plan) {
  int64_t finish = 0;
  for (const v1::Action& a : plan.actions()) finish = std::max(finish, a.forecast_finish_seconds());
  return finish;
}

void Writer::Verdict() {
  const std::string words = OutcomeWords(response_.outcome());
  const std::string& summary = response_.summary();
  page_.Text(0, summary.empty() ? absl::StrCat(words, ".") : absl::StrCat(words, ": ", summary),
             OutcomePaint(response_.outcome()));
  const std::string& name = request_.desired().cluster();
  std::string about = absl::StrCat("Cluster ", name.empty() ? "without a name" : name);
  if (request_.now_seconds() > 0) absl::StrAppend(&about, ", as of ", Time(request_.now_seconds()));
  const std::string knowledge = Knowledge(request_.observed());
  if (!knowledge.empty()) absl::StrAppend(&about, ", ", knowledge);
  const int64_t finish = Finish(response_.plan());
  if (finish > 0) absl::StrAppend(&about, ", about ", Duration(finish), " in all");
  if (!options_.target.empty()) absl::StrAppend(&about, "; below only what concerns ", options_.target);
  page_.Text(0, about);
}

const v1::StartedAction* Writer::Started(const std::string& id) const {
  for (const v1::StartedAction& s : request_.ledger().started()) {
    if (s.id() == id) return &s;
  }
  return nullptr;
}

// What became of started actions: failures one by one, the rest as a number.
void Writer::Settled() {
  std::vector<const v1::StateChange*> failed;
  size_t done = 0;
  for (const v1::StateChange& c : response_.changes()) {
    if (c.state() == "done") {
      ++done;
    } else {
      failed.push_back(&c);
    }
  }
  if (done + failed.size() == 0) return;
  page_.Gap();
  if (done > 0) page_.Text(0, absl::StrCat("Since the last plan: ", Count(done, "action", "actions"), " done"));
  if (failed.empty()) return;
  page_.Heading("Failed since the last plan");
  for (size_t i = 0; i < std::min(failed.size(), limits_.list); ++i) {
    const v1::StartedAction* s = Started(failed[i]->action_id());
    const std::string what =
        s == nullptr ? absl::StrCat("action ", failed[i]->action_id()) : PhraseOf(s->kind(), s->target());
    page_.Text(2, absl::StrCat("x ", what, failed[i]->state() == "timed_out" ? " (timed out)" : "",
                               failed[i]->text().empty() ? "" : ": ", failed[i]->text()));
  }
  More(2, failed.size() - std::min(failed.size(), limits_.list), "");
}

void Writer::InFlight() {
  using Place = std::tuple<int, std::string, std::string>;
  std::map<Place, std::vector<const v1::StartedAction*>> groups;
  for (const v1::StartedAction& s : response_.ledger().started()) {
    if (s.state() != v1::STARTED_STATE_IN_FLIGHT || !Concerns(s.target())) continue;
    groups[{s.kind(), s.target().datacenter(), s.target().rack()}].push_back(&s);
  }
  if (groups.empty()) return;
  page_.Gap();
  page_.Heading("In flight");
  size_t written = 0;
  for (const auto& [place, started] : groups) {
    if (written == limits_.list) break;
    ++written;
    std::vector<const v1::Target*> targets;
    int64_t since = started[0]->started_at_seconds();
    int64_t until = 0;
    for (const v1::StartedAction* s : started) {
      targets.push_back(&s->target());
      since = std::min(since, s->started_at_seconds());
      until = std::max(until, s->deadline_seconds());
    }
    std::string line = absl::StrCat(std::string(1, WordsOf(started[0]->kind()).symbol), " ",
                                    GroupPhrase(started[0]->kind(), targets), ", since ", Time(since));
    if (until > 0) absl::StrAppend(&line, ", given up at ", Time(until));
    page_.Text(2, line);
  }
  More(2, groups.size() - written, "groups");
}

// "decommission 2 nodes in dc1/rack3 (4, 5)"
std::string WithOrdinals(v1::ActionKind kind, const std::vector<const v1::Target*>& targets) {
  std::string phrase = GroupPhrase(kind, targets);
  if (targets.size() < 2) return phrase;
  std::vector<int32_t> ordinals;
  for (const v1::Target* t : targets) {
    if (!t->has_ordinal() || t->rack() != targets[0]->rack() || t->datacenter() != targets[0]->datacenter()) {
      return phrase;
    }
    ordinals.push_back(t->ordinal());
  }
  return absl::StrCat(phrase, " (", Ordinals(std::move(ordinals), 6), ")");
}

bool AllForced(const Row& row) {
  return std::all_of(row.actions.begin(), row.actions.end(), [](const v1::Action* a) { return a->force(); });
}

void Writer::Irreversible() {
  const std::vector<Row> rows = GroupActions(response_.plan(), limits_.list, [this](const v1::Action& a) {
    return a.reversibility() == v1::REVERSIBILITY_IRREVERSIBLE && Concerns(a.target());
  });
  if (rows.empty()) return;
  page_.Gap();
  page_.Heading("Cannot be undone");
  for (size_t i = 0; i < std::min(rows.size(), limits_.list); ++i) {
    page_.Text(
        2,
        absl::StrCat(std::string(1, WordsOf(rows[i].kind).symbol), "# ", WithOrdinals(rows[i].kind, TargetsOf(rows[i])),
                     AllForced(rows[i]) ? ", skipping Cassandra's own replication check" : ""),
        Paint::kRed);
  }
  More(2, rows.size() - std::min(rows.size(), limits_.list), "");
}

// ", by ops: the disk is lost anyway"
std::string WaivedBy(const v1::Policy& policy, const v1::Action& action, const std::string& guard) {
  for (const v1::Waiver& w : policy.waivers()) {
    if (w.action_id() == action.id() && w.guard() == guard) return absl::StrCat(", by ", w.by(), ": ", w.why());
  }
  return "";
}

void Writer::Waived() {
  std::map<std::string, std::vector<const v1::Action*>> by_guard;
  for (const v1::Action& a : response_.plan().actions()) {
    if (!Concerns(a.target())) continue;
    for (const std::string& guard : a.waivers()) by_guard[guard].push_back(&a);
  }
  if (by_guard.empty()) return;
  page_.Gap();
  page_.Heading("Passes a guard by a waiver");
  size_t written = 0;
  for (const auto& [guard, actions] : by_guard) {
    if (written == limits_.list) break;
    ++written;
    const std::string more = actions.size() > 1 ? absl::StrCat(" and ", actions.size() - 1, " more") : "";
    page_.Text(
        2, absl::StrCat(guard, ": ", ActionPhrase(*actions[0]), more, WaivedBy(request_.policy(), *actions[0], guard)),
        Paint::kRed);
  }
  More(2, by_guard.size() - written, "guards");
}

const char* LevelWord(v1::FindingLevel level) {
  if (level == v1::FINDING_LEVEL_ERROR) return "error";
  return level == v1::FINDING_LEVEL_WARNING ? "warning" : "note";
}

void Writer::WriteFinding(const v1::Finding& f, bool with_level) {
  std::string line = Place(f.location());
  if (!line.empty()) absl::StrAppend(&line, ": ");
  if (with_level) absl::StrAppend(&line, LevelWord(f.level()), ": ");
  if (!f.location().file().empty() && !f.location().path().empty()) absl::StrAppend(&line, f.location().path(), ": ");
  absl::StrAppend(&line, MessageOf(f));
  if (!f.rule().empty()) absl::StrAppend(&line, " [", f.rule(), "]");
  page_.Text(2, line, f.level() == v1::FINDING_LEVEL_ERROR ? Paint::kRed : Paint::kPlain);
  if (!f.remedy().empty() && (with_level ? f.level() != v1::FINDING_LEVEL_NOTE : true)) {
    page_.Text(4, absl::StrCat("remedy: ", f.remedy()));
  }
}

void Writer::Refused() {
  std::vector<const v1::Finding*> refusals;
  for (const v1::Finding& f : response_.findings()) {
    if (IsRefusal(f)) refusals.push_back(&f);
  }
  if (refusals.empty()) return;
  const bool invalid = response_.outcome() == v1::OUTCOME_INVALID;
  const size_t limit = invalid ? kNoLimit : limits_.list;
  page_.Gap();
  page_.Heading(invalid ? "Problems" : "Refused");
  for (size_t i = 0; i < std::min(refusals.size(), limit); ++i) WriteFinding(*refusals[i], false);
  More(2, refusals.size() - std::min(refusals.size(), limit), "");
}

// "restart 17 nodes in dc1/rack2 (0, 3-8), decommission dc1/rack1/4"
std::string WhatIsHeld(const HeldGroup& group, size_t max_groups) {
  std::map<std::tuple<int, std::string, std::string>, std::vector<const v1::Target*>> places;
  for (const v1::Held* h : group.held) {
    places[{h->kind(), h->target().datacenter(), h->target().rack()}].push_back(&h->target());
  }
  std::vector<std::string> phrases;
  for (const auto& [place, targets] : places) {
    if (phrases.size() == max_groups) break;
    phrases.push_back(WithOrdinals(static_cast<v1::ActionKind>(std::get<0>(place)), targets));
  }
  const size_t left = places.size() - phrases.size();
  return absl::StrCat(absl::StrJoin(phrases, "; "), left > 0 ? absl::StrCat("; and ", left, " more groups") : "");
}

void Writer::WriteHeldGroup(const HeldGroup& group) {
  if (group.guard == kPredecessor) {
    page_.Text(2, absl::StrCat("x and what comes after: ", WhatIsHeld(group, 3)), Paint::kYellow);
    return;
  }
  page_.Text(2, absl::StrCat("x ", group.guard, ": ", WhatIsHeld(group, std::max<size_t>(limits_.examples, 3))),
             Paint::kYellow);
  const size_t texts = std::min(group.texts.size(), limits_.examples);
  for (size_t i = 0; i < texts; ++i) page_.Text(6, group.texts[i]);
  More(6, group.texts.size() - texts, "reasons");
  const size_t remedies = std::min(group.remedies.size(), limits_.examples);
  for (size_t i = 0; i < remedies; ++i) page_.Text(6, absl::StrCat("remedy: ", group.remedies[i]));
  More(6, group.remedies.size() - remedies, "remedies");
}

void Writer::HeldBack() {
  std::vector<const v1::Held*> held;
  for (const v1::Held& h : response_.held()) {
    if (Concerns(h.target())) held.push_back(&h);
  }
  if (held.empty()) return;
  const std::vector<HeldGroup> groups = GroupHeld(held);
  page_.Gap();
  // Drains are told with their restart.
  std::set<const v1::Held*> own;
  for (const HeldGroup& group : groups) {
    if (group.guard != kPredecessor) own.insert(group.held.begin(), group.held.end());
  }
  const size_t following = groups.back().guard == kPredecessor ? groups.back().held.size() : 0;
  page_.Heading(absl::StrCat(
      "Held: ", Count(own.size(), "action", "actions"),
      following > 0 ? absl::StrCat(", and ", following, following == 1 ? " that comes after" : " that come after")
                    : std::string()));
  const size_t n = std::min(groups.size(), limits_.list);
  for (size_t i = 0; i < n; ++i) WriteHeldGroup(groups[i]);
  More(2, groups.size() - n, "guards");
}

void Writer::ClientImpact() {
  const size_t left = WriteImpact(response_, limits_.keyspaces, &page_);
  cut_ = cut_ || left > 0;
}

std::string Pace(const Row& row, int64_t now) {
  std::string pace;
  if (row.actions.size() > 1) {
    pace = row.width == row.actions.size() ? "together"
           : row.width == 1                ? "one at a time"
                                           : absl::StrCat("up to ", row.width, " at a time");
  }
  int64_t not_before = row.actions[0]->not_before_seconds();
  for (const v1::Action* a : row.actions) not_before = std::min(not_before, a->not_before_seconds());
  if (not_before > now) absl::StrAppend(&pace, pace.empty() ? "" : ", ", "not before ", Time(not_before));
  return pace;
}

std::string Ready(const Row& row) {
  if (row.ready == 0) return "";
  return row.ready == row.actions.size() ? "ready" : absl::StrCat(row.ready, " ready");
}

std::string RowPhrase(const Row& row) {
  const std::string phrase =
      row.actions.size() == 1 ? ActionPhrase(*row.actions[0]) : GroupPhrase(row.kind, TargetsOf(row));
  return row.drained ? absl::StrCat("drain and ", phrase) : phrase;
}

void Writer::Steps() {
  const std::vector<Row> rows =
      GroupActions(response_.plan(), limits_.rows, [this](const v1::Action& a) { return Concerns(a.target()); });
  if (rows.empty()) return;
  page_.Gap();
  page_.Heading("Steps");
  std::vector<Page::Row> table;
  for (size_t i = 0; i < std::min(rows.size(), limits_.rows); ++i) {
    const Row& row = rows[i];
    Page::Row line;
    const std::string number = absl::StrCat(row.step);
    line.cells = {absl::StrCat(std::string(number.size() < 3 ? 3 - number.size() : 0, ' '), number),
                  absl::StrCat(std::string(1, WordsOf(row.kind).symbol), row.irreversible ? "#" : ""),
                  RowPhrase(row),
                  Pace(row, request_.now_seconds()),
                  row.seconds > 0 ? absl::StrCat("~", Duration(row.seconds)) : "",
                  Ready(row)};
    line.paint = row.irreversible ? Paint::kRed : Paint::kPlain;
    table.push_back(std::move(line));
  }
  page_.Table(0, table);
  More(3, rows.size() - table.size(), "steps");
}

void Writer::Findings() {
  // Of each rule that says something often, the first ones; of notes, the first.
  std::vector<const v1::Finding*> findings;
  std::map<std::string, size_t> seen;
  size_t left_out = 0;
  for (const v1::FindingLevel level :
       {v1::FINDING_LEVEL_ERROR, v1::FINDING_LEVEL_WARNING, v1::FINDING_LEVEL_NOTE, v1::FINDING_LEVEL_UNSPECIFIED}) {
    for (const v1::Finding& f : response_.findings()) {
      if (f.level() != level || IsRefusal(f) || (f.has_subject() && !Concerns(f.subject()))) continue;
      const size_t examples = level == v1::FINDING_LEVEL_NOTE && options_.verbosity == 0 ? 1 : limits_.examples;
      const bool fits = findings.size() < limits_.list && seen[f.rule()] < examples;
      ++seen[f.rule()];
      if (fits) {
        findings.push_back(&f);
      } else {
        ++left_out;
      }
    }
  }
  if (findings.empty()) return;
  page_.Gap();
  page_.Heading("Findings");
  for (const v1::Finding* f : findings) WriteFinding(*f, true);
  More(2, left_out, "");
}

void Writer::Details() {
  const bool internals = options_.verbosity > 1;
  bool any = false;
  for (const v1::Action& a : response_.plan().actions()) {
    if (!Concerns(a.target())) continue;
    if (!any) page_.Gap();
    if (!any) page_.Heading("Actions");
    any = true;
    WriteAction(a, internals, &page_);
  }
  any = false;
  for (const v1::Held& h : response_.held()) {
    if (!Concerns(h.target())) continue;
    if (!any) page_.Gap();
    if (!any) page_.Heading("Held actions");
    any = true;
    WriteHeld(h, internals, &page_);
  }
}

void Writer::Footer() {
  std::vector<std::string> parts;
  if (response_.outcome() != v1::OUTCOME_INVALID) {
    parts.push_back(response_.next_check_seconds() > 0
                        ? absl::StrCat("Next check in ", Duration(response_.next_check_seconds()))
                        : "Next check when something changes");
  }
  if (!response_.plan_fingerprint().empty()) parts.push_back(absl::StrCat("plan ", response_.plan_fingerprint()));
  if (options_.verbosity > 1 && !response_.request_digest().empty()) {
    parts.push_back(absl::StrCat("request ", response_.request_digest()));
  }
  if (cut_ || (options_.verbosity == 0 && response_.plan().actions_size() > 0)) parts.push_back("details: -v");
  if (parts.empty()) return;
  page_.Gap();
  page_.Text(0, absl::StrJoin(parts, "; "), Paint::kDim);
}

}  // namespace

std::string RenderText(const v1::PlanRequest& request, const v1::PlanResponse& response, const TextOptions& options) {
  if (options.verbosity > 0) return Writer(request, response, options, kEverything).Write().Join();
  Page page(0, false);
  for (const Limits& limits : kLimits) {
    page = Writer(request, response, options, limits).Write();
    if (page.lines() <= kMaxLines || response.outcome() == v1::OUTCOME_INVALID) return page.Join();
  }
  page.Cut(kMaxLines);
  return page.Join();
}

}  // namespace cassplan::report
