#include "lib/report/html.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "lib/report/html_parts.h"
#include "lib/report/json_tree.h"
#include "lib/report/page.h"
#include "lib/report/words.h"

namespace cassplan::report {
namespace {

using absl::StrCat;
using absl::string_view;

constexpr int kMaxEvents = 5000;
constexpr size_t kMaxPoints = 200;  // of one line

struct Facts {
  std::string title;
  std::string verdict;
  std::string mood;  // good, wait, bad
  std::vector<std::pair<std::string, std::string>> numbers;
};

struct Picture {
  int64_t seconds = 0;
  std::string lines_note;
  JsonTree slots = JsonTree::List();
  JsonTree bars = JsonTree::List();
  JsonTree faults = JsonTree::List();
  JsonTree lines = JsonTree::List();
  JsonTree disks = JsonTree::List();
  JsonTree violations = JsonTree::List();
  JsonTree held = JsonTree::List();
  JsonTree findings = JsonTree::List();
  JsonTree events = JsonTree::List();
};

std::string Clock(int64_t s) { return StrCat(s / 3600, absl::StrFormat(":%02d:%02d", s / 60 % 60, s % 60)); }

// JSON inside a script element: nothing in it may end the element.
std::string ScriptJson(const JsonTree& tree) {
  return absl::StrReplaceAll(
      tree.Write(),
      {{"<", "\\u003c"}, {">", "\\u003e"}, {"&", "\\u0026"}, {"\xE2\x80\xA8", "\\u2028"}, {"\xE2\x80\xA9", "\\u2029"}});
}

std::string Document(const Facts& facts, Picture picture) {
  std::string out =
      StrCat("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; ",
             "script-src 'unsafe-inline'\">\n<title>", HtmlText(facts.title), "</title>\n<style>", kHtmlStyle,
             "</style>\n", "</head>\n<body>\n<main>\n<h1>", HtmlText(facts.title), "</h1>\n<p class=\"verdict ",
             facts.mood, "\">", HtmlText(facts.verdict), "</p>\n<dl>\n");
  for (const auto& [name, value] : facts.numbers) {
    absl::StrAppend(&out, "<div><dt>", HtmlText(name), "</dt><dd>", HtmlText(value), "</dd></div>\n");
  }
  JsonTree data = JsonTree::Object();
  data.Set("seconds", JsonTree::Number(picture.seconds));
  data.Set("lines_note", picture.lines_note);
  data.Set("slots", std::move(picture.slots));
  data.Set("bars", std::move(picture.bars));
  data.Set("faults", std::move(picture.faults));
  data.Set("lines", std::move(picture.lines));
  data.Set("disks", std::move(picture.disks));
  data.Set("violations", std::move(picture.violations));
  data.Set("held", std::move(picture.held));
  data.Set("findings", std::move(picture.findings));
  data.Set("events", std::move(picture.events));
  absl::StrAppend(&out, "</dl>\n<noscript><p>The pictures need JavaScript; nothing is loaded from anywhere.</p>",
                  "</noscript>\n</main>\n<script type=\"application/json\" id=\"data\">\n", ScriptJson(data),
                  "</script>\n<script>", kHtmlScript, "</script>\n</body>\n</html>\n");
  return out;
}

// Which colour a kind has.
string_view GroupOf(string_view kind) {
  static const std::map<string_view, string_view> groups = {{"down", "down"},
                                                            {"drain", "restart"},
                                                            {"restart_node", "restart"},
                                                            {"start_node", "join"},
                                                            {"replace_node", "join"},
                                                            {"grant_start", "join"},
                                                            {"decommission", "leave"},
                                                            {"remove_node", "leave"},
                                                            {"assassinate", "leave"},
                                                            {"shrink_rack", "leave"},
                                                            {"delete_volume", "leave"},
                                                            {"quarantine_volume", "leave"},
                                                            {"delete_rack", "leave"},
                                                            {"create_rack", "object"},
                                                            {"update_rack", "object"},
                                                            {"recreate_rack", "object"},
                                                            {"set_seeds", "object"},
                                                            {"create_cluster_objects", "object"},
                                                            {"update_cluster_objects", "object"}};
  const auto found = groups.find(kind);
  return found == groups.end() ? "work" : found->second;
}

JsonTree Bar(const std::string& slot, const std::string& kind, int64_t from, int64_t to, const std::string& text) {
  JsonTree bar = JsonTree::Object();
  bar.Set("slot", Safe(slot));
  bar.Set("kind", Safe(kind));
  bar.Set("group", GroupOf(kind));
  bar.Set("from", JsonTree::Number(from));
  bar.Set("to", JsonTree::Number(std::max(from, to)));
  bar.Set("text", Safe(text));
  return bar;
}

JsonTree Item(const std::string& text, const std::string& more) {
  JsonTree item = JsonTree::Object();
  item.Set("text", Safe(text));
  item.Set("more", Safe(more));
  return item;
}

JsonTree EventLine(int64_t at, const std::string& kind, const std::string& text) {
  JsonTree line = JsonTree::Object();
  line.Set("at", JsonTree::Number(at));
  line.Set("kind", Safe(kind));
  line.Set("text", Safe(text));
  return line;
}

struct Point {
  int64_t at;
  int64_t value;
};

// "0,3;120,2": one text, as pages of big clusters have many points. Of too many, some are left out; the last stays.
std::string Points(const std::vector<Point>& points, bool steps) {
  std::vector<Point> kept;
  for (size_t i = 0; i < points.size(); ++i) {
    const bool same = !kept.empty() && kept.back().value == points[i].value;
    const bool turns = i + 1 < points.size() && points[i + 1].value != points[i].value && !steps;
    if (!same || turns || (i + 1 == points.size() && !steps)) kept.push_back(points[i]);
  }
  const size_t stride = steps ? 1 : kept.size() / kMaxPoints + 1;
  std::string out;
  for (size_t i = 0; i < kept.size(); ++i) {
    if (i % stride != 0 && i + 1 != kept.size()) continue;
    absl::StrAppend(&out, out.empty() ? "" : ";", kept[i].at, ",", kept[i].value);
  }
  return out;
}

JsonTree Line(const std::string& keyspace, const std::string& datacenter, int32_t factor, int32_t need,
              const std::vector<Point>& points) {
  JsonTree line = JsonTree::Object();
  line.Set("name", Safe(StrCat(keyspace, datacenter.empty() ? "" : StrCat(" in ", datacenter))));
  line.Set("factor", JsonTree::Number(factor));
  line.Set("need", JsonTree::Number(need));
  line.Set("points", Points(points, true));
  return line;
}

// What is held, each reason once.
JsonTree HeldItems(const google::protobuf::RepeatedPtrField<v1::Held>& held) {
  JsonTree items = JsonTree::List();
  std::set<std::string> said;
  for (const v1::Held& h : held) {
    for (const v1::Refusal& by : h.by()) {
      if (by.guard() == "predecessor" || !said.insert(StrCat(by.guard(), by.text(), by.remedy())).second) continue;
      items.Add(Item(StrCat(PhraseOf(h.kind(), h.target()), ": ", by.text(), " (", by.guard(), ")"), by.remedy()));
    }
  }
  return items;
}

JsonTree FindingItems(const google::protobuf::RepeatedPtrField<v1::Finding>& findings) {
  JsonTree items = JsonTree::List();
  for (const v1::Finding& f : findings) items.Add(Item(StrCat(MessageOf(f), " (", f.rule(), ")"), f.remedy()));
  return items;
}

std::string Mood(v1::SimulationVerdict verdict) {
  if (verdict == v1::SIMULATION_VERDICT_CONVERGED) return "good";
  return verdict == v1::SIMULATION_VERDICT_VIOLATION ? "bad" : "wait";
}

void ReplicaLines(const v1::SimulationResult& result, Picture* picture) {
  std::map<std::pair<std::string, std::string>, std::vector<const v1::SimulationSample*>> lines;
  for (const v1::SimulationSample& s : result.samples()) lines[{s.keyspace(), s.datacenter()}].push_back(&s);
  for (const auto& [key, samples] : lines) {
    std::vector<Point> points;
    for (const v1::SimulationSample* s : samples) points.push_back({s->at_seconds(), s->up()});
    picture->lines.Add(
        Line(key.first, key.second, samples.back()->replication_factor(), samples.back()->need(), points));
  }
  picture->lines_note =
      "The fewest replicas that any token range has up, over time; the dashed line is what the strictest level needs.";
}

void DiskLines(const v1::SimulationResult& result, Picture* picture) {
  std::map<std::string, std::vector<Point>> disks;
  for (const v1::SimulationDisk& d : result.disks()) {
    if (d.capacity_bytes() <= 0) continue;
    // Divided first: bytes times a hundred may not fit.
    const int64_t percent = d.used_bytes() / std::max<int64_t>(d.capacity_bytes() / 100, 1);
    disks[d.slot()].push_back({d.at_seconds(), percent});
  }
  for (const auto& [slot, points] : disks) {
    JsonTree disk = JsonTree::Object();
    disk.Set("slot", Safe(slot));
    disk.Set("points", Points(points, false));
    picture->disks.Add(std::move(disk));
  }
}

// What a level of the policy needs of one datacenter; 0 where it is not a matter of one.
int32_t NeedOf(const v1::Policy& policy, const v1::Impact& impact) {
  const auto* levels = &policy.levels();
  for (const v1::KeyspacePolicy& own : policy.keyspaces()) {
    if (own.name() == impact.keyspace() && !own.levels().empty()) levels = &own.levels();
  }
  const int32_t factor = impact.replication_factor();
  if (levels->empty()) return factor / 2 + 1;
  int32_t need = 0;
  for (const int level : *levels) {
    if (level == v1::CONSISTENCY_LEVEL_LOCAL_QUORUM || level == v1::CONSISTENCY_LEVEL_LOCAL_SERIAL ||
        level == v1::CONSISTENCY_LEVEL_EACH_QUORUM) {
      need = std::max(need, factor / 2 + 1);
    } else if (level == v1::CONSISTENCY_LEVEL_ONE || level == v1::CONSISTENCY_LEVEL_LOCAL_ONE) {
      need = std::max(need, 1);
    } else if (level == v1::CONSISTENCY_LEVEL_ALL) {
      need = std::max(need, factor);
    }
  }
  return std::min(need, factor);
}

void PlannedReplicas(const v1::PlanRequest& request, const v1::PlanResponse& response, Picture* picture) {
  int64_t from = INT64_MAX;
  int64_t to = 0;
  for (const v1::Action& a : response.plan().actions()) {
    if (a.disrupts() == 0) continue;
    from = std::min(from, a.forecast_start_seconds());
    to = std::max(to, a.forecast_finish_seconds());
  }
  for (const v1::Impact& i : response.impact()) {
    std::vector<Point> points = {{0, i.replication_factor()}};
    if (from > to) points[0].value = i.lowest_replicas_up();
    if (from <= to) {
      if (from == 0) points.clear();
      points.push_back({from, i.lowest_replicas_up()});
      points.push_back({to, i.replication_factor()});
    }
    picture->lines.Add(Line(i.keyspace(), i.datacenter(), i.replication_factor(), NeedOf(request.policy(), i), points));
  }
  picture->lines_note =
      "The fewest replicas that any token range has up while nodes are away, whatever the actions take; the dashed "
      "line "
      "is what the strictest level needs. Times are forecasts and decide nothing.";
}

void PlannedBars(const v1::PlanResponse& response, Picture* picture) {
  std::set<std::string> slots;
  const auto add = [&](const v1::Target& t) {
    if (t.has_ordinal()) slots.insert(TargetName(t));
  };
  for (const v1::Action& a : response.plan().actions()) {
    add(a.target());
    std::string where = a.target().datacenter();
    if (!a.target().rack().empty()) absl::StrAppend(&where, "/", a.target().rack());
    if (a.target().has_ordinal()) where = TargetName(a.target());
    picture->bars.Add(
        Bar(where, KindName(a.kind()), a.forecast_start_seconds(), a.forecast_finish_seconds(), a.reason().text()));
    picture->seconds = std::max(picture->seconds, a.forecast_finish_seconds());
  }
  for (const v1::Held& h : response.held()) add(h.target());
  for (const std::string& slot : slots) picture->slots.Add(JsonTree::Text(Safe(slot)));
}

}  // namespace

std::string HtmlText(string_view text) {
  return absl::StrReplaceAll(Safe(text),
                             {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

std::string VerdictWords(const v1::SimulationResult& r) {
  switch (r.verdict()) {
    case v1::SIMULATION_VERDICT_CONVERGED:
      return StrCat("converged after ", Clock(r.converged_at_seconds()), ", and nothing unsafe happened");
    case v1::SIMULATION_VERDICT_BLOCKED:
      return "safe, and a person must do something first";
    case v1::SIMULATION_VERDICT_REFUSED:
      return "safe, and refused";
    case v1::SIMULATION_VERDICT_VIOLATION:
      return "NOT SAFE: something that must never be happened";
    default:
      return "safe, but it did not come to its end in this time";
  }
}

std::string RenderHtml(const v1::SimulationResult& r) {
  Facts facts;
  facts.title = StrCat("Simulation of ", r.cluster());
  facts.verdict = VerdictWords(r);
  facts.mood = Mood(r.verdict());
  if (r.planner() == v1::SIMULATED_PLANNER_NAIVE) facts.numbers.emplace_back("Planner", "a model of CassKop's rules");
  facts.numbers.emplace_back("Simulated time", Clock(r.seconds()));
  facts.numbers.emplace_back("Seed", StrCat(r.seed()));
  facts.numbers.emplace_back("Actions started", StrCat(r.actions()));
  facts.numbers.emplace_back("Faults", StrCat(r.faults()));
  facts.numbers.emplace_back("Streamed", Bytes(r.streamed_bytes()));
  facts.numbers.emplace_back("States checked", StrCat(r.states()));
  Picture picture;
  picture.seconds = r.seconds();
  std::set<std::string> slots;
  for (const v1::SimulationDisk& d : r.disks()) slots.insert(d.slot());
  for (const std::string& slot : slots) picture.slots.Add(JsonTree::Text(Safe(slot)));
  for (const v1::SimulationBar& b : r.bars()) {
    picture.bars.Add(Bar(b.slot(), b.kind(), b.from_seconds(), b.to_seconds(), b.reason()));
  }
  int shown = 0;
  for (const v1::SimulationEvent& e : r.events()) {
    if (e.kind() == "fault") picture.faults.Add(EventLine(e.at_seconds(), e.kind(), e.text()));
    if (++shown == kMaxEvents) {
      picture.events.Add(EventLine(e.at_seconds(), "", StrCat("and ", r.events_size() - shown, " more")));
    } else if (shown < kMaxEvents) {
      picture.events.Add(EventLine(e.at_seconds(), e.kind(), e.text()));
    }
  }
  ReplicaLines(r, &picture);
  DiskLines(r, &picture);
  for (const v1::SimulationViolation& v : r.violations()) {
    picture.violations.Add(Item(StrCat(Clock(v.at_seconds()), "  ", v.invariant(), ": ", v.text()), ""));
  }
  picture.held = HeldItems(r.held());
  picture.findings = FindingItems(r.findings());
  return Document(facts, std::move(picture));
}

std::string RenderHtml(const v1::PlanRequest& request, const v1::PlanResponse& response) {
  Facts facts;
  facts.title = StrCat("Plan for ", request.desired().cluster());
  facts.verdict = StrCat(OutcomeWords(response.outcome()), response.summary().empty() ? "" : ": ", response.summary());
  facts.mood = response.outcome() == v1::OUTCOME_BLOCKED || response.outcome() == v1::OUTCOME_REFUSED ? "wait" : "good";
  Picture picture;
  PlannedBars(response, &picture);
  int irreversible = 0;
  for (const v1::Action& a : response.plan().actions()) {
    irreversible += a.reversibility() == v1::REVERSIBILITY_IRREVERSIBLE ? 1 : 0;
    JsonTree line = EventLine(a.forecast_start_seconds(), a.ready() ? "ready" : "",
                              StrCat(ActionPhrase(a), ": ", a.reason().text()));
    picture.events.Add(std::move(line));
  }
  facts.numbers.emplace_back("Actions", StrCat(response.plan().actions_size()));
  facts.numbers.emplace_back("Cannot be undone", StrCat(irreversible));
  facts.numbers.emplace_back("Held", StrCat(response.held_size()));
  facts.numbers.emplace_back("Forecast", Duration(picture.seconds));
  PlannedReplicas(request, response, &picture);
  picture.held = HeldItems(response.held());
  picture.findings = FindingItems(response.findings());
  return Document(facts, std::move(picture));
}

}  // namespace cassplan::report
