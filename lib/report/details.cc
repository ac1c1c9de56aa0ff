#include "lib/report/details.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/report/condition_text.h"
#include "lib/report/words.h"

namespace cassplan::report {
namespace {

using Strings = google::protobuf::RepeatedPtrField<std::string>;
using Conditions = google::protobuf::RepeatedPtrField<v1::Condition>;

std::string WithEvidence(const v1::Condition& c, bool with_age) {
  std::string text = ConditionText(c);
  std::string seen;
  if (!c.evidence().empty()) seen = absl::StrCat("seen: ", c.evidence());
  if (with_age && c.max_age_seconds() > 0) {
    absl::StrAppend(&seen, seen.empty() ? "" : "; ", "at most ", Duration(c.max_age_seconds()), " old");
  }
  if (!seen.empty()) absl::StrAppend(&text, " (", seen, ")");
  return text;
}

void WriteField(const char* name, const std::string& text, Page* page) {
  if (!text.empty()) page->Text(4, absl::StrCat(name, ": ", text));
}

void WriteCommand(const char* name, const std::string& command, Page* page) {
  if (!command.empty()) page->Verbatim(4, absl::StrCat(name, ": ", command));
}

// All in one paragraph; an age that all share is told once.
void WriteConditions(const char* name, const Conditions& conditions, Page* page) {
  if (conditions.empty()) return;
  const int64_t age = conditions[0].max_age_seconds();
  const bool shared = conditions.size() > 1 && std::all_of(conditions.begin(), conditions.end(),
                                                           [&](const auto& c) { return c.max_age_seconds() == age; });
  std::vector<std::string> texts;
  for (const v1::Condition& c : conditions) texts.push_back(WithEvidence(c, !shared));
  std::string text = absl::StrJoin(texts, "; ");
  if (shared && age > 0) absl::StrAppend(&text, " (seen at most ", Duration(age), " ago)");
  WriteField(name, text, page);
}

std::string ReasonText(const v1::Reason& reason) {
  std::string text = reason.text().empty() ? reason.code() : reason.text();
  if (!reason.text().empty() && !reason.code().empty()) absl::StrAppend(&text, " [", reason.code(), "]");
  if (!reason.paths().empty()) absl::StrAppend(&text, " (", absl::StrJoin(reason.paths(), ", "), ")");
  return text;
}

std::string CostText(const v1::Action& action) {
  const v1::Cost& cost = action.cost();
  std::string text;
  if (cost.seconds_high() > 0) {
    text = cost.seconds_low() == cost.seconds_high() || cost.seconds_low() == 0
               ? Duration(cost.seconds_high())
               : absl::StrCat(Duration(cost.seconds_low()), " to ", Duration(cost.seconds_high()));
  }
  if (cost.bytes() > 0) absl::StrAppend(&text, text.empty() ? "" : ", ", Bytes(cost.bytes()), " to stream");
  if (action.timeout_seconds() > 0) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", "counts as failed after ", Duration(action.timeout_seconds()));
  }
  return text;
}

const char* ReversibilityText(v1::Reversibility reversibility) {
  if (reversibility == v1::REVERSIBILITY_REVERSIBLE) return "can be undone";
  if (reversibility == v1::REVERSIBILITY_UNTIL_STARTED) return "cannot be undone once it has started";
  return reversibility == v1::REVERSIBILITY_IRREVERSIBLE ? "cannot be undone" : "";
}

std::string WayBack(const v1::Action& action) {
  const std::string kind = ReversibilityText(action.reversibility());
  const bool simple = action.reversibility() == v1::REVERSIBILITY_REVERSIBLE && !action.way_back().empty();
  if (simple) return action.way_back();
  // "none: the data is gone" says it already.
  if (absl::StartsWith(action.way_back(), "none")) return action.way_back();
  if (kind.empty() || action.way_back().empty()) return absl::StrCat(kind, action.way_back());
  return absl::StrCat(kind, "; ", action.way_back());
}

void WriteInternals(const v1::Action& action, Page* page) {
  WriteField("goal", action.goal(), page);
  WriteField("requires", absl::StrJoin(action.requires_ids(), ", "), page);
  WriteField("sections", absl::StrJoin(action.sections(), ", "), page);
  WriteField("pools", absl::StrJoin(action.pools(), ", "), page);
  WriteField("unit", action.unit(), page);
  std::string effects;
  for (const v1::Effect& e : action.effects()) {
    absl::StrAppend(&effects, effects.empty() ? "" : ", ", e.fact(), "=", e.value());
  }
  WriteField("effects", effects, page);
}

}  // namespace

void WriteAction(const v1::Action& action, bool internals, Page* page) {
  const KindWords& words = WordsOf(action.kind());
  const bool irreversible = action.reversibility() == v1::REVERSIBILITY_IRREVERSIBLE;
  page->Text(2,
             absl::StrCat(std::string(1, words.symbol), irreversible ? "#" : "", " ", ActionPhrase(action),
                          action.ready() ? ", ready" : ""),
             irreversible ? Paint::kRed : Paint::kBold);
  WriteField("id", absl::StrCat(action.id(), action.attempt() > 1 ? absl::StrCat(", attempt ", action.attempt()) : ""),
             page);
  WriteField("reason", ReasonText(action.reason()), page);
  if (action.not_before_seconds() > 0) WriteField("not before", Time(action.not_before_seconds()), page);
  WriteConditions("only if", action.preconditions(), page);
  WriteConditions("done when", action.done_when(), page);
  WriteConditions("given up when", action.abort_when(), page);
  WriteField("waived", absl::StrJoin(action.waivers(), ", "), page);
  if (action.force()) WriteField("force", "Cassandra's own replication check is skipped", page);
  WriteCommand("by hand", action.manual(), page);
  WriteCommand("verify", action.verify(), page);
  WriteField("way back", WayBack(action), page);
  WriteField("takes", CostText(action), page);
  if (internals) WriteInternals(action, page);
}

void WriteHeld(const v1::Held& held, bool internals, Page* page) {
  page->Text(2, absl::StrCat("x ", PhraseOf(held.kind(), held.target())), Paint::kBold);
  WriteField("id", held.action_id(), page);
  WriteField("reason", ReasonText(held.reason()), page);
  if (held.since_seconds() > 0) WriteField("held since", Time(held.since_seconds()), page);
  for (const v1::Refusal& by : held.by()) {
    WriteField(by.guard().c_str(), by.text(), page);
    WriteField("remedy", by.remedy(), page);
    if (internals) WriteField("waits for", absl::StrJoin(by.resources(), ", "), page);
  }
  if (internals) WriteField("goal", held.goal(), page);
}

void WriteOnlyIf(const v1::Action& action, Page* page) { WriteConditions("only if", action.preconditions(), page); }

void WriteWait(const v1::Action& action, Page* page) {
  WriteConditions("wait until", action.done_when(), page);
  WriteConditions("give up when", action.abort_when(), page);
  WriteField("takes", CostText(action), page);
}

}  // namespace cassplan::report
