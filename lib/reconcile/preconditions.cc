// Re-checks an action's preconditions on a fresh observation, on its own reading of the reports.
#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "cassplan/reconcile.h"

namespace cassplan {
namespace {

using absl::StrCat;

struct Votes {
  int up = 0;
  int down = 0;
  int in_ring = 0;
  int left = 0;
  std::string address;
  std::string datacenter;
  std::string rack;
};

std::string ModeName(v1::NodeMode mode) {
  switch (mode) {
    case v1::NODE_MODE_NORMAL:
      return "normal";
    case v1::NODE_MODE_DECOMMISSION_FAILED:
      return "decommission_failed";
    case v1::NODE_MODE_LEAVING:
      return "leaving";
    case v1::NODE_MODE_DRAINED:
      return "drained";
    case v1::NODE_MODE_JOINING:
      return "joining";
    case v1::NODE_MODE_DECOMMISSIONED:
      return "decommissioned";
    case v1::NODE_MODE_UNSPECIFIED:
      return "not known";
    default:
      return StrCat("mode ", static_cast<int>(mode));
  }
}

std::string SlotName(const v1::Target& t) { return StrCat(t.datacenter(), "/", t.rack(), "/", t.ordinal()); }

// The newest report of each kind about the action's subject, and what the views say together.
class Facts {
 public:
  Facts(const v1::Observed& observed, const v1::Target& target, int64_t now, int64_t max_age) : target_(target) {
    for (const v1::Report& report : observed.reports()) {
      const bool late = max_age > 0 && report.observed_at_seconds() < now - max_age;
      if (report.status() == v1::REPORT_STATUS_OK && !late) Read(report);
    }
    for (const auto& [viewer, view] : views_) Count(viewer, *view);
    for (const auto& [host, votes] : members) {
      const auto slot_there = slot_of_address_.find(votes.address);
      if (slot_there != slot_of_address_.end()) slot_of_host_.emplace(host, slot_there->second);
    }
  }

  const v1::RackFacts* rack = nullptr;
  std::string rack_uid;
  const v1::SlotFacts* slot = nullptr;
  std::string slot_uid;
  const v1::VolumeFacts* volume = nullptr;
  std::string volume_uid;
  const v1::NodeFacts* node = nullptr;
  bool slots_complete = false;
  bool volumes_complete = false;
  bool racks_complete = false;
  absl::btree_map<std::string, Votes> members;
  absl::btree_map<std::string, const v1::NodeFacts*> nodes;  // by host id
  absl::btree_map<int, const v1::SlotFacts*> rack_slots;     // by ordinal
  absl::btree_map<int, const v1::VolumeFacts*> rack_volumes;
  absl::btree_map<std::string, std::string> releases;  // by host id, as others say
  std::set<std::string> moving;                        // host ids
  int viewers() const { return static_cast<int>(views_.size()); }
  int OthersThan(const std::string& host) const { return viewers() - (views_.contains(host) ? 1 : 0); }

  // By its own word, where it gives one.
  static bool Serves(v1::NodeMode mode) {
    return mode == v1::NODE_MODE_NORMAL || mode == v1::NODE_MODE_LEAVING || mode == v1::NODE_MODE_MOVING ||
           mode == v1::NODE_MODE_DECOMMISSION_FAILED || mode == v1::NODE_MODE_UNSPECIFIED;
  }

  // Names of those in the ring that no majority of the others sees up.
  std::vector<std::string> Down() const {
    std::vector<std::string> down;
    for (const auto& [host, votes] : members) {
      if (votes.in_ring == 0 || host == target_.host_id()) continue;
      const int others = OthersThan(host);
      const auto own = nodes.find(host);
      const bool serves = own == nodes.end() || Serves(own->second->mode());
      const bool up = serves && (2 * votes.up > others || (others == 0 && own != nodes.end()));
      if (!up && !moving.count(host)) down.push_back(host);
    }
    return down;
  }

  std::string NameOf(const std::string& host) const {
    const auto it = slot_of_host_.find(host);
    return it == slot_of_host_.end() ? host : it->second;
  }

 private:
  bool IsRack(const v1::Target& t) const {
    return t.datacenter() == target_.datacenter() && t.rack() == target_.rack();
  }
  bool IsSlot(const v1::Target& t) const {
    return IsRack(t) && t.has_ordinal() && target_.has_ordinal() && t.ordinal() == target_.ordinal();
  }
  template <typename T>
  bool Newer(const T* have, int64_t at, int64_t* best) {
    if (have != nullptr && at < *best) return false;
    *best = at;
    return true;
  }

  void Read(const v1::Report& report) {
    const v1::Target& about = report.subject();
    const int64_t at = report.observed_at_seconds();
    switch (report.facts_case()) {
      case v1::Report::kInventory:
        slots_complete |= report.inventory().slots_complete();
        volumes_complete |= report.inventory().volumes_complete();
        racks_complete |= report.inventory().racks_complete();
        break;
      case v1::Report::kRack:
        if (IsRack(about) && Newer(rack, at, &rack_at_)) {
          rack = &report.rack();
          rack_uid = about.uid();
        }
        break;
      case v1::Report::kSlot:
        if (IsRack(about)) rack_slots[about.ordinal()] = &report.slot();
        if (!report.slot().address().empty()) slot_of_address_[report.slot().address()] = SlotName(about);
        if (IsSlot(about) && Newer(slot, at, &slot_at_)) {
          slot = &report.slot();
          slot_uid = about.uid();
        }
        break;
      case v1::Report::kVolume:
        if (IsRack(about)) rack_volumes[about.ordinal()] = &report.volume();
        if (IsSlot(about) && Newer(volume, at, &volume_at_)) {
          volume = &report.volume();
          volume_uid = about.uid();
        }
        break;
      case v1::Report::kNode:
        if (IsSlot(about) && Newer(node, at, &node_at_)) node = &report.node();
        if (!report.node().host_id().empty()) {
          nodes[report.node().host_id()] = &report.node();
          if (about.has_ordinal()) slot_of_host_[report.node().host_id()] = SlotName(about);
          const v1::NodeMode mode = report.node().mode();
          if (mode == v1::NODE_MODE_JOINING || mode == v1::NODE_MODE_LEAVING || mode == v1::NODE_MODE_MOVING ||
              mode == v1::NODE_MODE_DECOMMISSION_FAILED)
            moving.insert(report.node().host_id());
        }
        break;
      case v1::Report::kView:
        for (const std::string& viewer : report.view().viewers()) views_[viewer] = &report.view();
        break;
      default:
        break;
    }
  }

  void Count(const std::string& viewer, const v1::ViewFacts& view) {
    for (const v1::Peer& peer : view.peers()) {
      Votes& votes = members[peer.host_id()];
      votes.address = peer.address();
      votes.datacenter = peer.datacenter();
      votes.rack = peer.rack();
      if (!peer.release().empty() && peer.movement() != v1::PEER_MOVEMENT_LEFT)
        releases[peer.host_id()] = peer.release();
      if (peer.movement() == v1::PEER_MOVEMENT_LEFT) {
        votes.left += viewer != peer.host_id() ? 1 : 0;
        continue;
      }
      ++votes.in_ring;
      if (peer.movement() != v1::PEER_MOVEMENT_UNSPECIFIED) moving.insert(peer.host_id());
      if (viewer == peer.host_id()) continue;
      if (peer.state() == v1::PEER_STATE_UP) ++votes.up;
      if (peer.state() == v1::PEER_STATE_DOWN) ++votes.down;
    }
  }

  const v1::Target& target_;
  int64_t rack_at_ = 0, slot_at_ = 0, volume_at_ = 0, node_at_ = 0;
  absl::btree_map<std::string, const v1::ViewFacts*> views_;
  absl::btree_map<std::string, std::string> slot_of_host_;
  absl::btree_map<std::string, std::string> slot_of_address_;
};

// Empty when it holds, else what is seen instead.
using Check = std::string (*)(const Facts&, const v1::Action&, const std::string& value);

std::string Same(const std::string& seen, const std::string& value) {
  return seen == value ? "" : seen.empty() ? "not known" : seen;
}

std::string CheckRackPresent(const Facts& f, const v1::Action&, const std::string& value) {
  const bool present = f.rack != nullptr && f.rack->present();
  if (value == "yes") return present ? "" : "no";
  const bool absent = f.rack != nullptr ? !f.rack->present() : f.racks_complete;
  return absent ? "" : present ? "yes" : "not known";
}

std::string CheckRackNodes(const Facts& f, const v1::Action&, const std::string& value) {
  if (f.rack == nullptr) return value == "0" && f.racks_complete ? "" : "not known";
  return Same(f.rack->has_nodes() ? StrCat(f.rack->nodes()) : "", value);
}

std::string CheckHighest(const Facts& f, const v1::Action&, const std::string& value) {
  int ordinal = 0;
  if (!absl::SimpleAtoi(value, &ordinal) || f.rack == nullptr || !f.rack->has_nodes()) return "not known";
  return f.rack->nodes() == ordinal + 1 ? "" : StrCat("the rack has ", f.rack->nodes(), " slot(s)");
}

std::string CheckLowerReady(const Facts& f, const v1::Action& a, const std::string&) {
  for (int i = 0; i < a.target().ordinal(); ++i) {
    const auto it = f.rack_slots.find(i);
    if (it == f.rack_slots.end() || !it->second->present()) return StrCat("slot ", i, " is not there");
    // An adopted workload that starts its slots together does not wait for the lower ones.
    const bool parallel = f.rack != nullptr && f.rack->parallel();
    if (!parallel && !it->second->ready()) return StrCat("slot ", i, " is not ready");
  }
  return "";
}

std::string CheckVolume(const Facts& f, const v1::Action& a, const std::string& value) {
  if (value == "absent or empty") {
    if (f.slot != nullptr && f.slot->awaits_permit()) return "";  // its init step has just looked
    if (f.volume == nullptr) return f.volumes_complete ? "" : "not known";
    if (!f.volume->present() || f.volume->contents() == v1::VOLUME_CONTENTS_EMPTY) return "";
    return "a volume that is not proven empty";
  }
  if (f.volume == nullptr || !f.volume->present()) return "no volume is known";
  if (f.volume->contents() != v1::VOLUME_CONTENTS_MEMBER || a.target().host_id().empty()) return "";
  return Same(f.volume->host_id(), a.target().host_id());
}

std::string CheckMounted(const Facts& f, const v1::Action& a, const std::string& value) {
  if (f.slot != nullptr && f.slot->present()) return value == "no" ? "its slot is there" : "";
  const bool known = f.volume != nullptr && f.volume->has_mounted();
  if (!known && value == "no" && (f.slot != nullptr || f.slots_complete)) return "";
  static_cast<void>(a);
  return known && f.volume->mounted() == (value == "yes") ? "" : known ? "the opposite" : "not known";
}

// Nodes that were down when the plan was made may be down still; none beside them. The plan names a node by its slot,
// and one that is silent may have no such name here: it passes for a named one that nobody here goes by, never for one
// that is known to be another.
std::string CheckDown(const Facts& f, const v1::Action&, const std::string& value) {
  if (f.viewers() == 0 && !f.members.empty()) return "not known";
  const std::vector<std::string> names = absl::StrSplit(value, ',');
  std::set<std::string> allowed(names.begin(), names.end());
  allowed.erase("none");
  std::set<std::string> open = allowed;
  for (const auto& [host, votes] : f.members) {
    open.erase(host);
    open.erase(f.NameOf(host));
  }
  std::vector<std::string> more;
  std::vector<std::string> unnamed;
  for (const std::string& host : f.Down()) {
    if (allowed.count(host) || allowed.count(f.NameOf(host))) continue;
    (f.NameOf(host) == host ? unnamed : more).push_back(f.NameOf(host));
  }
  if (unnamed.size() > open.size()) more.insert(more.end(), unnamed.begin(), unnamed.end());
  return more.empty() ? "" : StrCat("down: ", absl::StrJoin(more, ","));
}

std::string CheckMovement(const Facts& f, const v1::Action& a, const std::string& value) {
  if (value != "yes") return "";  // the plan has judged which ranges move
  for (const std::string& host : f.moving) {
    if (host != a.target().host_id()) return StrCat(f.NameOf(host), " moves");
  }
  return "";
}

std::string CheckSchemas(const Facts& f, const v1::Action&, const std::string&) {
  std::set<std::string> versions;
  for (const auto& [host, node] : f.nodes) {
    if (!node->schema_version().empty() && node->mode() == v1::NODE_MODE_NORMAL)
      versions.insert(node->schema_version());
  }
  return versions.size() <= 1 ? "" : absl::StrJoin(versions, ", ");
}

// Of all that say what they run; that of a node that is silent is what the others know of it.
std::string CheckReleases(const Facts& f, const v1::Action&, const std::string&) {
  std::set<std::string> lines;
  const auto add = [&](const std::string& release) {
    const std::vector<std::string> parts = absl::StrSplit(release, '.');
    if (!release.empty()) lines.insert(parts.size() < 2 ? release : StrCat(parts[0], ".", parts[1]));
  };
  for (const auto& [host, node] : f.nodes) add(node->release());
  for (const auto& [host, release] : f.releases) {
    if (!f.nodes.contains(host)) add(release);
  }
  if (lines.empty()) return "not known";
  return lines.size() == 1 ? "" : absl::StrJoin(lines, ", ");
}

// Every slot that is there has a volume of that size.
std::string CheckVolumesCapacity(const Facts& f, const v1::Action&, const std::string& value) {
  int64_t wanted = 0;
  if (!absl::SimpleAtoi(value, &wanted)) return "not a number of bytes";
  for (const auto& [ordinal, slot] : f.rack_slots) {
    if (!slot->present()) continue;
    const auto volume = f.rack_volumes.find(ordinal);
    if (volume == f.rack_volumes.end() || !volume->second->has_capacity_bytes()) {
      return StrCat("not known of ordinal ", ordinal);
    }
    if (volume->second->capacity_bytes() < wanted) {
      return StrCat(volume->second->capacity_bytes(), " of ordinal ", ordinal);
    }
  }
  return "";
}

std::string CheckAbsent(const Facts& f, const v1::Action&, const std::string& value) {
  const auto it = f.members.find(value);
  if (f.viewers() == 0) return f.members.empty() && f.nodes.empty() ? "" : "no view is known";
  if (it == f.members.end()) return "";
  return 2 * it->second.in_ring < f.viewers() ? "" : StrCat(it->second.in_ring, " node(s) have it in the ring");
}

std::string CheckDownForAll(const Facts& f, const v1::Action& a, const std::string&) {
  const auto it = f.members.find(a.target().host_id());
  if (it == f.members.end() || it->second.down == 0) return "not known";
  return it->second.up == 0 ? "" : StrCat(it->second.up, " node(s) see it up");
}

// Of the target itself: no majority of the others sees it up, or it says itself that it does not serve.
std::string CheckNotUp(const Facts& f, const v1::Action& a) {
  const v1::NodeMode mode = f.node == nullptr ? v1::NODE_MODE_UNSPECIFIED : f.node->mode();
  if (!Facts::Serves(mode)) return "";
  const std::string& host = a.target().host_id();
  const auto it = f.members.find(host);
  const int up = it == f.members.end() ? 0 : it->second.up;
  const int others = f.OthersThan(host);
  if (2 * up > others) return StrCat(up, " node(s) see it up");
  if (it != f.members.end() && others > 0) return "";
  if (mode == v1::NODE_MODE_NORMAL) return ModeName(mode);
  const bool stopped = f.slot == nullptr ? f.slots_complete : f.slot->has_ready() && !f.slot->ready();
  return host.empty() || others > 0 || stopped ? "" : "not known";
}

// Of the target itself: it answers, and no other node says that it is down.
std::string CheckUp(const Facts& f, const v1::Action& a, const std::string& value) {
  if (value == "no") return CheckNotUp(f, a);
  if (f.node == nullptr) return "not known";
  if (f.node->mode() != v1::NODE_MODE_NORMAL) return ModeName(f.node->mode());
  const auto it = f.members.find(a.target().host_id());
  return it == f.members.end() || it->second.down == 0 ? "" : StrCat(it->second.down, " node(s) see it down");
}

std::string CheckCannotStart(const Facts& f, const v1::Action& a, const std::string&) {
  const bool gone = f.slot == nullptr ? f.slots_complete : !f.slot->present();
  const bool stopped = gone || (f.slot != nullptr && ((f.slot->has_schedulable() && !f.slot->schedulable()) ||
                                                      f.slot->machine_fenced() || f.slot->awaits_permit()));
  if (!stopped) return f.slot == nullptr ? "not known" : "its slot is there, and its machine is not fenced";
  const bool its_data = !(f.slot != nullptr && f.slot->awaits_permit()) && f.volume != nullptr && f.volume->present() &&
                        f.volume->contents() == v1::VOLUME_CONTENTS_MEMBER &&
                        f.volume->host_id() == a.target().host_id();
  return its_data ? "its volume is in its place" : "";
}

std::string CheckDatacenterUp(const Facts& f, const v1::Action&, const std::string& value) {
  int nodes = 0;
  for (const auto& [host, votes] : f.members) {
    if (votes.datacenter != value || votes.in_ring == 0) continue;
    ++nodes;
    const std::vector<std::string> down = f.Down();
    if (std::find(down.begin(), down.end(), host) != down.end()) return StrCat(f.NameOf(host), " is down");
  }
  return nodes > 0 ? "" : "no node of it is known";
}

const absl::btree_map<std::string, Check>& Checks() {
  static const auto* checks = new absl::btree_map<std::string, Check>{
      {"slot_uid", [](const Facts& f, const v1::Action&, const std::string& v) { return Same(f.slot_uid, v); }},
      {"rack_uid", [](const Facts& f, const v1::Action&, const std::string& v) { return Same(f.rack_uid, v); }},
      {"volume_uid", [](const Facts& f, const v1::Action&, const std::string& v) { return Same(f.volume_uid, v); }},
      {"host_id",
       [](const Facts& f, const v1::Action&, const std::string& v) {
         // A node that is down cannot say who it is; that another one answers from its slot is a no.
         return f.node == nullptr || f.node->host_id().empty() ? std::string() : Same(f.node->host_id(), v);
       }},
      {"node_mode",
       [](const Facts& f, const v1::Action&, const std::string& v) {
         return f.node == nullptr ? std::string("not known") : Same(ModeName(f.node->mode()), v);
       }},
      {"template_revision",
       [](const Facts& f, const v1::Action&, const std::string& v) {
         return f.rack == nullptr ? std::string("not known") : Same(f.rack->template_().revision(), v);
       }},
      {"rack_present", CheckRackPresent},
      {"rack_nodes", CheckRackNodes},
      {"highest_ordinal", CheckHighest},
      {"lower_ordinals_ready", CheckLowerReady},
      {"volume", CheckVolume},
      {"volume_mounted", CheckMounted},
      {"volumes_capacity", CheckVolumesCapacity},
      {"volume_expandable",
       [](const Facts& f, const v1::Action&, const std::string&) {
         if (f.volume == nullptr || !f.volume->has_expandable()) return std::string("not known");
         return std::string(f.volume->expandable() ? "" : "no");
       }},
      {"releases", CheckReleases},
      {"members_down", CheckDown},
      {"down_outside_section", CheckDown},
      {"no_movement", CheckMovement},
      {"schema_versions", CheckSchemas},
      {"absent_for_majority", CheckAbsent},
      {"member_down_for_all_live", CheckDownForAll},
      {"datacenter_up", CheckDatacenterUp},
      {"slot_cannot_start", CheckCannotStart},
      // Judged by the plan that was made just before, on an observation that was as fresh.
      {"disk_forecast", [](const Facts&, const v1::Action&, const std::string&) { return std::string(); }},
      {"disk_free_bytes", [](const Facts&, const v1::Action&, const std::string&) { return std::string(); }},
      {"member_up", CheckUp},
  };
  return *checks;
}

}  // namespace

std::vector<UnmetCondition> CheckPreconditions(const v1::Action& action, const v1::Observed& observed,
                                               int64_t now_seconds) {
  std::vector<UnmetCondition> unmet;
  if (action.preconditions().empty()) return unmet;
  int64_t age = 0;
  for (const v1::Condition& c : action.preconditions()) {
    if (c.max_age_seconds() > 0) age = age == 0 ? c.max_age_seconds() : std::min(age, c.max_age_seconds());
  }
  const Facts facts(observed, action.target(), now_seconds, age);
  for (const v1::Condition& c : action.preconditions()) {
    // No observation shows these two: they hold as the plan has judged them, with the ledger and the clock.
    if ((c.fact() == "approved" && c.evidence() == "yes") || (c.fact() == "window_open" && c.evidence() == "open"))
      continue;
    const auto check = Checks().find(c.fact());
    const std::string seen =
        check == Checks().end() ? "a fact that this version cannot check" : check->second(facts, action, c.value());
    if (!seen.empty()) unmet.push_back({c, StrCat(c.fact(), " is to be ", c.value(), ", and is: ", seen)});
  }
  return unmet;
}

}  // namespace cassplan
