// cassplan: reads files, plans, prints. It links no executor and no network code, so it cannot act on a cluster.
#include <string>
#include <vector>

#include "examples/cli/run.h"

int main(int argc, char** argv) { return cassplan::cli::Run(std::vector<std::string>(argv + 1, argv + argc)); }
