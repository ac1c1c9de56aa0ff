// Every folder beside this file is a case: what the command makes of it is compared byte for byte with what is stored,
// is proven again by the verifier, and must be what expect.txt says. README.md tells how to add one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cassplan/explain.h"
#include "cassplan/planner.h"
#include "cassplan/verify.h"
#include "examples/cli/input.h"
#include "examples/cli/options.h"
#include "lib/report/explanation_text.h"
#include "lib/report/json.h"
#include "lib/report/results.h"
#include "lib/report/text.h"
#include "lib/report/words.h"
#include "tests/golden/expectations.h"

namespace cassplan::golden {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(CASSPLAN_SOURCE_DIR) / "tests" / "golden";

bool Updating() {
  const char* value = std::getenv("CASSPLAN_UPDATE_GOLDENS");
  return value != nullptr && absl::string_view(value) == "1";
}

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

void WriteFile(const fs::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  ASSERT_TRUE(file.good()) << path;
}

std::vector<std::string> Cases() {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(kFolder)) {
    if (fs::exists(entry.path() / "expect.txt") || fs::exists(entry.path() / "desired.yaml")) {
      names.push_back(entry.path().filename().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

// The lines that differ, in order, with the first lines that are equal around them left out.
std::string Difference(const std::string& stored, const std::string& now) {
  const std::vector<std::string> a = absl::StrSplit(stored, '\n');
  const std::vector<std::string> b = absl::StrSplit(now, '\n');
  // Lengths of the longest common subsequences of the rest of both.
  std::vector<std::vector<size_t>> common(a.size() + 1, std::vector<size_t>(b.size() + 1, 0));
  for (size_t i = a.size(); i-- > 0;) {
    for (size_t j = b.size(); j-- > 0;) {
      common[i][j] = a[i] == b[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
    }
  }
  std::string out;
  size_t i = 0;
  size_t j = 0;
  while (i < a.size() || j < b.size()) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      absl::StrAppend(&out, "  ", a[i], "\n");
      ++i, ++j;
    } else if (j == b.size() || (i < a.size() && common[i + 1][j] >= common[i][j + 1])) {
      absl::StrAppend(&out, "- ", a[i++], "\n");
    } else {
      absl::StrAppend(&out, "+ ", b[j++], "\n");
    }
  }
  return out;
}

// What a case gives to the command. Paths are relative to the case's folder, so that no text depends on the checkout.
cli::PlanOptions OptionsOf() {
  cli::PlanOptions options;
  options.desired = "desired.yaml";
  options.observed = "observed";
  if (fs::exists("source")) {
    options.observed = std::string(absl::StripAsciiWhitespace(ReadFile("source")));
    if (!fs::exists(options.desired)) options.desired = absl::StrCat(options.observed, "/cluster.yaml");
  }
  if (fs::exists("policy.yaml")) options.policy = "policy.yaml";
  if (fs::exists("ledger.json")) options.ledger = "ledger.json";
  return options;
}

class GoldenTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    before_ = fs::current_path();
    fs::current_path(kFolder / GetParam());
  }
  void TearDown() override { fs::current_path(before_); }

  void MakePlan(cli::Input* input, v1::PlanResponse* response) {
    *input = cli::ReadInput(OptionsOf());
    for (const Problem& problem : input->problems) ADD_FAILURE() << FormatProblem(problem);
    ASSERT_TRUE(input->problems.empty());
    absl::StatusOr<v1::PlanResponse> made = Plan(input->request);
    ASSERT_TRUE(made.ok()) << made.status();
    *response = *std::move(made);
    for (const v1::Finding& finding : input->findings) *response->add_findings() = finding;
  }

 private:
  fs::path before_;
};

void CheckStored(const fs::path& file, const std::string& now, bool show) {
  if (Updating()) {
    WriteFile(file, now);
    return;
  }
  const std::string stored = ReadFile(file);
  EXPECT_TRUE(stored == now) << fs::current_path() / file << " is not what the planner gives now"
                             << (show ? ":\n" + Difference(stored, now) : std::string());
}

TEST_P(GoldenTest, IsAsStored) {
  cli::Input input;
  v1::PlanResponse response;
  ASSERT_NO_FATAL_FAILURE(MakePlan(&input, &response));

  VerifyOptions verify;
  verify.walks = 20;
  const absl::StatusOr<VerifyResult> proof = Verify(input.request, response, verify);
  ASSERT_TRUE(proof.ok()) << proof.status();
  for (const Violation& violation : proof->violations) ADD_FAILURE() << violation.invariant << ": " << violation.text;

  const std::string text = report::RenderText(input.request, response, report::TextOptions());
  CheckStored("plan.txt", text, /*show=*/true);
  CheckStored("plan.json", report::RenderJson(response), /*show=*/false);

  const std::vector<std::string> unmet = Unmet(ReadFile("expect.txt"), response);
  EXPECT_THAT(unmet, ::testing::IsEmpty()) << text;
}

// ---- answers about what is held

// What a person asks about it: every action that is held, and the guards, nodes and racks that these are about.
struct Question {
  std::string title;
  std::string what;
  bool stored = true;  // else it is like one before
};

std::vector<Question> QuestionsAbout(const v1::PlanResponse& response) {
  std::vector<Question> actions;
  std::set<std::string> guards, nodes, racks, alike;
  for (const v1::Held& held : response.held()) {
    const v1::Target& t = held.target();
    std::string sort = report::KindName(held.kind());
    for (const v1::Refusal& by : held.by()) absl::StrAppend(&sort, " ", by.guard());
    actions.push_back({report::PhraseOf(held.kind(), t), held.action_id(), alike.insert(sort).second});
    for (const v1::Refusal& by : held.by()) {
      if (by.guard() != "predecessor") guards.insert(by.guard());
    }
    if (t.has_ordinal()) nodes.insert(absl::StrCat(t.datacenter(), "/", t.rack(), "/", t.ordinal()));
    if (!t.has_ordinal() && !t.host_id().empty()) nodes.insert(t.host_id());
    if (!t.rack().empty()) racks.insert(absl::StrCat(t.datacenter(), "/", t.rack()));
  }
  std::vector<Question> out = actions;
  for (const std::string& guard : guards) out.push_back({absl::StrCat("guard ", guard), guard});
  for (const std::string& node : nodes) out.push_back({absl::StrCat("node ", node), node, node == *nodes.begin()});
  for (const std::string& rack : racks) out.push_back({absl::StrCat("rack ", rack), rack, rack == *racks.begin()});
  return out;
}

// What, why, why not now, since when, and what would change it.
void CheckAnswer(const v1::Explanation& answer, bool one) {
  int what = 0, why = 0, why_not = 0, since = 0;
  for (const v1::ExplanationItem& item : answer.items()) {
    what += item.kind() == v1::EXPLANATION_KIND_WHAT ? 1 : 0;
    why += item.kind() == v1::EXPLANATION_KIND_WHY ? 1 : 0;
    since += item.kind() == v1::EXPLANATION_KIND_SINCE ? 1 : 0;
    EXPECT_FALSE(item.text().empty());
    if (item.kind() != v1::EXPLANATION_KIND_WHY_NOT_NOW) continue;
    ++why_not;
    EXPECT_FALSE(item.remedy().empty()) << "what would change it: " << item.text();
  }
  EXPECT_GT(what, 0);
  EXPECT_GT(why, 0);
  EXPECT_GT(why_not, 0);
  EXPECT_GT(since, 0);
  if (!one) return;
  EXPECT_EQ(what, 1);
  EXPECT_EQ(why, 1);
}

// Stored as text, so that somebody reads it.
TEST_P(GoldenTest, ExplainsWhatIsHeld) {
  cli::Input input;
  v1::PlanResponse response;
  ASSERT_NO_FATAL_FAILURE(MakePlan(&input, &response));
  std::string answers;
  for (const Question& question : QuestionsAbout(response)) {
    SCOPED_TRACE(question.title);
    const absl::StatusOr<v1::Explanation> answer = Explain(input.request, response, question.what);
    ASSERT_TRUE(answer.ok()) << answer.status();
    const std::string text = report::RenderExplanation(*answer, 100, /*color=*/false);
    CheckAnswer(*answer, std::any_of(response.held().begin(), response.held().end(),
                                     [&](const v1::Held& h) { return h.action_id() == question.what; }));
    if (question.stored) absl::StrAppend(&answers, answers.empty() ? "" : "\n", "## ", question.title, "\n\n", text);
    if (::testing::Test::HasFailure()) ADD_FAILURE() << text;
  }
  if (answers.empty()) {
    EXPECT_FALSE(fs::exists("held.txt")) << "nothing is held any more: take the file out";
  } else {
    CheckStored("held.txt", answers, /*show=*/true);
  }
}

// Whoever reads it in a pull request is led to a line of the file that he wrote.
TEST_P(GoldenTest, NamesTheLineOfWhatIsHeld) {
  cli::Input input;
  v1::PlanResponse response;
  ASSERT_NO_FATAL_FAILURE(MakePlan(&input, &response));
  const std::vector<std::string> lines = absl::StrSplit(ReadFile(OptionsOf().desired), '\n');
  for (const report::Result& r : report::HeldAndFindings(input.request, response)) {
    if (r.kind != report::ResultKind::kHeld) continue;
    SCOPED_TRACE(absl::StrCat(r.what, ": ", r.message));
    EXPECT_EQ(r.location.file(), OptionsOf().desired);
    ASSERT_GT(r.location.line(), 0);
    ASSERT_LE(static_cast<size_t>(r.location.line()), lines.size());
    // The last name of the path stands there; a map begins on the line after its name, an entry of a list with a dash.
    const size_t at = static_cast<size_t>(r.location.line()) - 1;
    const std::string path = r.location.path();
    const std::string name = absl::StrCat(path.substr(path.rfind('.') + 1), ":");
    const bool there = absl::StrContains(lines[at], name) || (at > 0 && absl::StrContains(lines[at - 1], name));
    EXPECT_TRUE(there || absl::StrContains(lines[at], "- ")) << path << ": " << lines[at];
    const std::string place = absl::StrCat(r.location.file(), ":", r.location.line());
    const std::string sarif = report::RenderSarif({r}, {});
    EXPECT_TRUE(absl::StrContains(sarif, absl::StrCat("\"startLine\": ", r.location.line(), ",")));
    EXPECT_TRUE(absl::StrContains(sarif, absl::StrCat("\"uri\": \"", r.location.file(), "\"")));
    EXPECT_THAT(ReadFile("held.txt"), ::testing::HasSubstr(absl::StrCat("at ", place)));
  }
}

TEST_P(GoldenTest, SaysWhy) {
  const std::vector<std::string> lines = absl::StrSplit(ReadFile("why.md"), '\n', absl::SkipWhitespace());
  EXPECT_GE(lines.size(), 3u);
  EXPECT_LE(lines.size(), 8u);
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenTest, ::testing::ValuesIn(Cases()), [](const auto& test) {
  std::string name = test.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(GoldenIndex, ReadmeListsEveryCaseOnce) {
  std::vector<std::string> listed;
  const std::string readme = ReadFile(kFolder / "README.md");
  for (const absl::string_view line : absl::StrSplit(readme, '\n')) {
    const std::vector<absl::string_view> cells = absl::StrSplit(line, '|');
    if (cells.size() < 5 || !absl::StartsWith(cells[1], " `")) continue;
    listed.emplace_back(absl::StripPrefix(absl::StripSuffix(absl::StripAsciiWhitespace(cells[1]), "`"), "`"));
    // The last column is the outcome that expect.txt asks for.
    const std::string outcome = absl::StrCat("outcome ", absl::StripAsciiWhitespace(cells[3]));
    EXPECT_THAT(ReadFile(kFolder / listed.back() / "expect.txt"), ::testing::HasSubstr(outcome)) << listed.back();
  }
  std::sort(listed.begin(), listed.end());
  EXPECT_EQ(listed, Cases());
}

TEST(Difference, ShowsWhatIsOnlyInOne) {
  EXPECT_EQ(Difference("a\nb\nc", "a\nx\nc"), "  a\n- b\n+ x\n  c\n");
  EXPECT_EQ(Difference("a", "a\nb"), "  a\n+ b\n");
}

}  // namespace
}  // namespace cassplan::golden
