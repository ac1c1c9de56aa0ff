// The header twice in one program: nothing of it may be defined twice.
#include <cassplan/cassplan.hpp>
#include <string>

std::string PlanElsewhere(const std::string& request) {
  return cassplan::plan(cassplan::Encoding::json, request).str();
}
