// Releases: every step that the desired state asks for must be legal for every node that would take it, else the whole
// change of release is refused, with the way that is legal. A change that is taken back half-way is not refused: nodes
// that went too far are held (guard mixed-version), the others stay as they are.
#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/planner/admit.h"

namespace cassplan::planner {
namespace {

using absl::StrCat;
using absl::string_view;

constexpr char kImage[] = "spec.cassandraImage";
constexpr char kConfig[] = "spec.config";

// Nodes that would take the same step.
struct Step {
  string_view from;
  string_view to;
  std::vector<Id> slots;
};

class Releases {
 public:
  explicit Releases(Model* model) : m_(*model) {}

  void Run() {
    Collect();
    for (const Step& step : steps_) Judge(step);
    for (Id r = 0; r < static_cast<Id>(m_.racks.size()); ++r) JudgeMode(r);
    NoteNoMode();
    NoteOldFiles();
    for (Rack& rack : m_.racks) rack.release_unsure = rack.desired && TemplateDiffers(rack) && ImageMayChange(rack);
  }

 private:
  // A node of which the Pod and gossip name different racks may start with the template of either.
  void Collect() {
    for (size_t s = 0; s < m_.slots.size(); ++s) {
      const Slot& slot = m_.slots[s];
      if (slot.member == kNone) continue;
      AddStep(static_cast<Id>(s), slot.rack);
      const Id told = m_.member(slot.member).rack;
      if (told != kNone && told != slot.rack) AddStep(static_cast<Id>(s), told);
    }
  }

  void AddStep(Id s, Id rack) {
    if (!m_.rack(rack).desired) return;
    const string_view from = RunsIn(m_, m_.slot(s)).line;
    const string_view to = DesiredRuns(m_.rack(rack)).line;
    if (from.empty() || to.empty() || from == to) return;
    auto at = std::find_if(steps_.begin(), steps_.end(), [&](const Step& x) { return x.from == from && x.to == to; });
    if (at == steps_.end()) at = steps_.insert(at, {from, to, {}});
    if (at->slots.empty() || at->slots.back() != s) at->slots.push_back(s);
  }

  static bool ImageMayChange(const Rack& rack) {
    string_view image;
    string_view server;
    for (const auto& [name, value] : rack.sections) {
      if (name == "image") image = value;
      if (name == "server") server = value;
    }
    return image.empty() || image != rack.desired_image || server != rack.desired_server;
  }

  bool AnyRuns(string_view line) const {
    return std::any_of(m_.members.begin(), m_.members.end(),
                       [&](const Member& x) { return x.in_ring && ReleaseLine(x.release) == line; });
  }

  void Judge(const Step& step) {
    if (!KnownLine(step.from) || !KnownLine(step.to)) {
      const string_view strange = KnownLine(step.from) ? step.to : step.from;
      RefuseStep(step, StrCat("and whether it can go to ", step.to, " is not known here"),
                 StrCat("cassplan knows releases 3.0, 3.11, 4.0, 4.1 and 5.0, and not ", strange,
                        ": do it by hand, or put the release back"));
    } else if (Older(step.to, step.from)) {
      JudgeDowngrade(step);
    } else if (!LegalStep(step.from, step.to)) {
      const std::string way = LegalWay(step.from, step.to);
      RefuseStep(step, StrCat("and cannot go at once to ", step.to),
                 way.empty() ? std::string("there is no legal way: make a new cluster and move the data")
                             : StrCat("go by way of ", way,
                                      ": each step on all nodes and with its upgradesstables done "
                                      "before the next"));
    } else if (HasMode(step.to) && !HasMode(step.from)) {
      JudgeFirstMode(step);
    }
  }

  // 5.0 in CASSANDRA_4 goes back to where it came from: 4.1, or 4.0 where some node still runs it.
  void JudgeDowngrade(const Step& step) {
    std::vector<Id> stuck;
    for (const Id s : step.slots) {
      if (!CanGoBack(RunsIn(m_, m_.slot(s)), step.to)) stuck.push_back(s);
    }
    if (stuck.empty() && (step.to == "4.1" || AnyRuns(step.to))) return;
    if (!stuck.empty() && AnyRuns(step.to)) {
      NoteHalfWay(step, stuck);
      return;
    }
    RefuseStep(step, StrCat("and cannot go back to ", step.to),
               StrCat("Cassandra cannot be downgraded past the point of no return: ask for ", step.from,
                      ", or restore a backup into another cluster"));
  }

  void NoteHalfWay(const Step& step, const std::vector<Id>& stuck) {
    Note note;
    note.rule = "mixed-version";
    note.level = Level::kWarning;
    note.message = StrCat("the change back to Cassandra ", step.to,
                          " restores only nodes that have not been upgraded; ", SomeSlots(m_, stuck),
                          stuck.size() == 1 ? " has" : " have", " started on ", step.from, " and cannot go back");
    note.remedy = StrCat("ask for ", step.from, " again and finish the upgrade");
    note.path = kImage;
    note.dc = m_.DcOfSlot(stuck.front());
    m_.notes.push_back(std::move(note));
  }

  void JudgeFirstMode(const Step& step) {
    for (const Id s : step.slots) {
      const Rack& rack = m_.rack(m_.slot(s).rack);
      if (ModeNumber(rack.desired_mode) <= 0 || !TemplateDiffers(rack)) continue;
      RefuseStep(step,
                 StrCat("and cannot go to ", step.to, " in storage_compatibility_mode ", rack.desired_mode,
                        ", since nodes of both releases run meanwhile"),
                 "set CASSANDRA_4, upgrade all nodes, then UPGRADING on all nodes, then NONE");
      return;
    }
  }

  void RefuseStep(const Step& step, const std::string& why, std::string remedy) {
    Refuse(&m_, "mixed-version",
           StrCat(SomeSlots(m_, step.slots), step.slots.size() == 1 ? " runs" : " run", " Cassandra ", step.from, " ",
                  why),
           std::move(remedy), kImage, m_.DcOfSlot(step.slots.front()));
    for (Id r = 0; r < static_cast<Id>(m_.racks.size()); ++r) {
      Rack& rack = m_.racks[static_cast<size_t>(r)];
      if (rack.desired && DesiredRuns(rack).line == step.to && !AllRun(r, step.to)) rack.template_refused = true;
    }
  }

  bool AllRun(Id rack, string_view line) const {
    return std::none_of(m_.slots.begin(), m_.slots.end(), [&](const Slot& slot) {
      if (slot.member == kNone) return false;
      const bool there = slot.rack == rack || m_.member(slot.member).rack == rack;
      return there && RunsIn(m_, slot).line != line;
    });
  }

  // ---- storage_compatibility_mode: CASSANDRA_4, UPGRADING, NONE; each on all nodes before the next, and never back.
  void JudgeMode(Id r) {
    Rack& rack = m_.racks[static_cast<size_t>(r)];
    const Runs to = DesiredRuns(rack);
    if (!rack.desired || rack.template_refused || !HasMode(to.line) || !TemplateDiffers(rack)) return;
    const bool had_none = !HasMode(ReleaseLine(rack.release)) && (!rack.release.empty() || rack.mode.empty());
    if (had_none || rack.mode == to.mode) return;
    const int from = std::max(ModeNumber(rack.mode), 0);  // Cassandra's default is CASSANDRA_4
    const int next = std::max(ModeNumber(to.mode), 0);
    if (!to.mode.empty() && ModeNumber(to.mode) < 0) {
      RefuseMode(r, StrCat(to.mode, " is not known here"), "use CASSANDRA_4, UPGRADING or NONE");
    } else if (next < from) {
      RefuseMode(r, StrCat("it cannot go back from ", rack.mode, " to ", to.mode.empty() ? "CASSANDRA_4" : to.mode),
                 StrCat("put ", rack.mode, " back: nodes may have written files that only 5.0 can read"));
    } else if (next > from + 1) {
      RefuseMode(r, "it cannot go from CASSANDRA_4 to NONE at once", "set UPGRADING on all nodes first, then NONE");
    } else if (next == from + 1) {
      JudgeAllNodes(r, next);
    }
  }

  // UPGRADING: all nodes run the release; NONE: all nodes are in UPGRADING.
  void JudgeAllNodes(Id r, int next) {
    const Runs to = DesiredRuns(m_.rack(r));
    std::vector<Id> others;
    for (const Member& member : m_.members) {
      if (!member.in_ring || member.slot == kNone) continue;
      const Runs runs = RunsIn(m_, m_.slot(member.slot));
      if (runs.line != to.line || (next == 2 && ModeNumber(runs.mode) < 1)) others.push_back(member.slot);
    }
    if (others.empty()) return;
    RefuseMode(r,
               next == 1
                   ? StrCat(SomeSlots(m_, others), others.size() == 1 ? " does" : " do", " not run ", to.line, " yet")
                   : StrCat(SomeSlots(m_, others), " is not known to run in UPGRADING"),
               next == 1 ? StrCat("upgrade all nodes to ", to.line, " in CASSANDRA_4 first")
                         : std::string("set UPGRADING and let all nodes restart first"));
  }

  void RefuseMode(Id r, const std::string& why, std::string remedy) {
    for (const Note& note : m_.notes) {
      if (note.rule == "mixed-version" && note.path == kConfig) {  // said of another rack
        m_.racks[static_cast<size_t>(r)].template_refused = true;
        return;
      }
    }
    Refuse(&m_, "mixed-version", StrCat("storage_compatibility_mode of rack ", m_.RackName(r), ": ", why),
           std::move(remedy), kConfig, m_.rack(r).dc, r);
    m_.racks[static_cast<size_t>(r)].template_refused = true;
  }

  void NoteNoMode() {
    for (const Step& step : steps_) {
      const Rack& rack = m_.rack(m_.slot(step.slots.front()).rack);
      if (rack.template_refused || !HasMode(step.to) || HasMode(step.from) || !DesiredRuns(rack).mode.empty()) continue;
      if (!TemplateDiffers(rack)) continue;
      Note note;
      note.rule = "mixed-version";
      note.level = Level::kWarning;
      note.message = StrCat("storage_compatibility_mode is not set, so the first start on ", step.to,
                            " counts as the point of no return");
      note.remedy =
          "set cassandra-yaml.storage_compatibility_mode: CASSANDRA_4 in the configuration to keep the way back";
      note.path = kConfig;
      m_.notes.push_back(std::move(note));
      return;
    }
  }

  void NoteOldFiles() {
    for (const Step& step : steps_) {
      const Rack& rack = m_.rack(m_.slot(step.slots.front()).rack);
      if (rack.template_refused || !Older(step.from, step.to) || !TemplateDiffers(rack)) continue;
      std::vector<Id> unknown;
      for (const Id s : step.slots) {
        if (!m_.member(m_.slot(s).member).old_sstables.has_value()) unknown.push_back(s);
      }
      if (unknown.empty()) continue;
      Note note;
      note.rule = "mixed-version";
      note.level = Level::kNote;
      note.message =
          StrCat("whether ", SomeSlots(m_, unknown), unknown.size() == 1 ? " keeps" : " keep",
                 " data files from before ", step.from, " is not known, and ", step.to, " may not start on them");
      note.remedy = "where the cluster was upgraded before, run nodetool upgradesstables on every node first";
      note.path = kImage;
      m_.notes.push_back(std::move(note));
      return;
    }
  }

  Model& m_;
  std::vector<Step> steps_;  // by first slot
};

}  // namespace

Runs RunsIn(const Model& model, const Slot& slot) {
  Runs runs;
  if (slot.member != kNone) runs = model.member(slot.member).runs();
  if (runs.line.empty()) runs.line = ReleaseLine(slot.release);
  if (!HasMode(runs.line)) runs.mode = string_view();
  return runs;
}

void AdmitReleases(Model* model) { Releases(model).Run(); }

}  // namespace cassplan::planner
