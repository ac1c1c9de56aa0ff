// JUnit XML, which every CI system shows.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "lib/report/page.h"
#include "lib/report/results.h"
#include "lib/report/words.h"

namespace cassplan::report {
namespace {

// Safe() has taken out what XML 1.0 does not allow.
std::string Escape(const std::string& text) {
  return absl::StrReplaceAll(Safe(text),
                             {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&apos;"}});
}

bool Fails(const Result& r) {
  return r.kind == ResultKind::kHeld || (r.kind == ResultKind::kFinding && r.level == v1::FINDING_LEVEL_ERROR);
}

std::string NameOf(const Result& r) {
  if (r.kind == ResultKind::kPlanned) return r.what;
  return absl::StrCat(r.rule, ": ", r.what.empty() ? r.message : r.what);
}

std::string ClassOf(const Result& r) {
  const char* group = r.kind == ResultKind::kPlanned ? "plan" : r.kind == ResultKind::kHeld ? "held" : "findings";
  return absl::StrCat("cassplan.", group,
                      r.where.empty() ? "" : absl::StrCat(".", absl::StrReplaceAll(r.where, {{"/", "."}})));
}

void WriteCase(const Result& r, std::string* out) {
  absl::StrAppend(out, "  <testcase classname=\"", Escape(ClassOf(r)), "\" name=\"", Escape(NameOf(r)), "\"");
  if (!r.location.file().empty()) absl::StrAppend(out, " file=\"", Escape(r.location.file()), "\"");
  if (r.location.line() > 0) absl::StrAppend(out, " line=\"", r.location.line(), "\"");
  if (r.kind == ResultKind::kPlanned) {
    absl::StrAppend(out, ">\n    <system-out>", Escape(r.message), "</system-out>\n  </testcase>\n");
    return;
  }
  const std::string place = Place(r.location);
  const std::string body = absl::StrCat(place.empty() ? "" : absl::StrCat(place, ": "), r.message,
                                        r.remedy.empty() ? "" : absl::StrCat("\nremedy: ", r.remedy));
  // Escape would write the line break as \x0a.
  const std::string text = absl::StrReplaceAll(Escape(body), {{"\\x0a", "\n"}});
  if (Fails(r)) {
    absl::StrAppend(out, ">\n    <failure type=\"", Escape(r.rule), "\" message=\"", Escape(r.message), "\">", text,
                    "</failure>\n  </testcase>\n");
  } else {
    absl::StrAppend(out, ">\n    <skipped message=\"", Escape(r.message), "\"/>\n    <system-out>", text,
                    "</system-out>\n  </testcase>\n");
  }
}

}  // namespace

std::string RenderJunit(const std::string& suite, const std::vector<Result>& results) {
  const auto failures = std::count_if(results.begin(), results.end(), Fails);
  const auto skipped = std::count_if(results.begin(), results.end(), [](const Result& r) {
    return r.kind == ResultKind::kFinding && r.level != v1::FINDING_LEVEL_ERROR;
  });
  const std::string numbers =
      absl::StrCat("tests=\"", results.size(), "\" failures=\"", failures, "\" errors=\"0\" skipped=\"", skipped, "\"");
  std::string out = absl::StrCat("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites ", numbers,
                                 ">\n<testsuite name=\"", Escape(suite), "\" ", numbers, ">\n");
  for (const Result& r : results) WriteCase(r, &out);
  absl::StrAppend(&out, "</testsuite>\n</testsuites>\n");
  return out;
}

}  // namespace cassplan::report
