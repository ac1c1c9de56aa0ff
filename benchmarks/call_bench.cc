// The cost of one call, from proto bytes to proto bytes: through the C API, or (CASSPLAN_BENCH_CPP) with the C++
// library. Two programs of one source, since no process may hold both. usage: call_bench REQUEST.pb ROUNDS Prints the
// nanoseconds of the fastest round and of the median.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#ifdef CASSPLAN_BENCH_CPP
#include "cassplan/planner.h"
#else
#include <cassplan/cassplan.hpp>
#endif

namespace {

size_t PlanOnce(const std::string& request) {
#ifdef CASSPLAN_BENCH_CPP
  const absl::StatusOr<std::string> response = cassplan::PlanBytes(request);
  return response.ok() ? response->size() : 0;
#else
  return cassplan::plan(cassplan::Encoding::proto, request).size();
#endif
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  std::ifstream file(argv[1], std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  const std::string request = bytes.str();
  std::vector<int64_t> times;
  size_t size = 0;
  for (int round = 0; round < std::atoi(argv[2]); ++round) {
    const auto begin = std::chrono::steady_clock::now();
    size = PlanOnce(request);
    times.push_back(
        std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - begin).count());
  }
  if (size == 0 || times.empty()) return 1;
  std::sort(times.begin(), times.end());
  std::cout << times.front() << " " << times[times.size() / 2] << " " << size << "\n";
  return 0;
}
