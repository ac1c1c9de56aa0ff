// A model of how CassKop acts, after its documented rules and what was seen of it: racks in the order of the list, one
// at a time; the whole template with its number of nodes is written at once; nodes restart from the highest ordinal
// down as soon as the workload calls the one before ready; nobody looks at ranges. It is a model to compare with, not
// CassKop.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cassplan/simulate.h"
#include "lib/base/fingerprint.h"

namespace cassplan {
namespace {

class Naive {
 public:
  explicit Naive(const v1::PlanRequest& request) : request_(request) {}

  v1::PlanResponse Run() {
    *out_.mutable_ledger() = request_.ledger();
    out_.mutable_ledger()->clear_started();
    for (const v1::Report& report : request_.observed().reports()) Read(report);
    for (const v1::StartedAction& s : request_.ledger().started()) {
      if (!Done(s)) *out_.mutable_ledger()->add_started() = s;
    }
    bool quiet = true;
    for (const v1::StartedAction& s : out_.ledger().started()) {
      // Only its own rack waits for a node that leaves: another template goes out elsewhere meanwhile.
      if (s.kind() == v1::ACTION_KIND_DECOMMISSION) {
        leaving_.insert(Key(s.target()));
      } else {
        quiet = false;
      }
    }
    for (const v1::DesiredDatacenter& dc : request_.desired().datacenters()) {
      for (const v1::DesiredRack& rack : dc.racks()) {
        if (quiet) quiet = !RackPass(dc.name(), rack);
      }
    }
    const bool busy = out_.ledger().started_size() > 0;
    out_.set_outcome(out_.plan().actions_size() > 0 ? v1::OUTCOME_PLANNED
                     : busy || waits_               ? v1::OUTCOME_IN_PROGRESS
                                                    : v1::OUTCOME_CONVERGED);
    out_.set_summary("a model of CassKop's rules");
    const bool same = out_.ledger().started_size() == request_.ledger().started_size();
    out_.mutable_ledger()->set_version(request_.ledger().version() + (same ? 0 : 1));
    return std::move(out_);
  }

 private:
  struct SlotSeen {
    v1::SlotFacts facts;
    std::string uid;
    v1::NodeFacts node;
  };
  struct RackSeen {
    const v1::RackFacts* facts = nullptr;
    std::map<int, SlotSeen> slots;
  };

  static std::string Key(const v1::Target& t) { return absl::StrCat(t.datacenter(), "/", t.rack()); }

  void Read(const v1::Report& report) {
    if (report.status() != v1::REPORT_STATUS_OK) return;
    const v1::Target& about = report.subject();
    if (report.has_rack()) racks_[Key(about)].facts = &report.rack();
    if (report.has_slot() && report.slot().present()) {
      SlotSeen& slot = racks_[Key(about)].slots[about.ordinal()];
      slot.facts = report.slot();
      slot.uid = about.uid();
    }
    if (report.has_node()) racks_[Key(about)].slots[about.ordinal()].node = report.node();
  }

  bool Done(const v1::StartedAction& s) {
    const RackSeen& rack = racks_[Key(s.target())];
    const auto slot = rack.slots.find(s.target().ordinal());
    const bool there = slot != rack.slots.end() && slot->second.facts.present();
    if (request_.now_seconds() - s.started_at_seconds() > 900) return true;  // it forgets
    switch (s.kind()) {
      case v1::ACTION_KIND_RESTART_NODE:
        return there && slot->second.uid != s.target().uid() && slot->second.facts.ready();
      case v1::ACTION_KIND_START_NODE:
        return there && slot->second.facts.ready();
      case v1::ACTION_KIND_SHRINK_RACK:
        return !there;
      case v1::ACTION_KIND_DECOMMISSION:
        return !there || slot->second.node.mode() == v1::NODE_MODE_DECOMMISSIONED;
      default:
        return s.state() == v1::STARTED_STATE_SUCCEEDED || s.state() == v1::STARTED_STATE_FAILED;
    }
  }

  void Add(v1::ActionKind kind, const std::string& dc, const std::string& rack, int ordinal, const std::string& goal,
           const std::string& why) {
    v1::Action* a = out_.mutable_plan()->add_actions();
    a->set_kind(kind);
    a->mutable_target()->set_datacenter(dc);
    a->mutable_target()->set_rack(rack);
    if (ordinal >= 0) {
      a->mutable_target()->set_ordinal(ordinal);
      const SlotSeen& slot = racks_[absl::StrCat(dc, "/", rack)].slots[ordinal];
      a->mutable_target()->set_uid(slot.uid);
      a->mutable_target()->set_host_id(slot.node.host_id());
    }
    a->set_ready(true);
    a->set_force(true);
    a->set_attempt(1);
    a->set_timeout_seconds(3600);
    a->mutable_reason()->set_text(why);
    a->set_id(
        base::FingerprintOf(absl::StrCat(kind, dc, "/", rack, "/", ordinal, "#", goal, "#", a->target().uid()), 16));
  }

  // True when it did something: then the pass ends.
  bool RackPass(const std::string& dc, const v1::DesiredRack& wanted) {
    if (leaving_.count(absl::StrCat(dc, "/", wanted.name()))) return false;
    const RackSeen& seen = racks_[absl::StrCat(dc, "/", wanted.name())];
    const std::string& revision = wanted.template_().revision();
    if (seen.facts == nullptr || !seen.facts->present()) {
      Add(v1::ACTION_KIND_CREATE_RACK, dc, wanted.name(), -1, revision, "the StatefulSet is missing");
      return true;
    }
    const int nodes = seen.facts->nodes();
    for (const auto& [ordinal, slot] : seen.slots) {
      if (ordinal < nodes && !slot.facts.ready()) {
        waits_ = true;  // a rack that is not ready stops the pass
        return true;
      }
    }
    if (seen.facts->template_().revision() != revision) {
      Add(v1::ACTION_KIND_UPDATE_RACK, dc, wanted.name(), -1, revision, "the StatefulSet differs");
      // The whole object is written, its replicas as well: one node fewer, without a decommission.
      if (wanted.nodes() < nodes) {
        Add(v1::ACTION_KIND_SHRINK_RACK, dc, wanted.name(), nodes - 1, revision, "written together with the template");
      }
      return true;
    }
    const bool rolls = std::any_of(seen.slots.begin(), seen.slots.end(), [&](const auto& s) {
      return s.second.facts.template_revision() != revision && s.first < nodes;
    });
    // While an action goes on the whole object is written each time, its replicas as well.
    if (rolls && wanted.nodes() < nodes) {
      Add(v1::ACTION_KIND_SHRINK_RACK, dc, wanted.name(), nodes - 1, revision, "written while the StatefulSet rolls");
      return true;
    }
    for (auto it = seen.slots.rbegin(); it != seen.slots.rend(); ++it) {
      if (it->second.facts.template_revision() == revision || it->first >= nodes) continue;
      Add(v1::ACTION_KIND_RESTART_NODE, dc, wanted.name(), it->first, revision, "the StatefulSet rolls");
      return true;
    }
    if (!leaving_.empty()) return false;
    if (nodes < wanted.nodes()) {
      Add(v1::ACTION_KIND_START_NODE, dc, wanted.name(), nodes, absl::StrCat(nodes), "ScaleUp");
      return true;
    }
    if (nodes > wanted.nodes()) {
      const auto last = seen.slots.find(nodes - 1);
      const bool left = last == seen.slots.end() || last->second.node.mode() == v1::NODE_MODE_DECOMMISSIONED;
      Add(left ? v1::ACTION_KIND_SHRINK_RACK : v1::ACTION_KIND_DECOMMISSION, dc, wanted.name(), nodes - 1,
          absl::StrCat(nodes), "ScaleDown");
      return true;
    }
    return false;
  }

  const v1::PlanRequest& request_;
  v1::PlanResponse out_;
  std::map<std::string, RackSeen> racks_;
  std::set<std::string> leaving_;  // racks
  bool waits_ = false;
};

}  // namespace

v1::PlanResponse NaivePlan(const v1::PlanRequest& request) { return Naive(request).Run(); }

}  // namespace cassplan
