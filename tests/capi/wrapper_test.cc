// The C++ wrapper: who owns what, values and exceptions. usage: wrapper_test REQUEST.json
#include <cassplan/cassplan.hpp>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <type_traits>

std::string PlanElsewhere(const std::string& request);

namespace {

static_assert(!std::is_copy_constructible_v<cassplan::Buffer> &&
              std::is_nothrow_move_constructible_v<cassplan::Buffer>);
static_assert(std::is_copy_constructible_v<cassplan::Error>);

int failures = 0;

void Check(bool condition, const char* text, int line) {
  if (condition) return;
  ++failures;
  std::cerr << "wrapper_test.cc:" << line << ": " << text << "\n";
}
#define CHECK(condition) Check((condition), #condition, __LINE__)

void Buffers(const std::string& request) {
  cassplan::Buffer empty;
  CHECK(empty.view().empty() && empty.data() != nullptr);
  cassplan::Buffer plan = cassplan::plan(cassplan::Encoding::json, request);
  const std::string text = plan.str();
  cassplan::Buffer moved = std::move(plan);
  CHECK(moved.view() == text);
  cassplan::Buffer taken(moved.release());
  CHECK(moved.native() == nullptr && taken.view() == text);
  taken = cassplan::Buffer();
  CHECK(PlanElsewhere(request) == text);
}

void Simulations(const std::string& request) {
  const std::string start = "{\"start\": " + request + ", \"seed\": 2}";
  const std::string whole = cassplan::simulate(cassplan::Encoding::json, start).str();
  cassplan::Simulation simulation(cassplan::Encoding::json, start);
  std::optional<cassplan::Buffer> result = simulation.run(1);
  CHECK(!result.has_value());
  while (!result.has_value()) result = simulation.run(50);
  CHECK(result->view() == whole);
  try {
    simulation.run(1);
    CHECK(false);
  } catch (const cassplan::Error& error) {
    CHECK(error.code() == CASSPLAN_FAILED_PRECONDITION);
  }
}

void Errors() {
  cassplan::Result<cassplan::Buffer> bad = cassplan::try_plan(cassplan::Encoding::json, "{\"desried\": {}}");
  CHECK(!bad && bad.error().code() == CASSPLAN_INVALID_ARGUMENT);
  CHECK(std::string(bad.error().what()).find("did you mean \"desired\"?") != std::string::npos);
  CHECK(bad.error().details().str().find("\"path\": \"desried\"") != std::string::npos);
  const cassplan::Error copy = bad.error();
  bad = cassplan::try_plan(cassplan::Encoding::json, "{}");
  CHECK(bad.ok() && std::string(copy.what()).find("desried") != std::string::npos);
  bool thrown = false;
  try {
    cassplan::render(cassplan::Encoding::json, "{\"width\": 3}");
  } catch (const std::exception& error) {
    thrown = std::string(error.what()).find("width") != std::string::npos;
  }
  CHECK(thrown);
  try {
    copy.details(cassplan::Encoding::yaml);
    CHECK(false);
  } catch (const cassplan::Error& error) {
    CHECK(error.code() == CASSPLAN_INVALID_ARGUMENT);
  }
}

void Others(const std::string& request) {
  cassplan::check_version();
  CHECK(!cassplan::version().empty());
  const cassplan::Buffer proto =
      cassplan::convert("PlanRequest", cassplan::Encoding::json, request, cassplan::Encoding::proto);
  CHECK(cassplan::convert("PlanRequest", cassplan::Encoding::proto, proto.view(), cassplan::Encoding::json).view() ==
        request);
  CHECK(cassplan::validate(cassplan::Encoding::proto, proto.view()).size() > 0);
  CHECK(!cassplan::try_read(cassplan::Encoding::json, "{}"));
  cassplan::Reconciler reconciler;
  CHECK(!reconciler.try_step("{}"));
  cassplan::Reconciler moved = std::move(reconciler);
  CHECK(moved.step("{\"event\": {\"now_seconds\": 5, \"timer\": true}}").size() > 0);
  CHECK(moved.checkpoint().size() > 0);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::ifstream file(argv[1], std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  Buffers(text.str());
  Simulations(text.str());
  Errors();
  Others(text.str());
  if (failures == 0) std::cout << "wrapper_test: all holds\n";
  return failures == 0 ? 0 : 1;
}
