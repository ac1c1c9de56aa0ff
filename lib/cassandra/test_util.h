// For tests: documents, recorded answers, and bulk answers made up attribute by attribute.
#ifndef CASSPLAN_LIB_CASSANDRA_TEST_UTIL_H_
#define CASSPLAN_LIB_CASSANDRA_TEST_UTIL_H_

#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/model/document.h"

namespace cassplan::cassandra {

inline std::string ReadTestFile(absl::string_view name) {
  const std::string path = absl::StrCat(CASSPLAN_SOURCE_DIR, "/tests/data/", name);
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

inline model::Value ParseDocument(absl::string_view text) {
  model::Value value;
  for (const Problem& problem : model::ParseJsonDocument(text, ParseOptions(), &value)) {
    ADD_FAILURE() << FormatProblem(problem);
  }
  return value;
}

// A bulk answer of one recorded answer.
inline model::Value Recorded(absl::string_view name) {
  model::Value file = ParseDocument(ReadTestFile(absl::StrCat("jolokia/", name, ".json")));
  const model::Value* response = file.Find("response");
  model::Value list;
  list.kind = model::Kind::kList;
  list.items.push_back(response == nullptr ? file : *response);
  return list;
}

// Entries are found again by attribute, so that a test can change one of a healthy node.
class BulkText {
 public:
  // `value` is JSON. MBeans in short: "StorageService", or in full.
  BulkText& Read(absl::string_view mbean, absl::string_view attribute, absl::string_view value) {
    return Put(absl::StrCat(mbean, "/", attribute),
               absl::StrCat(R"({"request":{"type":"read","mbean":")", Mbean(mbean), R"(","attribute":")", attribute,
                            R"("},"value":)", value, R"(,"status":200,"timestamp":)", time_, "}"));
  }
  BulkText& Read(absl::string_view attribute, absl::string_view value) {
    return Read("StorageService", attribute, value);
  }
  BulkText& Fail(absl::string_view attribute, int status, absl::string_view error) {
    return Put(absl::StrCat("StorageService/", attribute),
               absl::StrCat(R"({"request":{"type":"read","mbean":")", Mbean("StorageService"), R"(","attribute":")",
                            attribute, R"("},"error":")", error, R"(","status":)", status, "}"));
  }
  BulkText& Exec(absl::string_view operation, absl::string_view argument, absl::string_view value) {
    return Put(absl::StrCat(operation, "(", argument, ")"),
               absl::StrCat(R"({"request":{"type":"exec","mbean":")", Mbean("StorageService"), R"(","operation":")",
                            operation, R"(","arguments":[")", argument, R"("]},"value":)", value,
                            R"(,"status":200,"timestamp":)", time_, "}"));
  }
  BulkText& Raw(absl::string_view key, absl::string_view entry) { return Put(std::string(key), std::string(entry)); }
  BulkText& Drop(absl::string_view attribute) {
    entries_.erase(absl::StrCat("StorageService/", attribute));
    return *this;
  }
  BulkText& At(int64_t time) {
    time_ = time;
    return *this;
  }

  std::string Json() const {
    std::string out = "[";
    for (const auto& [key, entry] : entries_) absl::StrAppend(&out, out.size() > 1 ? ",\n" : "\n", entry);
    return out + "\n]\n";
  }
  model::Value Document() const { return ParseDocument(Json()); }

 private:
  static std::string Mbean(absl::string_view name) {
    if (absl::StrContains(name, ":")) return std::string(name);
    const bool net = name == "FailureDetector" || name == "StreamManager";
    return absl::StrCat(net ? "org.apache.cassandra.net" : "org.apache.cassandra.db", ":type=", name);
  }
  BulkText& Put(std::string key, std::string entry) {
    entries_[std::move(key)] = std::move(entry);
    return *this;
  }

  std::map<std::string, std::string> entries_;
  int64_t time_ = 1795351000;
};

}  // namespace cassplan::cassandra

#endif  // CASSPLAN_LIB_CASSANDRA_TEST_UTIL_H_
