// What to tell a person whose value does not fit its field: what is due, what was found, what to write.
#ifndef CASSPLAN_LIB_MODEL_PROBLEM_TEXTS_H_
#define CASSPLAN_LIB_MODEL_PROBLEM_TEXTS_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/model/scalar.h"
#include "lib/model/schema_forms.h"

namespace cassplan::model {

// "expected a list, found 5; write a list".
std::string Expected(const FieldForm& field, bool item, const std::string& found);

std::string UnknownField(absl::string_view key, const std::vector<absl::string_view>& names);
std::string DuplicateKey(absl::string_view key, int first_line);
std::string NotAnInteger(const Scalar& scalar);
std::string OutOfRange(const Scalar& scalar, const std::string& lowest, const std::string& highest);
std::string NotABool(const Scalar& scalar);
std::string NotAWord(const Scalar& scalar, const EnumForm& values);
std::string NotAString(const Scalar& scalar);

}  // namespace cassplan::model

#endif  // CASSPLAN_LIB_MODEL_PROBLEM_TEXTS_H_
