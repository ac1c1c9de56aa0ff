// Everything that a person has, as texts, made into one request. The caller reads the files.
#ifndef CASSPLAN_LIB_DUMP_SOURCES_H_
#define CASSPLAN_LIB_DUMP_SOURCES_H_

#include <vector>

#include "cassplan/codec.h"
#include "cassplan/v1/embed.pb.h"

namespace cassplan::dump {

struct SourcesResult {
  v1::SourcesRead read;
  // When there is one, the request must not be used.
  std::vector<Problem> problems;
};

// Pure; never throws; hostile texts give problems or unknown facts. Fields of `sources` are named in problems without a
// place of their own ("desired", "now_seconds").
SourcesResult ReadSources(const v1::Sources& sources);

}  // namespace cassplan::dump

#endif  // CASSPLAN_LIB_DUMP_SOURCES_H_
