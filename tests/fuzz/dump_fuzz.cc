// A dump of hostile files. The input is files one after the other, each after a line "=== NAME".
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/dump/dump.h"

namespace {

void Check(bool ok) {
  if (!ok) std::abort();
}

std::vector<cassplan::dump::DumpFile> Split(absl::string_view input) {
  std::vector<cassplan::dump::DumpFile> out;
  while (!input.empty()) {
    const size_t end = input.find('\n');
    const absl::string_view line = input.substr(0, end);
    input.remove_prefix(end == absl::string_view::npos ? input.size() : end + 1);
    if (line.substr(0, 4) == "=== ") {
      out.push_back({std::string(line.substr(4)), ""});
    } else if (!out.empty()) {
      out.back().text.append(line.data(), line.size());
      if (end != absl::string_view::npos) out.back().text.push_back('\n');
    }
  }
  return out;
}

void CheckView(const cassplan::v1::ViewFacts& view) {
  Check(view.viewers_size() > 0);
  std::set<std::string> host_ids;
  for (const cassplan::v1::Peer& peer : view.peers())
    Check(!peer.host_id().empty() && host_ids.insert(peer.host_id()).second);
}

void CheckReport(const cassplan::v1::Report& report) {
  Check(!report.source().empty());
  Check(report.status() == cassplan::v1::REPORT_STATUS_OK || report.status() == cassplan::v1::REPORT_STATUS_FAILED);
  if (report.status() == cassplan::v1::REPORT_STATUS_FAILED) {
    Check(report.facts_case() == cassplan::v1::Report::FACTS_NOT_SET && !report.error().empty());
  }
  if (report.has_view()) CheckView(report.view());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto files = Split(absl::string_view(reinterpret_cast<const char*>(data), size));
  cassplan::dump::DumpOptions options;
  options.cluster = "demo";
  options.observed_at_seconds = 1;
  const cassplan::dump::Dump dump = cassplan::dump::ReadDump(files, options);
  if (!dump.problems.empty()) Check(dump.observed.reports_size() == 0 && dump.findings.empty());
  for (const cassplan::v1::Report& report : dump.observed.reports()) CheckReport(report);
  for (const cassplan::v1::Finding& finding : dump.findings)
    Check(!finding.rule().empty() && !finding.message().empty());
  const std::string bytes = dump.observed.SerializeAsString();
  cassplan::v1::Observed again;
  Check(again.ParseFromString(bytes));  // refuses text that is not UTF-8
  Check(cassplan::dump::ReadDump(files, options).observed.SerializeAsString() == bytes);
  return 0;
}
