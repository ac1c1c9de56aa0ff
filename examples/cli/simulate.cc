#include "examples/cli/simulate.h"

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "cassplan/codec.h"
#include "cassplan/simulate.h"
#include "examples/cli/files.h"
#include "examples/cli/input.h"
#include "examples/cli/options.h"
#include "examples/cli/terminal.h"
#include "lib/report/html.h"
#include "lib/report/page.h"

namespace cassplan::cli {
namespace {

using absl::StrCat;
using report::Safe;

constexpr char kFooter[] =
    R"(Examples:
  cassplan simulate --desired cluster.yaml --observed dump/ --seed 7
  cassplan simulate --desired cluster.yaml --observed dump/ --fault 'zone=b at=300s for=20m'
  cassplan simulate --desired cluster.yaml --observed dump/ --what-if 'lose zone b' --report zone-b.html

Exit codes:
  0  the cluster converged and stayed so, and nothing unsafe happened
  1  internal error
  3  invalid input
  4  safe, and not finished: a person must do something first, or the time was too short
  5  refused: a change can never be made safely
  6  something that must never be happened; the seed and the same files show it again)";

struct SimulateOptions {
  PlanOptions plan;
  std::vector<std::string> faults;
  uint64_t seed = 1;
  int random_faults = 0;
  int hours = 72;
  std::string planner = "cassplan";
  std::string what_if;
  std::string format = "text";
  std::string output;
  std::string report;
};

std::string Clock(int64_t s) { return absl::StrFormat("%3d:%02d:%02d", s / 3600, s / 60 % 60, s % 60); }

// Without the room that a column of times has.
std::string Since(int64_t s) { return StrCat(s / 3600, absl::StrFormat(":%02d:%02d", s / 60 % 60, s % 60)); }

std::string Bytes(int64_t bytes) {
  if (bytes >= int64_t{1} << 30) return StrCat(bytes >> 30, " GiB");
  return StrCat(bytes >> 20, " MiB");
}

// What stays open at the end. One reason often holds many actions: it is said once.
std::string Open(const v1::SimulationResult& r) {
  std::string held;
  std::set<std::string> said;
  for (const v1::Held& h : r.held()) {
    for (const v1::Refusal& by : h.by()) {
      if (by.guard() == "predecessor") continue;
      const std::string line = StrCat("  ", Safe(by.guard()), ": ", Safe(by.text()), "\n    ", Safe(by.remedy()), "\n");
      if (said.insert(line).second) held += line;
    }
  }
  std::string refused;
  std::string notes;
  for (const v1::Finding& f : r.findings()) {
    if (f.level() == v1::FINDING_LEVEL_ERROR) {
      absl::StrAppend(&refused, "  ", Safe(f.rule()), ": ", Safe(f.message()), "\n");
      if (!f.remedy().empty()) absl::StrAppend(&refused, "    ", Safe(f.remedy()), "\n");
    } else {
      absl::StrAppend(&notes, "Note: ", Safe(f.message()), "\n");
    }
  }
  return StrCat(refused.empty() ? "" : "\nRefused\n", refused, held.empty() ? "" : "\nHeld at the end\n", held,
                notes.empty() ? "" : "\n", notes);
}

// Hour by hour. What came from the input is made safe piece by piece, so that only our own line ends end a line.
std::string Text(const v1::SimulationResult& r) {
  std::string out;
  absl::StrAppend(&out, Safe(r.cluster()), ": ", report::VerdictWords(r), "\n");
  if (r.planner() == v1::SIMULATED_PLANNER_NAIVE) {
    absl::StrAppend(&out, "Planner: a model of CassKop's documented rules. It is a model, not CassKop.\n");
  }
  absl::StrAppend(&out, "Simulated ", Since(r.seconds()), " with seed ", r.seed(), ": ", r.actions(), " action(s), ",
                  r.faults(), " fault(s), ", Bytes(r.streamed_bytes()), " streamed, ", r.states(),
                  " states checked.\n");
  for (const v1::SimulationViolation& v : r.violations()) {
    absl::StrAppend(&out, "VIOLATION at ", Since(v.at_seconds()), "  ", Safe(v.invariant()), ": ", Safe(v.text()),
                    "\n");
  }
  if (!r.lowest().empty()) absl::StrAppend(&out, "\nLowest replicas up\n");
  for (const v1::SimulationSample& s : r.lowest()) {
    absl::StrAppend(&out, "  ", Safe(s.keyspace()), s.datacenter().empty() ? "" : StrCat(" in ", Safe(s.datacenter())),
                    ": ", s.up(), " of ", s.replication_factor(), " (its level needs ", s.need(), ")",
                    s.up() < s.need() ? StrCat(", at ", Since(s.at_seconds())) : "", "\n");
  }
  std::map<std::string, const v1::SimulationDisk*> end;
  for (const v1::SimulationDisk& d : r.disks()) end[d.slot()] = &d;
  const v1::SimulationDisk* fullest = nullptr;
  for (const auto& [slot, d] : end) {
    if (d->capacity_bytes() <= 0) continue;
    const auto share = [](const v1::SimulationDisk* x) { return x->used_bytes() / (x->capacity_bytes() / 100 + 1); };
    if (fullest == nullptr || share(d) > share(fullest)) fullest = d;
  }
  if (fullest != nullptr) {
    absl::StrAppend(&out, "Fullest disk at the end: ", Safe(fullest->slot()), ", ", Bytes(fullest->used_bytes()),
                    " of ", Bytes(fullest->capacity_bytes()), "\n");
  }
  int64_t hour = -1;
  for (const v1::SimulationEvent& e : r.events()) {
    if (e.at_seconds() / 3600 != hour) {
      hour = e.at_seconds() / 3600;
      absl::StrAppend(&out, "\nHour ", hour + 1, "\n");
    }
    absl::StrAppend(&out, Clock(e.at_seconds()), "  ", Safe(e.kind()),
                    std::string(e.kind().size() < 10 ? 10 - e.kind().size() : 1, ' '), Safe(e.text()), "\n");
  }
  absl::StrAppend(&out, Open(r));
  return out;
}

// 'lose zone b', 'lose node dc1/rack1/0', 'replace node dc1/rack1/0', 'grow 30%'. Returns what is wrong with it.
std::string ReadWhatIf(const std::string& text, v1::SimulationRequest* request) {
  const std::vector<std::string> words = absl::StrSplit(text, ' ', absl::SkipEmpty());
  const std::string known = "write 'lose zone b', 'lose node dc1/rack1/0', 'replace node dc1/rack1/0' or 'grow 30%'";
  if (words.size() == 3 && words[0] == "lose" && words[1] == "zone") {
    request->add_faults(StrCat("zone=", words[2], " at=60s for=1h"));
    return "";
  }
  if (words.size() == 3 && words[0] == "lose" && words[1] == "node") {
    request->add_faults(StrCat("node=", words[2], " at=60s for=1h"));
    return "";
  }
  v1::Desired* desired = request->mutable_start()->mutable_desired();
  if (words.size() == 3 && words[0] == "replace" && words[1] == "node") {
    const std::vector<std::string> place = absl::StrSplit(words[2], '/');
    int ordinal = 0;
    if (place.size() != 3 || !absl::SimpleAtoi(place[2], &ordinal))
      return StrCat("'", words[2], "' is no slot; ", known);
    v1::RequestedOperation* op = desired->add_operations();
    op->set_uid("what-if");
    op->set_kind(v1::ACTION_KIND_REPLACE_NODE);
    op->mutable_target()->set_datacenter(place[0]);
    op->mutable_target()->set_rack(place[1]);
    op->mutable_target()->set_ordinal(ordinal);
    for (const v1::Report& r : request->start().observed().reports()) {
      const v1::Target& t = r.subject();
      if (r.has_node() && t.datacenter() == place[0] && t.rack() == place[1] && t.ordinal() == ordinal) {
        op->mutable_target()->set_host_id(r.node().host_id());
      }
    }
    if (op->target().host_id().empty()) return StrCat("the observation knows no node in ", words[2]);
    request->add_faults(StrCat("node=", words[2], " at=0s for=1d"));
    return "";
  }
  int percent = 0;
  if (words.size() == 2 && words[0] == "grow" && absl::EndsWith(words[1], "%") &&
      absl::SimpleAtoi(words[1].substr(0, words[1].size() - 1), &percent) && percent > 0 && percent <= 1000) {
    for (v1::DesiredDatacenter& dc : *desired->mutable_datacenters()) {
      for (v1::DesiredRack& rack : *dc.mutable_racks()) rack.set_nodes((rack.nodes() * (100 + percent) + 99) / 100);
    }
    return "";
  }
  return StrCat("--what-if '", text, "' is not understood; ", known);
}

int Fail(const std::string& message, int code) {
  std::cerr << "error: " << Safe(message) << "\n";
  return code;
}

int ExitCode(v1::SimulationVerdict verdict) {
  if (verdict == v1::SIMULATION_VERDICT_CONVERGED) return kNothingToDo;
  if (verdict == v1::SIMULATION_VERDICT_REFUSED) return kRefused;
  return verdict == v1::SIMULATION_VERDICT_VIOLATION ? kViolation : kBlocked;
}

int RunSimulate(const SimulateOptions& o) {
  const Input input = ReadInput(o.plan);
  for (const Problem& problem : input.problems) Fail(FormatProblem(problem), kInvalidInput);
  if (!input.problems.empty()) return kInvalidInput;
  v1::SimulationRequest request;
  *request.mutable_start() = input.request;
  request.set_seed(o.seed);
  request.set_random_faults(o.random_faults);
  request.set_limit_seconds(int64_t{o.hours} * 3600);
  if (o.planner == "naive") request.set_planner(v1::SIMULATED_PLANNER_NAIVE);
  for (const std::string& fault : o.faults) request.add_faults(fault);
  if (!o.what_if.empty()) {
    const std::string problem = ReadWhatIf(o.what_if, &request);
    if (!problem.empty()) return Fail(problem, kInvalidInput);
  }
  SimulateHooks hooks;
  const bool live = ErrorsGoToATerminal();
  int64_t shown = -60;
  hooks.event = [&](const v1::SimulationEvent& e) {
    if (!live || e.at_seconds() - shown < 60) return;
    shown = e.at_seconds();
    std::cerr << "\r\033[K" << Clock(e.at_seconds()) << "  " << Safe(e.text()).substr(0, 60) << std::flush;
  };
  const absl::StatusOr<v1::SimulationResult> result = Simulate(request, hooks);
  if (live) std::cerr << "\r\033[K";
  if (!result.ok()) return Fail(std::string(result.status().message()), kInvalidInput);
  const std::string text = o.format == "json" ? WriteJson(*result) : Text(*result);
  absl::Status written = o.report.empty() ? absl::OkStatus() : WriteText(o.report, report::RenderHtml(*result));
  if (written.ok()) written = WriteText(o.output, text);
  if (!written.ok()) return Fail(std::string(written.message()), kInternalError);
  return ExitCode(result->verdict());
}

}  // namespace

std::function<int()> AddSimulateCommand(CLI::App* app) {
  auto o = std::make_shared<SimulateOptions>();
  CLI::App* c = app->add_subcommand(kSimulate, "Play the change on a fake cluster, with faults, in virtual time");
  c->footer(kFooter);
  c->add_option("--desired", o->plan.desired, "The cluster that shall be (YAML or JSON)")->type_name("FILE");
  c->add_option("--observed", o->plan.observed, "The cluster that is: a dump folder, or JSON or YAML")
      ->type_name("DIR|FILE");
  c->add_flag("--new-cluster", o->plan.new_cluster, "State that nothing of the cluster exists yet");
  c->add_option("--policy", o->plan.policy, "A cassplan.v1.Policy")->type_name("FILE");
  c->add_option("--ledger", o->plan.ledger, "The cassplan.v1.Ledger that an executor keeps")->type_name("FILE");
  c->add_option("--request", o->plan.request, "A whole PlanRequest instead of the files above")->type_name("FILE");
  c->add_option("--now", o->plan.now, "When it starts; default: the newest time in the observation")->type_name("TIME");
  c->add_option("--fault", o->faults, "What breaks and when, as 'zone=b at=300s for=10m'; may be given again")
      ->type_name("FAULT");
  c->add_option("--random-faults", o->random_faults, "So many faults drawn from the seed")->check(CLI::Range(0, 1000));
  c->add_option("--seed", o->seed, "One seed, one history")->capture_default_str();
  c->add_option("--hours", o->hours, "Virtual hours at most")->check(CLI::Range(1, 8760))->capture_default_str();
  c->add_option("--what-if", o->what_if, "'lose zone b', 'lose node X', 'replace node X' or 'grow 30%'")
      ->type_name("TEXT");
  c->add_option("--planner", o->planner, "cassplan, or a model of CassKop's rules to compare with")
      ->check(CLI::IsMember({"cassplan", "naive"}))
      ->capture_default_str();
  c->add_option("--format", o->format, "Text for people or JSON for programs")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  c->add_option("--report", o->report, "Also write a picture of it: one HTML page that needs no other file")
      ->type_name("FILE");
  c->add_option("--output,-o", o->output, "Write there instead of standard output")->type_name("FILE");
  return [o] { return RunSimulate(*o); };
}

}  // namespace cassplan::cli
