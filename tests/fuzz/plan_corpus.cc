// Writes the kept inputs of plan_fuzz: serialized requests of small clusters, one of each kind of change. Run it after
// a change of the schema: plan_corpus tests/fuzz/corpus/plan
#include <cstdio>
#include <fstream>
#include <string>

#include "tests/property/cases.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  for (const char* name : {"Bootstrap",
                           "Rolling3x3",
                           "RollingTwoDcsAtOnce",
                           "QuorumTwoDcs",
                           "RollingSimple",
                           "TwoRacks",
                           "Rf1Hold",
                           "OneFailed",
                           "ScaleOut",
                           "ScaleIn",
                           "DebtThenLeave",
                           "OutAndIn",
                           "ReleaseShrinkOneDown",
                           "ReleaseGrow",
                           "UpgradeElsewhereJoin",
                           "AddDcImage",
                           "ReplaceDead",
                           "GrowOneDown",
                           "ForeignMove",
                           "SwapAtFloor",
                           "UpgradeJoinInFlight",
                           "UnknownTokens",
                           "Drained"}) {
    std::string bytes;
    if (!cassplan::property::MakeCase(name).Build().SerializeToString(&bytes)) return 1;
    std::ofstream file(std::string(argv[1]) + "/" + name + ".bin", std::ios::binary);
    file << bytes;
    if (!file.good()) return 1;
  }
  return 0;
}
