#include "tests/transcripts/script.h"

#include <google/protobuf/text_format.h>

#include <cstdint>
#include <map>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "lib/planner/guards/guard.h"
#include "lib/planner/pipeline.h"

namespace cassplan::transcripts {
namespace {

using absl::StrCat;

// "nodes=2" as its two halves.
std::pair<std::string, std::string> Halves(const std::string& word) {
  const size_t at = word.find('=');
  if (at == std::string::npos) return {word, ""};
  return {word.substr(0, at), word.substr(at + 1)};
}

bool Number(const std::string& text, int64_t* out) {
  std::string digits = text;
  int64_t unit = 1;
  if (!digits.empty() && std::string("smhd").find(digits.back()) != std::string::npos) {
    unit = std::map<char, int64_t>{{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}}[digits.back()];
    digits.pop_back();
  }
  if (!absl::SimpleAtoi(digits, out)) return false;
  *out *= unit;
  return true;
}

std::string Lower(std::string name) {
  for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return name;
}

// What was done, without times and reasons: what a reader compares.
std::string Told(const v1::SimulationResult& r) {
  std::string out = StrCat(
      Lower(v1::SimulationVerdict_Name(r.verdict()).substr(sizeof("SIMULATION_VERDICT_") - 1)),
      r.converged_at_seconds() > 0 ? "" : StrCat(" (", Lower(v1::Outcome_Name(r.outcome()).substr(8)), ")"), "\n");
  std::vector<std::string> order;
  std::map<std::string, std::vector<std::string>> started;
  for (const v1::SimulationEvent& e : r.events()) {
    if (e.kind() != "start") continue;
    std::string what = e.text().substr(0, e.text().find(": "));
    what = what.substr(0, what.find(", attempt"));
    const size_t space = what.find(' ');
    const std::string kind = what.substr(0, space);
    if (!started.count(kind)) order.push_back(kind);
    started[kind].push_back(space == std::string::npos ? "" : what.substr(space + 1));
  }
  for (const std::string& kind : order) absl::StrAppend(&out, kind, ": ", absl::StrJoin(started[kind], " "), "\n");
  for (const v1::SimulationViolation& v : r.violations())
    absl::StrAppend(&out, "violation ", v.invariant(), ": ", v.text(), "\n");
  for (const v1::Held& h : r.held()) {
    std::set<std::string> by;
    for (const v1::Refusal& refusal : h.by()) by.insert(refusal.guard());
    absl::StrAppend(&out, "held: ", testing::Name(h), " by ", absl::StrJoin(by, ", "), "\n");
  }
  std::set<std::string> rules;
  for (const v1::Finding& f : r.findings()) {
    if (f.level() == v1::FINDING_LEVEL_ERROR) rules.insert(f.rule());
  }
  for (const std::string& rule : rules) absl::StrAppend(&out, "error: ", rule, "\n");
  for (const v1::SimulationSample& s : r.lowest()) {
    absl::StrAppend(&out, "fewest up of ", s.keyspace(), s.datacenter().empty() ? "" : StrCat(" in ", s.datacenter()),
                    ": ", s.up(), " of ", s.replication_factor(), "\n");
  }
  return out;
}

std::string History(const v1::SimulationResult& r, bool whole) {
  std::string out;
  for (const v1::SimulationEvent& e : r.events()) {
    if (whole) {
      absl::StrAppend(&out, e.at_seconds(), " ", e.kind(), " ", e.text(), "\n");
      continue;
    }
    if (e.kind() == "withdrawn" || e.kind() == "cluster") continue;
    absl::StrAppend(&out, e.at_seconds(), " ", e.kind(), " ", e.text().substr(0, e.text().find(": ")), "\n");
  }
  return out;
}

}  // namespace

std::string Script::Run(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) {
    if (line.empty() || line[0] == '#') continue;
    out += Do(line);
  }
  return out;
}

std::string Script::Node(const std::vector<std::string>& words) {
  if (words.size() < 3 || !cluster_.nodes().count(words[1]))
    return StrCat("no node is called so: ", words.size() > 1 ? words[1] : "", "\n");
  testing::Node& n = cluster_.node(words[1]);
  for (size_t i = 2; i < words.size(); ++i) {
    const auto [key, value] = Halves(words[i]);
    int64_t number = 0;
    const bool numeric = Number(value, &number);
    const bool yes = value == "yes";
    v1::NodeMode mode = v1::NODE_MODE_UNSPECIFIED;
    if (key == "up")
      n.up = yes;
    else if (key == "slot")
      n.slot_present = yes;
    else if (key == "answers")
      n.answers = yes;
    else if (key == "in-views")
      n.in_views = yes;
    else if (key == "failed")
      n.failed = yes;
    else if (key == "owes-cleanup")
      n.owes_cleanup = yes;
    else if (key == "volume-left")
      n.volume_left = yes;
    else if (key == "volume-gone")
      n.volume_gone = yes;
    else if (key == "pending")
      n.pending = yes;
    else if (key == "fenced")
      n.fenced = yes;
    else if (key == "revision")
      n.revision = value;
    else if (key == "release")
      n.release = value;
    else if (key == "schema")
      n.schema_version = value;
    else if (key == "waiting")
      n.waiting_reason = value;
    else if (key == "down-for" && numeric)
      n.down_for = number;
    else if (key == "load-gib" && numeric)
      n.load = number << 30;
    else if (key == "leaving")
      n.movement = yes ? v1::PEER_MOVEMENT_LEAVING : v1::PEER_MOVEMENT_UNSPECIFIED;
    else if (key == "left")
      n.movement = yes ? v1::PEER_MOVEMENT_LEFT : v1::PEER_MOVEMENT_UNSPECIFIED;
    else if (key == "mode" && v1::NodeMode_Parse(StrCat("NODE_MODE_", value), &mode))
      n.mode = mode;
    else
      return StrCat("cannot be read: ", words[i], "\n");
  }
  return "";
}

// What is desired: nodes=2 racks=3 dcs=1 together, dc1/r1=2 one rack, revision=, release=, restart=, volume-gib=.
std::string Script::Change(const std::vector<std::string>& words, size_t from, testing::Cluster* cluster) {
  std::map<std::string, int64_t> shape = {{"nodes", -1}, {"racks", 3}, {"dcs", 1}};
  for (size_t i = from; i < words.size(); ++i) {
    const auto [key, value] = Halves(words[i]);
    int64_t number = 0;
    const bool numeric = Number(value, &number);
    const std::vector<std::string> rack = absl::StrSplit(key, '/');
    if (shape.count(key) && numeric)
      shape[key] = number;
    else if (rack.size() == 2 && value == "gone")
      cluster->desired[rack[0]].erase(rack[1]);
    else if (value == "gone")
      cluster->desired.erase(key);
    else if (rack.size() == 2 && numeric)
      cluster->desired[rack[0]][rack[1]] = static_cast<int>(number);
    else if (key == "revision")
      cluster->revision = value;
    else if (key == "release")
      cluster->release = value;
    else if (key == "restart")
      cluster->restart_token = value;
    else if (key == "volume-gib" && numeric)
      cluster->volume_bytes = number << 30;
    else
      return StrCat("cannot be read: ", words[i], "\n");
  }
  if (shape["nodes"] >= 0)
    cluster->desired = testing::Even(static_cast<int>(shape["nodes"]), static_cast<int>(shape["racks"]),
                                     static_cast<int>(shape["dcs"]));
  return "";
}

std::string Script::Do(const std::string& line) {
  const std::vector<std::string> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
  const std::string& what = words[0];
  const std::string rest = line.size() > what.size() ? line.substr(what.size() + 1) : "";
  int64_t number = 0;
  if (what == "cluster") {
    *this = Script();
    testing::Cluster shape{testing::Even(1)};
    const std::string error = Change(words, 1, &shape);
    cluster_ = testing::Cluster(shape.desired);
    return error;
  }
  if (what == "node") return Node(words);
  if (what == "remove-node" && words.size() == 2) return cluster_.RemoveNode(words[1]), "";
  if (what == "desired") return Change(words, 1, &cluster_);
  if (what == "stored" && words.size() == 3) {  // stored dc1/r1 revision=B nodes=1
    const std::vector<std::string> rack = absl::StrSplit(words[1], '/');
    const auto [key, value] = Halves(words[2]);
    if (rack.size() != 2) return StrCat("cannot be read: ", words[1], "\n");
    if (key == "revision") return cluster_.templates[{rack[0], rack[1]}] = value, "";
    if (key == "nodes" && Number(value, &number))
      return cluster_.replicas[{rack[0], rack[1]}] = static_cast<int>(number), "";
  }
  if (what == "keyspace" && words.size() >= 3) {
    testing::ReplicationOf k;
    k.name = words[1];
    for (size_t i = 2; i < words.size(); ++i) {
      const auto [key, value] = Halves(words[i]);
      if (!Number(value, &number)) return StrCat("cannot be read: ", words[i], "\n");
      (key == "simple" ? k.simple : k.datacenters[key]) = static_cast<int>(number);
    }
    for (testing::ReplicationOf& known : cluster_.keyspaces) {
      if (known.name == k.name) return known = k, "";
    }
    return cluster_.keyspaces.push_back(k), "";
  }
  if (what == "policy")
    return google::protobuf::TextFormat::MergeFromString(rest, &cluster_.policy)
               ? ""
               : StrCat("cannot be read: ", rest, "\n");
  if (what == "expandable") return cluster_.expandable = true, "";
  if (what == "replace" && words.size() == 2) return cluster_.replace[words[1]] = cluster_.node(words[1]).host_id, "";
  if (what == "fault") return faults_.push_back(rest), "";
  if (what == "edit" && words.size() >= 3 && Number(words[1], &number)) {
    testing::Cluster edited = edits_.empty() ? cluster_ : edits_.back().cluster;
    const std::string error = Change(words, 2, &edited);
    edits_.push_back({number, edited});
    return error;
  }
  if (what == "seed" && words.size() == 2 && Number(words[1], &number))
    return seed_ = static_cast<uint64_t>(number), "";
  if (what == "limit" && words.size() == 2 && Number(words[1], &number)) return limit_ = number, "";
  if (what == "why") return Why();
  if (what == "run" || what == "history" || what == "story") return Play(words);
  return StrCat("no such command: ", line, "\n");
}

v1::SimulationRequest Script::Request() const {
  v1::SimulationRequest request;
  *request.mutable_start() = cluster_.Build();
  request.set_seed(seed_);
  request.set_limit_seconds(limit_);
  for (const std::string& fault : faults_) request.add_faults(fault);
  for (const Edit& edit : edits_) {
    v1::DesiredEdit* out = request.add_edits();
    out->set_at_seconds(edit.at);
    *out->mutable_desired() = edit.cluster.Build().desired();
  }
  return request;
}

// What holds the actions that the last run left, and what would release them.
std::string Script::Why() const {
  std::string out;
  for (const v1::Held& h : result_.held()) {
    for (const v1::Refusal& by : h.by())
      absl::StrAppend(&out, testing::Name(h), ": ", by.guard(), ": ", by.text(), "; remedy: ", by.remedy(), "\n");
  }
  return out;
}

PlanFunction PlanWithout(const std::string& guard) {
  planner::ScheduleOptions options;
  options.without_guards = uint64_t{1} << planner::GuardNumber(guard);
  return [options](const v1::PlanRequest& r) -> absl::StatusOr<v1::PlanResponse> {
    absl::StatusOr<v1::PlanResponse> response = planner::RunPipeline(r, options, nullptr);
    if (!response.ok()) return response;
    for (v1::Action& a : *response->mutable_plan()->mutable_actions()) a.clear_preconditions();
    return response;
  };
}

// run [planner=naive] [without=quorum]
std::string Script::Play(const std::vector<std::string>& words) {
  v1::SimulationRequest request = Request();
  SimulateHooks hooks;
  for (size_t i = 1; i < words.size(); ++i) {
    const auto [key, value] = Halves(words[i]);
    if (key == "planner" && value == "naive") {
      request.set_planner(v1::SIMULATED_PLANNER_NAIVE);
    } else if (key == "without" && planner::GuardNumber(value) >= 0) {
      hooks.plan = PlanWithout(value);
    } else {
      return StrCat("cannot be read: ", words[i], "\n");
    }
  }
  const auto result = Simulate(request, hooks);
  if (!result.ok()) return StrCat(std::string(result.status().message()), "\n");
  result_ = *result;
  return words[0] == "run" ? Told(result_) : History(result_, words[0] == "story");
}

Played Play(const std::string& text) {
  Played out;
  Script script;
  std::vector<std::string> commands;
  bool answer = false;
  const std::vector<std::string> lines = absl::StrSplit(text, '\n');
  for (size_t i = 0; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    if (answer) {
      if (line.empty()) {
        answer = false;
        if (i + 1 < lines.size()) out.text += "\n";
      }
      continue;
    }
    if (line == "----") {
      out.text += "----\n";
      out.text += script.Run(commands);
      const std::string last = commands.empty() ? "" : commands.back();
      if (last == "run" || last == "history") out.runs.push_back(script.result());
      commands.clear();
      answer = true;
      continue;
    }
    commands.push_back(line);
    if (i + 1 < lines.size()) out.text += line + "\n";
  }
  return out;
}

}  // namespace cassplan::transcripts
