// For tests: the cluster of tests/data/kubernetes/01-created with a made-up answer of each of its three nodes.
#ifndef CASSPLAN_LIB_DUMP_TEST_UTIL_H_
#define CASSPLAN_LIB_DUMP_TEST_UTIL_H_

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "lib/cassandra/test_util.h"
#include "lib/dump/dump.h"

namespace cassplan::dump {

inline std::string HostId(int n) { return absl::StrCat("aaaaaaaa-0000-4000-8000-00000000000", n); }
// Nodes 1 to 3 are the pods of rack1 to rack3.
inline std::string Address(int n) { return absl::StrCat("127.100.0.", n + 2); }
inline std::string Pod(int n) { return absl::StrCat("cassandra-demo-dc1-rack", n, "-0"); }
inline std::string Quoted(absl::string_view text) { return absl::StrCat("\"", text, "\""); }
inline std::string List(const std::vector<std::string>& texts) {
  return texts.empty() ? "[]" : absl::StrCat("[\"", absl::StrJoin(texts, "\",\""), "\"]");
}
// {"address": "host id", ...} of nodes.
inline std::string HostMap(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::vector<std::string> members;
  for (const auto& [key, value] : pairs) members.push_back(absl::StrCat(Quoted(key), ":", Quoted(value)));
  return absl::StrCat("{", absl::StrJoin(members, ","), "}");
}

class TestDump {
 public:
  TestDump() {
    files_["kubernetes.json"] = cassandra::ReadTestFile("kubernetes/01-created/kubernetes.json");
    for (int n = 1; n <= 3; ++n) Settle(n);
  }

  cassandra::BulkText& node(int n) { return nodes_[n]; }
  // The same fact in every node's answer.
  TestDump& All(absl::string_view attribute, absl::string_view value) {
    for (auto& [n, text] : nodes_) text.Read(attribute, value);
    return *this;
  }
  TestDump& File(const std::string& name, const std::string& text) {
    files_[name] = text;
    return *this;
  }
  TestDump& Drop(int n) {
    nodes_.erase(n);
    return *this;
  }
  TestDump& DropFile(const std::string& name) {
    files_.erase(name);
    return *this;
  }

  std::vector<DumpFile> Files() const {
    std::map<std::string, std::string> all = files_;
    for (const auto& [n, text] : nodes_) all.emplace(absl::StrCat("jolokia/", Pod(n), ".json"), text.Json());
    std::vector<DumpFile> out;
    for (const auto& [name, text] : all) out.push_back({name, text});
    return out;
  }
  Dump Read() const {
    DumpOptions options;
    options.cluster = "cassandra-demo";
    options.namespace_name = "default";
    options.observed_at_seconds = 42;
    options.folder = "d";
    return ReadDump(Files(), options);
  }

 private:
  // As 5.0 answers.
  void Settle(int n) {
    cassandra::BulkText& text = nodes_[n];
    std::vector<std::pair<std::string, std::string>> hosts;
    std::vector<std::pair<std::string, std::string>> tokens;
    for (int m = 1; m <= 3; ++m) {
      hosts.emplace_back(Address(m), HostId(m));
      tokens.emplace_back(absl::StrCat(m * 100), Address(m));
      tokens.emplace_back(absl::StrCat(-m), Address(m));
    }
    text.At(1795351000 + n).Read("OperationMode", "\"NORMAL\"").Read("LocalHostId", Quoted(HostId(n)));
    text.Fail("HostIdMap", 404, "javax.management.AttributeNotFoundException : No such attribute: HostIdMap");
    text.Read("EndpointToHostId", HostMap(hosts)).Read("TokenToEndpointMap", HostMap(tokens));
    text.Read("LiveNodes", List({Address(1), Address(2), Address(3)})).Read("UnreachableNodes", "[]");
    text.Read("JoiningNodes", "[]").Read("LeavingNodes", "[]").Read("MovingNodes", "[]");
    text.Read("ReleaseVersion", "\"5.0.9\"").Read("GossipRunning", "true").Read("ClusterName", "\"cassandra-demo\"");
    text.Read("EndpointSnitchInfo", "Datacenter", "\"dc1\"");
    text.Read("EndpointSnitchInfo", "Rack", Quoted(absl::StrCat("rack", n)));
    text.Read("LoadMap", HostMap({{Address(1), absl::StrCat(n, " KiB")}, {Address(2), "9 KiB"}}));
    text.Read("Keyspaces", List({"shop", "system", "system_schema"}));
    text.Read("NonLocalStrategyKeyspaces", List({"shop"}));
    text.Exec("getKeyspaceReplicationInfo", "shop", "\"NetworkTopologyStrategy {dc1=3}\"");
  }

  std::map<std::string, std::string> files_;
  std::map<int, cassandra::BulkText> nodes_;
};

// Reports of Jolokia about slots, by rack "rack1", ...
inline std::map<std::string, v1::Report> NodeReports(const Dump& dump) {
  std::map<std::string, v1::Report> out;
  for (const v1::Report& report : dump.observed.reports()) {
    if (report.source() != "jolokia" || report.subject().rack().empty()) continue;
    EXPECT_TRUE(out.emplace(report.subject().rack(), report).second) << report.ShortDebugString();
  }
  return out;
}
inline std::vector<v1::Report> ViewReports(const Dump& dump) {
  std::vector<v1::Report> out;
  for (const v1::Report& report : dump.observed.reports()) {
    if (report.has_view()) out.push_back(report);
  }
  return out;
}
inline std::vector<v1::Report> SchemaReports(const Dump& dump) {
  std::vector<v1::Report> out;
  for (const v1::Report& report : dump.observed.reports()) {
    if (report.has_schema() || report.source() == "schema") out.push_back(report);
  }
  return out;
}
// "rule: message" of every finding.
inline std::vector<std::string> Texts(const Dump& dump) {
  std::vector<std::string> out;
  for (const v1::Finding& finding : dump.findings) out.push_back(absl::StrCat(finding.rule(), ": ", finding.message()));
  return out;
}
inline v1::Peer PeerOf(const v1::Report& report, const std::string& host_id) {
  for (const v1::Peer& peer : report.view().peers()) {
    if (peer.host_id() == host_id) return peer;
  }
  ADD_FAILURE() << "no peer " << host_id;
  return v1::Peer();
}

}  // namespace cassplan::dump

#endif  // CASSPLAN_LIB_DUMP_TEST_UTIL_H_
