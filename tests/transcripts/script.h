// Transcripts: commands, a line `----`, and what they print. A file is a sequence of such blocks with an empty line
// between them; lines that begin with # belong to the reader. docs/simulate.md has the commands.
#ifndef CASSPLAN_TESTS_TRANSCRIPTS_SCRIPT_H_
#define CASSPLAN_TESTS_TRANSCRIPTS_SCRIPT_H_

#include <string>
#include <utility>
#include <vector>

#include "cassplan/simulate.h"
#include "tests/testing/cluster.h"

namespace cassplan::transcripts {

// What the commands of one file have made up to now.
class Script {
 public:
  // Runs the commands of one block and returns what it prints; a command that cannot be read prints why.
  std::string Run(const std::vector<std::string>& lines);

  // The last run: for tests that look at more than the text.
  const v1::SimulationResult& result() const { return result_; }
  v1::SimulationRequest Request() const;

 private:
  struct Edit {
    int64_t at = 0;
    testing::Cluster cluster;
  };

  std::string Why() const;
  std::string Do(const std::string& line);
  std::string Node(const std::vector<std::string>& words);
  std::string Change(const std::vector<std::string>& words, size_t from, testing::Cluster* cluster);
  std::string Play(const std::vector<std::string>& words);

  testing::Cluster cluster_{testing::Even(1)};
  std::vector<std::string> faults_;
  std::vector<Edit> edits_;
  uint64_t seed_ = 1;
  int64_t limit_ = 12 * 3600;
  v1::SimulationResult result_;
};

// The planner without one guard; its actions have no conditions before their starts, either.
PlanFunction PlanWithout(const std::string& guard);

struct Played {
  std::string text;                        // the file as it would be written: its commands, and what they print now
  std::vector<v1::SimulationResult> runs;  // of the planner itself, not of a mutant or a model
};

Played Play(const std::string& text);

}  // namespace cassplan::transcripts

#endif  // CASSPLAN_TESTS_TRANSCRIPTS_SCRIPT_H_
