#include "tests/simulate/judge.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/transcripts/script.h"

namespace cassplan::simulate {

using absl::StrCat;

bool Good(const v1::SimulationResult& r) {
  if (r.verdict() == v1::SIMULATION_VERDICT_CONVERGED) return true;
  bool told = false;
  for (const v1::Finding& f : r.findings()) {
    told |= f.level() == v1::FINDING_LEVEL_ERROR && !f.message().empty() && !f.remedy().empty();
  }
  if (r.verdict() == v1::SIMULATION_VERDICT_REFUSED) return told;
  if (r.verdict() != v1::SIMULATION_VERDICT_BLOCKED) return false;
  for (const v1::Held& held : r.held()) {
    for (const v1::Refusal& by : held.by()) {
      if (by.guard().empty() || by.text().empty() || by.remedy().empty()) return false;
    }
  }
  return told || r.held_size() > 0;
}

v1::SimulationRequest Smaller(v1::SimulationRequest request, const SimulateHooks& hooks) {
  for (int i = request.faults_size() - 1; i >= 0; --i) {
    v1::SimulationRequest less = request;
    less.mutable_faults()->DeleteSubrange(i, 1);
    const auto result = Simulate(less, hooks);
    if (!result.ok() || !Good(*result)) request = less;
  }
  return request;
}

v1::SimulationRequest RequestOf(const Case& c) {
  transcripts::Script script;
  const std::string error = script.Run(c.commands);
  if (!error.empty()) {
    std::cerr << c.name << ": " << error;
    std::abort();
  }
  return script.Request();
}

SimulateHooks HooksOf(const Case& c) {
  SimulateHooks hooks;
  if (!c.without.empty()) hooks.plan = transcripts::PlanWithout(c.without);
  return hooks;
}

std::string Transcript(const Case& c) {
  SimulateHooks hooks = HooksOf(c);
  hooks.brief = true;
  const v1::SimulationRequest request = RequestOf(c);
  const auto result = Simulate(request, hooks);
  if (result.ok() && Good(*result)) return "";
  const v1::SimulationRequest smaller = Smaller(request, hooks);
  std::string text = StrCat("# Not as it may be: ", c.name, "\n");
  for (const std::string& command : c.commands) {
    if (!absl::StartsWith(command, "fault ")) absl::StrAppend(&text, command, "\n");
  }
  for (const std::string& fault : smaller.faults()) absl::StrAppend(&text, "fault ", fault, "\n");
  const std::string with = c.without.empty() ? "" : StrCat(" without=", c.without);
  absl::StrAppend(&text, "run", with, "\n----\n\nhistory", with, "\n----\n\nwhy\n----\n");
  return transcripts::Play(text).text;
}

std::string Fail(const Case& c, const std::string& folder) {
  const std::string text = Transcript(c);
  const std::string path = StrCat(folder.empty() ? "." : folder, "/failed-",
                                  absl::StrReplaceAll(c.name, {{" ", "-"}, {"/", "-"}, {",", ""}, {":", ""}}), ".txt");
  std::ofstream(path) << text;
  std::cout << "FAILED: " << c.name << "\n" << text << "play it again with: play_transcripts " << path << "\n";
  return path;
}

}  // namespace cassplan::simulate
