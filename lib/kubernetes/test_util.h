// For the tests of this folder.
#ifndef CASSPLAN_LIB_KUBERNETES_TEST_UTIL_H_
#define CASSPLAN_LIB_KUBERNETES_TEST_UTIL_H_

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "cassplan/codec.h"
#include "gtest/gtest.h"
#include "lib/kubernetes/cassandra_cluster.h"
#include "lib/kubernetes/json.h"
#include "lib/model/document.h"

namespace cassplan::kubernetes {

inline std::string ReadTestFile(const std::string& path) {
  std::ifstream in(std::string(CASSPLAN_SOURCE_DIR) + "/tests/data/kubernetes/" + path);
  EXPECT_TRUE(in.good()) << path;
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

inline Json TestList(const std::string& folder) { return ReadJson(ReadTestFile(folder + "/kubernetes.json")); }

inline std::vector<Json> ItemsOfKind(const Json& list, const std::string& kind) {
  std::vector<Json> items;
  for (const Json& item : list["items"]) {
    if (TextOf(item, "kind") == kind) items.push_back(item);
  }
  return items;
}

inline model::Value ToValue(const Json& json) {
  model::Value value;
  for (const Problem& problem : model::ParseJsonDocument(WriteJson(json), ParseOptions(), &value)) {
    ADD_FAILURE() << FormatProblem(problem);
  }
  return value;
}

inline std::string Joined(const std::vector<Problem>& problems) {
  std::string text;
  for (const Problem& problem : problems) text += FormatProblem(problem) + "\n";
  return text;
}

// Reads a cluster that has no problems.
inline CassandraCluster ReadGood(const std::string& yaml) {
  CassandraCluster cluster = ReadCassandraCluster(yaml, "cluster.yaml", Format::kYaml);
  EXPECT_EQ(Joined(cluster.problems), "");
  return cluster;
}

// The cluster of the fixtures, with `spec` merged in (JSON; null removes a member).
inline CassandraCluster ReadChanged(const Json& patch) {
  Json document = ItemsOfKind(TestList("01-created"), "CassandraCluster").at(0);
  document.merge_patch(patch);
  CassandraCluster cluster = ReadCassandraCluster(WriteJson(document), "cluster.json", Format::kJson);
  EXPECT_EQ(Joined(cluster.problems), "");
  return cluster;
}

}  // namespace cassplan::kubernetes

#endif  // CASSPLAN_LIB_KUBERNETES_TEST_UTIL_H_
