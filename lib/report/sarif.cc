// SARIF 2.1.0, the format in which code scanning reads results.
#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/fingerprint.h"
#include "lib/report/json_tree.h"
#include "lib/report/page.h"
#include "lib/report/results.h"
#include "lib/report/rules.h"

namespace cassplan::report {
namespace {

constexpr size_t kMostResults = 5000;

const char* LevelName(v1::FindingLevel level) {
  if (level == v1::FINDING_LEVEL_ERROR) return "error";
  return level == v1::FINDING_LEVEL_WARNING ? "warning" : "note";
}

// A path as the reference of a URI: what has a meaning there is escaped.
std::string UriOf(const std::string& path) {
  std::string uri = absl::StartsWith(path, "/") ? "file://" : "";
  for (const char c : path) {
    const unsigned char u = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(u) || absl::StrContains("/._-~", absl::string_view(&c, 1))) {
      uri.push_back(c);
    } else {
      absl::StrAppend(&uri, "%", absl::AsciiStrToUpper(absl::StrCat(absl::Hex(u, absl::kZeroPad2))));
    }
  }
  return uri;
}

JsonTree Message(const std::string& text) {
  JsonTree message = JsonTree::Object();
  message.Set("text", Safe(text));
  return message;
}

JsonTree RuleTree(const std::string& slug, const RuleTexts& more) {
  const Rule* known = FindRule(slug);
  const auto own = more.find(slug);
  const std::string summary = own != more.end() ? own->second.summary : known != nullptr ? known->summary : slug;
  const std::string help = own != more.end() ? own->second.help : known != nullptr ? known->help : summary;
  JsonTree rule = JsonTree::Object();
  rule.Set("id", slug);
  rule.Set("shortDescription", Message(summary));
  rule.Set("help", Message(help));
  JsonTree level = JsonTree::Object();
  level.Set("level", "warning");
  rule.Set("defaultConfiguration", std::move(level));
  return rule;
}

JsonTree LocationTree(const Result& r) {
  JsonTree location = JsonTree::Object();
  if (!r.location.file().empty() && r.location.file() != "<stdin>") {
    JsonTree artifact = JsonTree::Object();
    artifact.Set("uri", UriOf(r.location.file()));
    JsonTree physical = JsonTree::Object();
    physical.Set("artifactLocation", std::move(artifact));
    if (r.location.line() > 0) {
      JsonTree region = JsonTree::Object();
      region.Set("startLine", JsonTree::Number(r.location.line()));
      if (r.location.column() > 0) region.Set("startColumn", JsonTree::Number(r.location.column()));
      physical.Set("region", std::move(region));
    }
    location.Set("physicalLocation", std::move(physical));
  }
  JsonTree logical = JsonTree::List();
  for (const std::string& name : {r.where, r.location.path()}) {
    if (!name.empty()) logical.Add(std::move(JsonTree::Object().Set("fullyQualifiedName", Safe(name))));
  }
  if (!logical.empty()) location.Set("logicalLocations", std::move(logical));
  return location;
}

std::string TextOf(const Result& r) {
  std::string text = r.kind == ResultKind::kHeld ? absl::StrCat("Held: ", r.what, ": ", r.message) : r.message;
  if (!r.remedy.empty()) absl::StrAppend(&text, ". Remedy: ", r.remedy);
  return text;
}

JsonTree ResultTree(const Result& r, size_t rule_index, int64_t occurrence) {
  JsonTree result = JsonTree::Object();
  result.Set("ruleId", r.rule);
  result.Set("ruleIndex", JsonTree::Number(static_cast<int64_t>(rule_index)));
  result.Set("level", LevelName(r.level));
  result.Set("message", Message(TextOf(r)));
  JsonTree locations = JsonTree::List();
  JsonTree location = LocationTree(r);
  if (!location.empty()) locations.Add(std::move(location));
  result.Set("locations", std::move(locations));
  JsonTree prints = JsonTree::Object();
  // Results about one thing (several texts of one guard) are told apart by their number.
  prints.Set("cassplan/v1", base::Fingerprint().Add(r.key).Add(occurrence).Hex());
  result.Set("partialFingerprints", std::move(prints));
  return result;
}

}  // namespace

std::string RenderSarif(const std::vector<Result>& results, const RuleTexts& more_rules) {
  std::vector<const Result*> sorted;
  for (const Result& r : results) {
    if (r.kind != ResultKind::kPlanned) sorted.push_back(&r);
  }
  std::stable_sort(sorted.begin(), sorted.end(), [](const Result* a, const Result* b) { return a->level > b->level; });
  const size_t all = sorted.size();
  sorted.resize(std::min(all, kMostResults));

  std::set<std::string> slugs;
  for (const Rule& rule : Rules()) {
    if (rule.guard) slugs.insert(rule.slug);
  }
  for (const auto& [slug, text] : more_rules) slugs.insert(slug);
  for (const Result* r : sorted) slugs.insert(r->rule);
  const std::vector<std::string> order(slugs.begin(), slugs.end());

  JsonTree rules = JsonTree::List();
  for (const std::string& slug : order) rules.Add(RuleTree(slug, more_rules));
  JsonTree driver = JsonTree::Object();
  driver.Set("name", "cassplan");
  driver.Set("rules", std::move(rules));
  JsonTree list = JsonTree::List();
  std::map<std::string, int64_t> seen;
  for (const Result* r : sorted) {
    const size_t index = static_cast<size_t>(std::lower_bound(order.begin(), order.end(), r->rule) - order.begin());
    list.Add(ResultTree(*r, index, seen[r->key]++));
  }
  JsonTree run = JsonTree::Object();
  run.Set("tool", std::move(JsonTree::Object().Set("driver", std::move(driver))));
  run.Set("columnKind", "unicodeCodePoints");
  run.Set("results", std::move(list));
  if (all > kMostResults) {
    JsonTree properties = JsonTree::Object();
    properties.Set("resultsLeftOut", JsonTree::Number(static_cast<int64_t>(all - kMostResults)));
    run.Set("properties", std::move(properties));
  }
  JsonTree log = JsonTree::Object();
  log.Set("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
  log.Set("version", "2.1.0");
  log.Set("runs", std::move(JsonTree::List().Add(std::move(run))));
  return log.Write();
}

}  // namespace cassplan::report
