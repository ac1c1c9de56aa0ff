// Eight threads plan, read, verify and fail at once; all must answer the same. Run under the thread sanitizer.
// usage: threads_test REQUEST.json
#include <cassplan/cassplan.hpp>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr int kThreads = 8;
constexpr int kRounds = 10;

struct Answers {
  std::string plan;
  std::string proof;
  std::string error;
  std::string info;
  std::string text;
};

Answers Ask(const std::string& request) {
  Answers answers;
  const cassplan::Buffer plan = cassplan::plan(cassplan::Encoding::json, request);
  answers.plan = plan.str();
  const std::string both = "{\"request\": " + request + ", \"response\": " + answers.plan + "}";
  answers.proof = cassplan::verify(cassplan::Encoding::json, both).str();
  answers.text = cassplan::render(cassplan::Encoding::json, both).str();
  answers.error = cassplan::try_plan(cassplan::Encoding::proto, request).error().what();
  answers.info = cassplan::capabilities().str();
  return answers;
}

bool Same(const Answers& a, const Answers& b) {
  return a.plan == b.plan && a.proof == b.proof && a.error == b.error && a.info == b.info && a.text == b.text;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::ifstream file(argv[1], std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  const std::string request = text.str();
  std::vector<Answers> answers(kThreads);
  std::vector<int> wrong(kThreads, 0);
  std::vector<std::thread> threads;
  for (size_t t = 0; t < kThreads; ++t) {
    // The first call of all is made by eight threads, too: what is made on first use must be safe.
    threads.emplace_back([&, t] {
      try {
        answers[t] = Ask(request);
        for (int round = 1; round < kRounds; ++round) wrong[t] += Same(Ask(request), answers[t]) ? 0 : 1;
      } catch (const cassplan::Error& error) {
        std::cerr << error.what() << "\n";
        ++wrong[t];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (size_t t = 0; t < kThreads; ++t) {
    if (wrong[t] > 0 || answers[t].plan.empty() || !Same(answers[t], answers[0])) {
      std::cerr << "thread " << t << " got another answer\n";
      return 1;
    }
  }
  std::cout << kThreads << " threads, " << kRounds << " rounds: equal answers\n";
  return 0;
}
