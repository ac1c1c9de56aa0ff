// What a person decides about a plan as a whole: approvals and waivers.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/fingerprint.h"
#include "lib/planner/explain.h"
#include "lib/planner/windows.h"

namespace cassplan::planner {

using absl::StrCat;

std::string PlanFingerprint(const Model& m, std::vector<std::string> ids) {
  std::sort(ids.begin(), ids.end());
  base::Fingerprint f;
  // The ids of operations carry their uids; that one more is asked for makes no other action another one.
  // Where the user wrote it is not what he wrote.
  if (m.request->desired().operations().empty() && m.request->desired().locations().empty()) {
    f.Add(DigestOf(m.request->desired()));
  } else {
    v1::Desired desired = m.request->desired();
    desired.clear_operations();
    desired.clear_locations();
    f.Add(DigestOf(desired));
  }
  f.Add(DigestOf(m.request->policy()));
  for (const std::string& id : ids) f.Add(id);
  return f.Hex();
}

std::vector<std::string> ApprovedIds(const Model& m, const std::vector<std::string>& ids,
                                     absl::string_view fingerprint) {
  std::vector<std::string> approved;
  for (const v1::Approval& approval : m.request->ledger().approvals()) {
    if (approval.action_ids().empty()) {
      if (approval.plan_fingerprint() == fingerprint) approved.insert(approved.end(), ids.begin(), ids.end());
      continue;
    }
    // Its own ids with what is desired now: another desired cluster or policy gives another fingerprint.
    std::vector<std::string> own(approval.action_ids().begin(), approval.action_ids().end());
    if (PlanFingerprint(m, own) == approval.plan_fingerprint()) approved.insert(approved.end(), own.begin(), own.end());
  }
  std::sort(approved.begin(), approved.end());
  approved.erase(std::unique(approved.begin(), approved.end()), approved.end());
  return approved;
}

const Waiver* FindWaiver(const Model& m, absl::string_view action_id, absl::string_view guard) {
  for (const Waiver& w : m.policy.waivers) {
    if (w.action_id == action_id && w.guard == guard) return &w;
  }
  return nullptr;
}

void NoteWaivers(const Model& m, const std::vector<std::string>& ids,
                 const std::vector<std::pair<std::string, absl::string_view>>& used, std::vector<Note>* out) {
  for (const Waiver& w : m.policy.waivers) {
    Note note;
    note.rule = "waiver";
    const bool known = std::find(ids.begin(), ids.end(), w.action_id) != ids.end();
    const bool passes = std::any_of(used.begin(), used.end(),
                                    [&](const auto& u) { return u.first == w.action_id && u.second == w.guard; });
    const std::string given = StrCat(w.by, " (", w.why, "), until ", Instant(w.until));
    if (passes) {
      note.level = Level::kWarning;
      note.message = StrCat("action ", w.action_id, " passes guard ", w.guard, " by a waiver of ", given);
      note.remedy = "take the waiver out to hold it again";
    } else if (known) {
      note.message = StrCat("the waiver of guard ", w.guard, " for action ", w.action_id, " is not needed now");
      note.remedy = "take it out";
    } else {
      note.level = Level::kWarning;
      note.message =
          StrCat("the waiver of guard ", w.guard, " names action ", w.action_id, ", which is neither planned nor held");
      note.remedy = "take it out, or name the id of an action";
    }
    note.path = "policy.waivers";
    out->push_back(std::move(note));
  }
}

}  // namespace cassplan::planner
