#include "lib/report/markdown.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "lib/report/grouping.h"
#include "lib/report/locate.h"
#include "lib/report/page.h"
#include "lib/report/words.h"

namespace cassplan::report {
namespace {

// How much of each part is written. Tried in turn until the whole fits.
struct Limits {
  size_t rows;      // of the table of steps
  size_t list;      // of every other list
  size_t examples;  // texts of one guard, findings of one rule
  size_t actions;   // told in full within one row
};
constexpr std::array<Limits, 5> kLimits = {
    {{60, 30, 5, 5}, {40, 20, 3, 2}, {30, 12, 2, 1}, {20, 6, 1, 0}, {8, 2, 1, 0}}};
constexpr char kCut[] = "\n\n... cut here: a comment holds no more. `cassplan plan -v` prints everything.\n";

// In backquotes; backquotes inside would end it.
std::string Code(absl::string_view text) {
  return absl::StrCat("`", absl::StrReplaceAll(Safe(text), {{"`", "'"}, {"|", "\\|"}}), "`");
}

// Each of the lines is safe already.
std::string Fence(const std::string& text) {
  return absl::StrCat("```\n", absl::StrReplaceAll(text, {{"```", "'''"}}), "\n```\n");
}

const char* Mark(v1::Outcome outcome) {
  switch (outcome) {
    case v1::OUTCOME_CONVERGED:
      return ":white_check_mark:";
    case v1::OUTCOME_PLANNED:
      return ":memo:";
    case v1::OUTCOME_IN_PROGRESS:
      return ":hourglass_flowing_sand:";
    default:
      return ":no_entry:";
  }
}

const char* Mark(v1::FindingLevel level) {
  if (level == v1::FINDING_LEVEL_ERROR) return ":x: error";
  return level == v1::FINDING_LEVEL_WARNING ? ":warning: warning" : "note";
}

class Writer {
 public:
  Writer(const v1::PlanRequest& request, const v1::PlanResponse& response, const Limits& limits)
      : request_(request), response_(response), limits_(limits) {}

  std::string Write() {
    rows_ = GroupActions(response_.plan(), limits_.rows);
    Verdict();
    Irreversible();
    Impact();
    Held();
    Steps();
    Findings();
    Details();
    Footer();
    return std::move(out_);
  }

 private:
  template <typename... Parts>
  void Put(const Parts&... parts) {
    absl::StrAppend(&out_, parts...);
  }
  void More(size_t left, absl::string_view what) {
    if (left == 1) absl::ConsumeSuffix(&what, "s");
    if (left > 0) Put("- ... and ", left, " more ", what, "\n");
    cut_ = cut_ || left > 0;
  }
  void Verdict();
  void Irreversible();
  void Impact();
  void Held();
  void Steps();
  void Findings();
  void Details();
  void Detail(const std::vector<const v1::Action*>& actions);
  void Footer();

  const v1::PlanRequest& request_;
  const v1::PlanResponse& response_;
  const Limits limits_;
  std::vector<Row> rows_;
  std::string out_;
  bool cut_ = false;
};

std::string Phrase(const Row& row) {
  const std::string phrase =
      row.actions.size() == 1 ? ActionPhrase(*row.actions[0]) : GroupPhrase(row.kind, TargetsOf(row));
  return row.drained ? absl::StrCat("drain and ", phrase) : phrase;
}

void Writer::Verdict() {
  Put("<!-- cassplan ", absl::StrReplaceAll(Safe(request_.desired().cluster()), {{"--", "- "}, {">", ""}}), " -->\n");
  Put("### ", Mark(response_.outcome()), " cassplan: ", OutcomeWords(response_.outcome()));
  if (!response_.summary().empty()) Put(": ", MarkdownText(response_.summary()));
  Put("\n\nCluster **", MarkdownText(request_.desired().cluster()), "**, as of ", Time(request_.now_seconds()));
  int64_t finish = 0;
  for (const v1::Action& a : response_.plan().actions()) finish = std::max(finish, a.forecast_finish_seconds());
  if (finish > 0) Put(", about ", Duration(finish), " in all");
  Put(".\n");
}

void Writer::Irreversible() {
  const std::vector<Row> rows = GroupActions(response_.plan(), limits_.list, [](const v1::Action& a) {
    return a.reversibility() == v1::REVERSIBILITY_IRREVERSIBLE;
  });
  if (rows.empty()) return;
  Put("\n**Cannot be undone**\n\n");
  for (size_t i = 0; i < std::min(rows.size(), limits_.list); ++i) Put("- ", MarkdownText(Phrase(rows[i])), "\n");
  More(rows.size() - std::min(rows.size(), limits_.list), "steps");
}

void Writer::Impact() {
  if (response_.plan().actions().empty()) return;
  const std::vector<ImpactGroup> groups = GroupImpact(response_.impact());
  if (groups.empty()) {
    const auto& actions = response_.plan().actions();
    if (std::none_of(actions.begin(), actions.end(), [](const v1::Action& a) { return a.disrupts() > 0; })) return;
    Put("\n**Clients**: no keyspace to protect is known.\n");
    return;
  }
  if (groups[0].impact->failing().empty() &&
      groups[0].impact->lowest_replicas_up() >= groups[0].impact->replication_factor()) {
    Put("\n**Clients** will see no replica down.\n");
    return;
  }
  Put("\n**Clients will see at worst**\n\n| keyspaces | datacenter | replicas up | levels that fail "
      "|\n|---|---|---|---|\n");
  for (size_t i = 0; i < std::min(groups.size(), limits_.list); ++i) {
    const ImpactGroup& g = groups[i];
    const size_t names = std::min<size_t>(g.keyspaces.size(), 4);
    std::vector<std::string> shown;
    for (size_t k = 0; k < names; ++k) shown.push_back(MarkdownText(g.keyspaces[k]));
    if (names < g.keyspaces.size()) shown.push_back(absl::StrCat(g.keyspaces.size() - names, " more"));
    std::vector<std::string> failing;
    for (const int level : g.impact->failing()) failing.push_back(LevelName(static_cast<v1::ConsistencyLevel>(level)));
    Put("| ", absl::StrJoin(shown, ", "), " | ",
        g.impact->datacenter().empty() ? "everywhere" : MarkdownText(g.impact->datacenter()), " | ",
        g.impact->lowest_replicas_up(), " of ", g.impact->replication_factor(), " | ",
        failing.empty() ? "none" : absl::StrCat("**", MarkdownText(absl::StrJoin(failing, ", ")), "**"), " |\n");
  }
  if (groups.size() > limits_.list) Put("\n");
  More(groups.size() - std::min(groups.size(), limits_.list), "other keyspaces");
}

void Writer::Held() {
  std::vector<const v1::Held*> held;
  for (const v1::Held& h : response_.held()) held.push_back(&h);
  if (held.empty()) return;
  Put("\n**Held**\n\n");
  const std::vector<HeldGroup> groups = GroupHeld(held);
  for (size_t i = 0; i < std::min(groups.size(), limits_.list); ++i) {
    const HeldGroup& g = groups[i];
    std::map<std::tuple<int, std::string, std::string>, std::vector<const v1::Target*>> places;
    for (const v1::Held* h : g.held) {
      places[{h->kind(), h->target().datacenter(), h->target().rack()}].push_back(&h->target());
    }
    std::vector<std::string> phrases;
    for (const auto& [place, targets] : places) {
      if (phrases.size() == 4) break;
      phrases.push_back(MarkdownText(GroupPhrase(static_cast<v1::ActionKind>(std::get<0>(place)), targets)));
    }
    if (places.size() > phrases.size()) phrases.push_back(absl::StrCat(places.size() - phrases.size(), " more groups"));
    if (g.guard == kPredecessor) {
      Put("- and what comes after: ", absl::StrJoin(phrases, "; "), "\n");
      continue;
    }
    Put("- ", Code(g.guard), ": ", absl::StrJoin(phrases, "; "), "\n");
    const size_t texts = std::min(g.texts.size(), limits_.examples);
    for (size_t t = 0; t < texts; ++t) Put("  - ", MarkdownText(g.texts[t]), "\n");
    if (g.texts.size() > texts) Put("  - ... and ", Count(g.texts.size() - texts, "more reason", "more reasons"), "\n");
    const size_t remedies = std::min(g.remedies.size(), limits_.examples);
    for (size_t t = 0; t < remedies; ++t) Put("  - remedy: ", MarkdownText(g.remedies[t]), "\n");
  }
  More(groups.size() - std::min(groups.size(), limits_.list), "guards");
}

void Writer::Steps() {
  if (rows_.empty()) return;
  Put("\n| step | what | how | takes |\n|---:|---|---|---|\n");
  const size_t n = std::min(rows_.size(), limits_.rows);
  for (size_t i = 0; i < n; ++i) {
    const Row& row = rows_[i];
    std::string how;
    if (row.actions.size() > 1) {
      how = row.width == row.actions.size() ? "together"
            : row.width == 1                ? "one at a time"
                                            : absl::StrCat("up to ", row.width, " at a time");
    }
    if (row.ready > 0)
      absl::StrAppend(&how, how.empty() ? "" : ", ",
                      row.ready == row.actions.size() ? "ready" : absl::StrCat(row.ready, " ready"));
    if (row.irreversible) absl::StrAppend(&how, how.empty() ? "" : ", ", "cannot be undone");
    Put("| ", row.step, " | ", MarkdownText(Phrase(row)), " | ", how, " | ",
        row.seconds > 0 ? Duration(row.seconds) : "", " |\n");
  }
  if (rows_.size() > n) Put("\n");
  More(rows_.size() - n, "steps");
}

void Writer::Findings() {
  std::vector<const v1::Finding*> findings;
  std::map<std::string, size_t> seen;
  size_t left = 0;
  for (const int level : {v1::FINDING_LEVEL_ERROR, v1::FINDING_LEVEL_WARNING, v1::FINDING_LEVEL_NOTE}) {
    for (const v1::Finding& f : response_.findings()) {
      if (f.level() != level) continue;
      const size_t examples = level == v1::FINDING_LEVEL_NOTE ? 1 : limits_.examples;
      const bool fits = findings.size() < limits_.list && seen[f.rule()] < examples;
      ++seen[f.rule()];
      if (fits) findings.push_back(&f);
      if (!fits) ++left;
    }
  }
  if (findings.empty()) return;
  Put("\n**Findings**\n\n");
  for (const v1::Finding* f : findings) {
    const std::string place = PlaceAndPath(f->location());
    Put("- ", Mark(f->level()), " ", Code(f->rule()), " ", place.empty() ? "" : absl::StrCat(Code(place), ": "),
        MarkdownText(MessageOf(*f)), f->remedy().empty() ? "" : absl::StrCat(". Remedy: ", MarkdownText(f->remedy())),
        "\n");
  }
  More(left, "findings");
}

// What the actions say, one line each; what several say is told once.
template <typename Get>
std::string Lines(const std::vector<const v1::Action*>& actions, const char* between, Get get) {
  std::vector<std::string> lines;
  for (const v1::Action* a : actions) {
    const std::string line = Safe(get(*a));
    if (!line.empty() && std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(line);
  }
  return absl::StrJoin(lines, between);
}

void Writer::Detail(const std::vector<const v1::Action*>& actions) {
  const std::string manual = Lines(actions, "\n", [](const auto& a) -> const std::string& { return a.manual(); });
  const std::string verify = Lines(actions, "\n", [](const auto& a) -> const std::string& { return a.verify(); });
  const std::string back = Lines(actions, "; ", [](const auto& a) -> const std::string& { return a.way_back(); });
  if (!manual.empty()) Put("\nBy hand:\n\n", Fence(manual));
  if (!verify.empty()) Put("\nTo see that it worked:\n\n", Fence(verify));
  if (!back.empty()) Put("\nWay back: ", MarkdownText(back), "\n");
  Put("\n", actions.size() == 1 ? "Id: " : "Ids: ",
      absl::StrJoin(actions, ", ", [](std::string* out, const v1::Action* a) { absl::StrAppend(out, Code(a->id())); }),
      "\n");
}

void Writer::Details() {
  if (rows_.empty() || limits_.actions == 0) {
    cut_ = cut_ || !rows_.empty();
    return;
  }
  Put("\n<details><summary>Details of the steps</summary>\n");
  for (size_t i = 0; i < std::min(rows_.size(), limits_.rows); ++i) {
    const Row& row = rows_[i];
    const v1::Action& first = *row.actions[0];
    Put("\n**Step ", row.step, ": ", MarkdownText(Phrase(row)), "**\n\n");
    if (!first.reason().text().empty()) {
      const std::string place = PlaceAndPath(Locate(request_.desired(), first.reason(), first.target()));
      Put("Why: ", MarkdownText(first.reason().text()), place.empty() ? "" : absl::StrCat(", at ", Code(place)), "\n");
    }
    const size_t n = std::min(row.actions.size(), limits_.actions);
    Detail({row.actions.begin(), row.actions.begin() + static_cast<int64_t>(n)});
    if (row.actions.size() > n) Put("\n... and ", row.actions.size() - n, " more of the same kind\n");
    cut_ = cut_ || row.actions.size() > n;
  }
  Put("\n</details>\n");
}

void Writer::Footer() {
  Put("\n<sub>");
  if (!response_.plan_fingerprint().empty()) Put("plan ", Code(response_.plan_fingerprint()), "; ");
  Put(cut_ ? "shortened to fit a comment: cassplan plan -v prints everything" : "cassplan plan", "</sub>\n");
}

// Ends at a character, and says so.
std::string CutTo(std::string text, size_t bytes) {
  if (text.size() <= bytes) return text;
  size_t end = bytes - sizeof(kCut);
  const size_t line = text.rfind('\n', end);
  if (line != std::string::npos && line > 0) end = line;
  text.resize(end);
  return absl::StrCat(text, kCut);
}

}  // namespace

std::string MarkdownText(absl::string_view text) {
  return absl::StrReplaceAll(Safe(text), {{"\\", "\\\\"},
                                          {"`", "\\`"},
                                          {"*", "\\*"},
                                          {"_", "\\_"},
                                          {"[", "\\["},
                                          {"]", "\\]"},
                                          {"<", "&lt;"},
                                          {">", "&gt;"},
                                          {"|", "\\|"},
                                          {"#", "\\#"},
                                          {"~", "\\~"},
                                          {"&", "&amp;"},
                                          {"@", "&#64;"},
                                          {"://", ":&#47;&#47;"}});
}

std::string RenderMarkdown(const v1::PlanRequest& request, const v1::PlanResponse& response) {
  std::string text;
  for (const Limits& limits : kLimits) {
    text = Writer(request, response, limits).Write();
    if (text.size() <= kMarkdownBytes) return text;
  }
  return CutTo(std::move(text), kMarkdownBytes);
}

std::string RenderMarkdown(const std::string& title, const std::vector<Result>& results) {
  std::string out = absl::StrCat("<!-- cassplan lint -->\n### cassplan: ", MarkdownText(title), "\n");
  if (!results.empty()) absl::StrAppend(&out, "\n| | rule | where | what |\n|---|---|---|---|\n");
  for (const Result& r : results) {
    const std::string place = PlaceAndPath(r.location);
    absl::StrAppend(&out, "| ", Mark(r.level), " | ", Code(r.rule), " | ",
                    place.empty() ? MarkdownText(r.where) : Code(place), " | ", MarkdownText(r.message),
                    r.remedy.empty() ? "" : absl::StrCat(". Remedy: ", MarkdownText(r.remedy)), " |\n");
  }
  return CutTo(std::move(out), kMarkdownBytes);
}

}  // namespace cassplan::report
