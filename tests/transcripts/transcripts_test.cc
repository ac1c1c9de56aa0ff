// Plays tests/transcripts/*.txt and compares what they print. CASSPLAN_UPDATE_TRANSCRIPTS=1 writes what is printed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/transcripts/script.h"

namespace cassplan {
namespace {

std::string Source() { return CASSPLAN_SOURCE_DIR; }

std::string ReadFile(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(Source() + "/tests/transcripts")) {
    const bool build = entry.path().filename() == "CMakeLists.txt";
    if (entry.path().extension() == ".txt" && !build) names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string PathOf(const std::string& name) { return absl::StrCat(Source(), "/tests/transcripts/", name, ".txt"); }

class Transcript : public ::testing::TestWithParam<std::string> {};

TEST_P(Transcript, SaysWhatItSaid) {
  const std::string before = ReadFile(PathOf(GetParam()));
  const transcripts::Played played = transcripts::Play(before);
  if (std::getenv("CASSPLAN_UPDATE_TRANSCRIPTS") != nullptr) {
    std::ofstream(PathOf(GetParam())) << played.text;
  } else {
    EXPECT_EQ(played.text, before);
  }
  // Whatever is written there: the planner itself does nothing unsafe, and holds only with a word.
  EXPECT_FALSE(played.runs.empty());
  for (const v1::SimulationResult& run : played.runs) {
    EXPECT_EQ(run.violations_size(), 0);
    EXPECT_NE(run.verdict(), v1::SIMULATION_VERDICT_UNFINISHED);
    if (run.verdict() == v1::SIMULATION_VERDICT_CONVERGED) continue;
    EXPECT_TRUE(run.held_size() > 0 || run.findings_size() > 0);
    for (const v1::Held& held : run.held()) {
      for (const v1::Refusal& by : held.by()) EXPECT_NE(by.remedy(), "") << by.text();
    }
  }
}

std::string TestName(const ::testing::TestParamInfo<std::string>& param) {
  std::string name = param.param;
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
}

INSTANTIATE_TEST_SUITE_P(Scenarios, Transcript, ::testing::ValuesIn(Names()), TestName);

// docs/scenarios.md names for each report the transcript that plays it, and each transcript is named there.
TEST(Scenarios, TheTableNamesWhatIsThere) {
  const std::string text = ReadFile(Source() + "/docs/scenarios.md");
  std::set<std::string> named;
  int rows = 0;
  const std::vector<std::string> lines = absl::StrSplit(text, '\n');
  for (const std::string& line : lines) {
    if (!absl::StartsWith(line, "| [") && !absl::StartsWith(line, "| B")) continue;
    ++rows;
    const std::vector<std::string> cells = absl::StrSplit(line, '|');
    ASSERT_EQ(cells.size(), 5u) << line;
    bool any = false;
    const std::vector<std::string> words = absl::StrSplit(cells[3], '`');
    for (size_t i = 1; i < words.size(); i += 2) {
      any = true;
      if (words[i].find('/') != std::string::npos) {
        EXPECT_TRUE(std::filesystem::exists(Source() + "/" + words[i])) << line;
      } else {
        named.insert(words[i]);
      }
    }
    EXPECT_TRUE(any || absl::StrContains(cells[3], "not played: ")) << line;
  }
  EXPECT_GT(rows, 60);
  for (const std::string& name : named) EXPECT_TRUE(std::filesystem::exists(PathOf(name))) << name;
  for (const std::string& name : Names()) EXPECT_TRUE(named.count(name)) << name << " is not in docs/scenarios.md";
}

}  // namespace
}  // namespace cassplan
