// The codec takes any bytes: it ends, it reports, and what it accepts it can write and read back the same.
// The first byte chooses what the others are: format = byte % 4 (JSON, YAML, JSON document, YAML document) and message
// type = byte / 4.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "cassplan/codec.h"
#include "cassplan/v1/planner.pb.h"
#include "google/protobuf/message.h"
#include "google/protobuf/util/message_differencer.h"
#include "lib/model/document.h"
#include "lib/model/text.h"

namespace {

using cassplan::ParseOptions;
using cassplan::Problem;
using google::protobuf::Message;

void Require(bool condition, const char* what, const std::string& text) {
  if (condition) return;
  std::fprintf(stderr, "%s: %s\n", what, text.c_str());
  std::abort();
}

const Message& Prototype(unsigned type) {
  static const Message* const kPrototypes[] = {
      &cassplan::v1::PlanRequest::default_instance(), &cassplan::v1::PlanResponse::default_instance(),
      &cassplan::v1::Desired::default_instance(),     &cassplan::v1::Observed::default_instance(),
      &cassplan::v1::Policy::default_instance(),      &cassplan::v1::Ledger::default_instance()};
  return *kPrototypes[type % std::size(kPrototypes)];
}

// False when there are problems; each must be fit to print.
bool Accepted(const std::vector<Problem>& problems) {
  for (const Problem& problem : problems) {
    const std::string line = cassplan::FormatProblem(problem);
    Require(!problem.message.empty(), "a problem without text", line);
    Require(cassplan::model::FindInvalidUtf8(line) == absl::string_view::npos, "a problem that is not UTF-8", line);
  }
  return problems.empty();
}

void CheckMessage(absl::string_view text, bool yaml, const Message& prototype) {
  const ParseOptions options;
  const std::unique_ptr<Message> message(prototype.New());
  const auto parse = yaml ? &cassplan::ParseYaml : &cassplan::ParseJson;
  if (!Accepted(parse(text, options, message.get()))) return;
  for (const std::string& written : {cassplan::WriteJson(*message), cassplan::WriteJsonLine(*message)}) {
    const std::unique_ptr<Message> back(prototype.New());
    Require(Accepted(cassplan::ParseJson(written, options, back.get())), "what was written is refused", written);
    Require(google::protobuf::util::MessageDifferencer::Equals(*message, *back), "it reads differently", written);
  }
}

void CheckDocument(absl::string_view text, bool yaml) {
  const ParseOptions options;
  cassplan::model::Value value;
  const auto parse = yaml ? &cassplan::model::ParseYamlDocument : &cassplan::model::ParseJsonDocument;
  if (!Accepted(parse(text, options, &value))) return;
  const std::string written = cassplan::model::CanonicalJson(value);
  cassplan::model::Value back;
  const std::vector<Problem> problems = cassplan::model::ParseJsonDocument(written, options, &back);
  // YAML has floats of any size; JSON's must fit.
  if (yaml && !problems.empty() && problems[0].message.rfind("the number is too large", 0) == 0) return;
  Require(Accepted(problems), "what was written is refused", written);
  Require(cassplan::model::CanonicalJson(back) == written, "it is not canonical", written);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const absl::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool yaml = data[0] % 2 == 1;
  if (data[0] % 4 >= 2) {
    CheckDocument(text, yaml);
  } else {
    CheckMessage(text, yaml, Prototype(data[0] / 4u));
  }
  return 0;
}
