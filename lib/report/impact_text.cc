#include "lib/report/impact_text.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/report/grouping.h"
#include "lib/report/words.h"

namespace cassplan::report {

size_t WriteImpact(const v1::PlanResponse& response, size_t max_groups, Page* page) {
  const std::vector<ImpactGroup> groups = GroupImpact(response.impact());
  if (groups.empty()) {
    const auto& actions = response.plan().actions();
    if (std::none_of(actions.begin(), actions.end(), [](const v1::Action& a) { return a.disrupts() > 0; })) return 0;
    page->Gap();
    page->Text(0, "What clients will see is not known: no keyspace to protect is known.");
    return 0;
  }
  // The worst come first.
  if (groups[0].impact->failing().empty() &&
      groups[0].impact->lowest_replicas_up() >= groups[0].impact->replication_factor()) {
    if (response.plan().actions().empty()) return 0;
    page->Gap();
    page->Text(0, "Clients will see no replica down.");
    return 0;
  }
  page->Gap();
  page->Heading("Clients will see at worst");
  std::vector<Page::Row> rows;
  for (size_t i = 0; i < std::min(groups.size(), max_groups); ++i) {
    const ImpactGroup& g = groups[i];
    const size_t names = std::min<size_t>(g.keyspaces.size(), 3);
    std::string name = absl::StrJoin(g.keyspaces.begin(), g.keyspaces.begin() + static_cast<int64_t>(names), ", ");
    if (names < g.keyspaces.size()) absl::StrAppend(&name, " and ", g.keyspaces.size() - names, " more");
    std::vector<std::string> failing;
    for (const int level : g.impact->failing()) failing.push_back(LevelName(static_cast<v1::ConsistencyLevel>(level)));
    Page::Row row;
    row.cells = {std::move(name), g.impact->datacenter().empty() ? "everywhere" : g.impact->datacenter(),
                 absl::StrCat(g.impact->lowest_replicas_up(), " of ", g.impact->replication_factor(), " replicas up"),
                 failing.empty() ? "no level fails" : absl::StrCat(absl::StrJoin(failing, ", "), " will fail")};
    row.paint = failing.empty() ? Paint::kPlain : Paint::kRed;
    rows.push_back(std::move(row));
  }
  page->Table(2, rows);
  const size_t left = groups.size() - rows.size();
  if (left > 0) page->Text(2, absl::StrCat("... and ", left, " more groups of keyspaces"), Paint::kDim);
  return left;
}

}  // namespace cassplan::report
