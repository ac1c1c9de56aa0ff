#include <cassplan/cassplan.hpp>
#include <iostream>

int main() {
  cassplan::check_version();
  std::cout << cassplan::version() << " " << cassplan::plan(cassplan::Encoding::json, "{}").size() << "\n";
  return cassplan::try_plan(cassplan::Encoding::json, "[]") ? 1 : 0;
}
