#include "lib/report/explanation_text.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/report/locate.h"
#include "lib/report/page.h"

namespace cassplan::report {
namespace {

const char* Lead(v1::ExplanationKind kind) {
  switch (kind) {
    case v1::EXPLANATION_KIND_WHY:
      return "why: ";
    case v1::EXPLANATION_KIND_WHY_NOT_NOW:
      return "why not now: ";
    case v1::EXPLANATION_KIND_SINCE:
      return "since: ";
    case v1::EXPLANATION_KIND_WAITS_FOR:
      return "waits for: ";
    case v1::EXPLANATION_KIND_NEEDED_BY:
      return "waited for by: ";
    case v1::EXPLANATION_KIND_FINDING:
      return "finding: ";
    default:
      return "";
  }
}

}  // namespace

std::string RenderExplanation(const v1::Explanation& explanation, size_t width, bool color) {
  Page page(std::max<size_t>(width, 40), color);
  page.Heading(explanation.title());
  bool after_detail = false;
  for (const v1::ExplanationItem& item : explanation.items()) {
    const bool what = item.kind() == v1::EXPLANATION_KIND_WHAT;
    if (what && after_detail) page.Gap();
    after_detail = !what;
    std::string text = absl::StrCat(Lead(item.kind()), item.text());
    if (!item.rule().empty() && item.kind() != v1::EXPLANATION_KIND_WHAT)
      absl::StrAppend(&text, " [", item.rule(), "]");
    const size_t indent = what ? 2 : 4;
    page.Text(indent, text, item.kind() == v1::EXPLANATION_KIND_WHY_NOT_NOW ? Paint::kYellow : Paint::kPlain);
    const std::string place = PlaceAndPath(item.location());
    if (!place.empty()) page.Text(indent + 2, absl::StrCat("at ", place));
    if (!item.remedy().empty()) page.Text(indent + 2, absl::StrCat("remedy: ", item.remedy()));
    if (what && !item.action_id().empty()) page.Text(indent + 2, absl::StrCat("id: ", item.action_id()), Paint::kDim);
  }
  return page.Join();
}

}  // namespace cassplan::report
