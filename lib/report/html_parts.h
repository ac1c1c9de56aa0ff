// The fixed parts of the page of html.h.
#ifndef CASSPLAN_LIB_REPORT_HTML_PARTS_H_
#define CASSPLAN_LIB_REPORT_HTML_PARTS_H_

namespace cassplan::report {

extern const char kHtmlStyle[];
extern const char kHtmlScript[];

}  // namespace cassplan::report

#endif  // CASSPLAN_LIB_REPORT_HTML_PARTS_H_
