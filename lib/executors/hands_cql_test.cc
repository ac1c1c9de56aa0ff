#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <regex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/executors/cql_schema.h"
#include "lib/executors/hands.h"
#include "lib/executors/test_cql_server.h"
#include "lib/executors/test_server.h"

namespace cassplan::executors {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// A node with a schema: it answers what the executor asks, and alters keyspaces.
class PlayedSchema {
 public:
  explicit PlayedSchema(bool tls = false) : server([this](const TestCqlQuestion& q) { return Answer(q); }, tls) {}

  std::string FactorOf(const std::string& keyspace, const std::string& dc) {
    const std::lock_guard<std::mutex> lock(mutex_);
    return keyspaces[keyspace].value(dc, "");
  }
  std::vector<std::string> Alters() const {
    std::vector<std::string> texts;
    for (const std::string& text : server.texts()) {
      if (absl::StartsWith(text, "ALTER")) texts.push_back(text);
    }
    return texts;
  }

  Json keyspaces = {
      {"app", {{"class", "org.apache.cassandra.locator.NetworkTopologyStrategy"}, {"dc1", "2"}, {"dc2", "3"}}}};
  std::string username;  // empty: no login
  std::string password;
  TestCqlAnswer to_alter = CqlSchemaChanged();
  bool alters = true;
  int disagree_before = 0;  // how often peers tell another version
  int disagree_after = 0;
  std::string foreign_version = "9";  // of a peer that is no ready Pod

 private:
  static std::string Uuid(char c) { return std::string(16, c); }

  TestCqlAnswer Answer(const TestCqlQuestion& question) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (question.opcode == 0x01 && !username.empty()) {
      TestCqlAnswer login;
      login.opcode = 0x03;
      login.body = CqlShortString("org.apache.cassandra.auth.PasswordAuthenticator");
      return login;
    }
    if (question.opcode == 0x01) return CqlReady();
    if (question.opcode == 0x0F) {
      const std::string zero(1, '\0');
      if (question.body != CqlLongBytes(absl::StrCat(zero, username, zero, password)))
        return CqlErrorAnswer(0x100, "no");
      TestCqlAnswer success;
      success.opcode = 0x10;
      success.body = CqlNumber(0xFFFFFFFF, 4);
      return success;
    }
    const std::string uuid = CqlNumber(0x0C, 2);
    const std::string inet = CqlNumber(0x10, 2);
    if (absl::StrContains(question.text, "system.local"))
      return CqlRowsAnswer({{"schema_version", uuid}}, {{Uuid('1')}});
    if (absl::StrContains(question.text, "system.peers")) {
      int& left = altered_ ? disagree_after : disagree_before;
      const char version = left > 0 ? '2' : '1';
      --left;
      const std::string local("\x7f\0\0\1", 4);
      const std::string foreign("\x0a\0\0\1", 4);
      return CqlRowsAnswer({{"peer", inet}, {"rpc_address", inet}, {"schema_version", uuid}},
                           {{local, local, Uuid(version)}, {foreign, std::nullopt, Uuid(foreign_version[0])}});
    }
    if (absl::StrContains(question.text, "system_schema.keyspaces")) {
      Json found = Json::object();
      for (const auto& [name, options] : keyspaces.items()) {
        if (absl::StrContains(question.text, absl::StrCat("'", name, "'"))) found[name] = options;
      }
      return CqlKeyspaces(found);
    }
    if (absl::StartsWith(question.text, "ALTER KEYSPACE \"app\"") && alters) {
      keyspaces["app"] = Json::object();
      const std::regex pair("'([^']+)': '([^']+)'");
      for (std::sregex_iterator it(question.text.begin(), question.text.end(), pair), end; it != end; ++it) {
        keyspaces["app"][(*it)[1].str()] = (*it)[2].str();
      }
      altered_ = true;
    }
    return to_alter;
  }

  std::mutex mutex_;
  bool altered_ = false;

 public:
  TestCqlServer server;  // last: it goes first
};

class AlterKeyspaceTest : public ::testing::Test {
 protected:
  AlterKeyspaceTest() : api_([this](const TestRequest& request) { return Answer(request); }) {
    options_.name = "demo";
    options_.name_space = "shop";
    options_.now = [] { return int64_t{1000}; };
    look_.cassandra_cluster = {{"apiVersion", "db.orange.com/v2"},
                               {"kind", "CassandraCluster"},
                               {"metadata", {{"name", "demo"}, {"namespace", "shop"}}},
                               {"spec", {{"dataCapacity", "1Gi"}}}};
    v1::Target* target = start_.mutable_action()->mutable_target();
    start_.mutable_action()->set_kind(v1::ACTION_KIND_ALTER_KEYSPACE);
    start_.mutable_action()->set_replication_factor(3);
    target->set_keyspace("app");
    target->set_datacenter("dc1");
    start_.set_attempt(1);
    start_.set_deadline_seconds(1000 + 60);
  }

  TestResponse Answer(const TestRequest& request) {
    TestResponse response;
    if (absl::EndsWith(request.path, "/secrets/login")) {
      response.body = ToText({{"kind", "Secret"}, {"data", secret_}});
    } else if (absl::EndsWith(request.path, "/pods")) {
      response.body = ToText({{"kind", "PodList"}, {"metadata", {{"resourceVersion", "1"}}}, {"items", pods_}});
    } else {
      response.status = 404;
      response.body = ToText({{"kind", "Status"}, {"code", 404}, {"reason", "NotFound"}, {"message", "not found"}});
    }
    return response;
  }

  void AddPod(int port, bool ready = true) {
    const Json port_of = {{"name", "cql"}, {"containerPort", port}};
    pods_.push_back(
        {{"metadata", {{"name", absl::StrCat("demo-dc1-rack1-", pods_.size())}}},
         {"spec", {{"containers", Json::array({{{"name", "cassandra"}, {"ports", Json::array({port_of})}}})}}},
         {"status",
          {{"podIP", "127.0.0.1"},
           {"conditions", Json::array({{{"type", "Ready"}, {"status", ready ? "True" : "False"}}})}}}});
  }
  void AddSecret(const std::map<std::string, std::string>& data) {
    look_.cassandra_cluster["spec"]["cqlSecret"] = {{"name", "login"}};
    for (const auto& [key, value] : data) secret_[key] = absl::Base64Escape(value);
  }

  StartResult Run() {
    KubeConfig config;
    config.server = api_.url();
    KubernetesClient kubernetes(config);
    JolokiaClient jolokia{JolokiaOptions()};
    return ResultOf(Hands(&kubernetes, &jolokia, options_, {}, look_, start_, stop_).Do());
  }

  ClusterOptions options_;
  ClusterLook look_;
  v1::StartAction start_;
  std::atomic<bool> stop_{false};
  Json pods_ = Json::array();
  Json secret_ = Json::object();
  TestServer api_;
};

TEST_F(AlterKeyspaceTest, ChangesOneFactorOnce) {
  PlayedSchema node;
  AddPod(node.server.port());
  const StartResult result = Run();
  EXPECT_EQ(result.ending, Ending::kSucceeded) << result.message;
  const std::string nts = "org.apache.cassandra.locator.NetworkTopologyStrategy";
  EXPECT_THAT(node.Alters(), ElementsAre(absl::StrCat("ALTER KEYSPACE \"app\" WITH replication = {'class': '", nts,
                                                      "', 'dc1': '3', 'dc2': '3'}")));
  // Again, as after a crash: it is done already.
  EXPECT_EQ(Run().ending, Ending::kSucceeded);
  EXPECT_THAT(node.Alters(), SizeIs(1));
}

TEST_F(AlterKeyspaceTest, ADatacenterComesAndGoes) {
  PlayedSchema node;
  AddPod(node.server.port());
  start_.mutable_action()->mutable_target()->set_datacenter("dc3");
  EXPECT_EQ(Run().ending, Ending::kSucceeded);
  EXPECT_EQ(node.FactorOf("app", "dc3"), "3");
  start_.mutable_action()->set_replication_factor(0);
  EXPECT_EQ(Run().ending, Ending::kSucceeded);
  EXPECT_EQ(node.FactorOf("app", "dc3"), "");
  EXPECT_EQ(node.FactorOf("app", "dc1"), "2");
}

TEST_F(AlterKeyspaceTest, WaitsUntilTheNodesAgree) {
  PlayedSchema node;
  node.disagree_after = 3;
  AddPod(node.server.port());
  EXPECT_EQ(Run().ending, Ending::kSucceeded);
  EXPECT_LT(node.disagree_after, 0);
}

TEST_F(AlterKeyspaceTest, NodesThatDisagreeBeforeAreNotAskedToAlter) {
  PlayedSchema node;
  node.disagree_before = 100;
  AddPod(node.server.port());
  const StartResult result = Run();
  EXPECT_EQ(result.ending, Ending::kFailed);
  EXPECT_THAT(result.message, HasSubstr("do not agree"));
  EXPECT_THAT(node.Alters(), IsEmpty());
}

TEST_F(AlterKeyspaceTest, AnEndThatIsNotKnownIsSaidSo) {
  {
    PlayedSchema node;
    node.to_alter = TestCqlAnswer();
    node.to_alter.close = true;
    AddPod(node.server.port());
    EXPECT_EQ(Run().ending, Ending::kUnknown);
    EXPECT_THAT(node.Alters(), SizeIs(1));
    EXPECT_EQ(node.FactorOf("app", "dc1"), "3");
  }
  pods_ = Json::array();
  PlayedSchema late;
  late.alters = false;
  late.to_alter = CqlErrorAnswer(0x0000, "java.util.concurrent.TimeoutException");
  AddPod(late.server.port());
  EXPECT_EQ(Run().ending, Ending::kUnknown);
  EXPECT_THAT(late.Alters(), SizeIs(1));
}

TEST_F(AlterKeyspaceTest, WhatCassandraRefusesFailed) {
  PlayedSchema node;
  node.alters = false;
  node.to_alter = CqlErrorAnswer(0x2100, "User bob has no ALTER permission on <keyspace app> or any of its parents");
  AddPod(node.server.port());
  const StartResult result = Run();
  EXPECT_EQ(result.ending, Ending::kFailed);
  EXPECT_THAT(result.message, HasSubstr("no ALTER permission"));
}

TEST_F(AlterKeyspaceTest, AnotherReplicationThanThePlanWasMadeForIsLeftAlone) {
  PlayedSchema node;
  AddPod(node.server.port());
  v1::Keyspace* seen = look_.observed.add_reports()->mutable_schema()->add_keyspaces();
  seen->set_name("app");
  seen->set_strategy("NetworkTopologyStrategy");
  v1::DatacenterReplication* dc = seen->add_datacenters();
  dc->set_datacenter("dc1");
  dc->set_replication_factor(1);
  const StartResult result = Run();
  EXPECT_EQ(result.ending, Ending::kFailed);
  EXPECT_THAT(result.message, HasSubstr("since the plan was made"));
  EXPECT_THAT(node.Alters(), IsEmpty());
  dc->set_replication_factor(2);
  EXPECT_EQ(Run().ending, Ending::kSucceeded);
}

TEST_F(AlterKeyspaceTest, KeyspacesThatCannotBeChanged) {
  PlayedSchema node;
  AddPod(node.server.port());
  const auto message = [&](const Json& replication) {
    node.keyspaces = {{"app", replication}};
    const StartResult result = Run();
    EXPECT_EQ(result.ending, Ending::kFailed);
    return result.message;
  };
  EXPECT_THAT(message({{"class", "LocalStrategy"}}), HasSubstr("LocalStrategy is not changed here"));
  EXPECT_THAT(message({{"class", "NetworkTopologyStrategy"}, {"dc1", "3/1"}}), HasSubstr("transient"));
  EXPECT_THAT(message({{"class", "SimpleStrategy"}, {"replication_factor", "2"}}), HasSubstr("other nodes would hold"));
  start_.mutable_action()->set_replication_factor(0);
  EXPECT_THAT(message({{"class", "NetworkTopologyStrategy"}, {"dc1", "3"}}), HasSubstr("no replica would be left"));
  start_.mutable_action()->mutable_target()->set_keyspace("none");
  EXPECT_THAT(message({{"class", "NetworkTopologyStrategy"}}), HasSubstr("keyspace none does not exist"));
  EXPECT_THAT(node.Alters(), IsEmpty());
}

TEST_F(AlterKeyspaceTest, SimpleStrategyWithTheSameNumberIsConverted) {
  PlayedSchema node;
  AddPod(node.server.port());
  node.keyspaces = {{"app", {{"class", "SimpleStrategy"}, {"replication_factor", "3"}}}};
  EXPECT_EQ(Run().ending, Ending::kSucceeded);
  EXPECT_THAT(
      node.Alters(),
      ElementsAre("ALTER KEYSPACE \"app\" WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': '3'}"));
}

TEST_F(AlterKeyspaceTest, AsksAReadyNodeThatAnswers) {
  PlayedSchema node;
  AddPod(1, /*ready=*/false);
  EXPECT_THAT(Run().message, HasSubstr("no node is ready"));
  AddPod(1);  // nobody listens there
  EXPECT_EQ(Run().ending, Ending::kFailed);
  AddPod(node.server.port());
  EXPECT_EQ(Run().ending, Ending::kSucceeded);
}

TEST_F(AlterKeyspaceTest, LogsInWithTheSecret) {
  PlayedSchema node;
  node.username = "me";
  node.password = "pw";
  AddPod(node.server.port());
  EXPECT_THAT(Run().message, HasSubstr("spec.cqlSecret"));
  AddSecret({{"username", "me"}, {"password", "old"}});
  EXPECT_EQ(Run().ending, Ending::kFailed);
  AddSecret({{"password", "pw"}});
  const StartResult result = Run();
  EXPECT_EQ(result.ending, Ending::kSucceeded) << result.message;
  look_.cassandra_cluster["spec"]["cqlSecret"] = {{"name", "other"}};
  EXPECT_EQ(Run().ending, Ending::kFailed);
}

TEST_F(AlterKeyspaceTest, TlsIsWantedByTheSecretsAuthority) {
  PlayedSchema node(/*tls=*/true);
  AddPod(node.server.port());
  AddSecret({{"server-name", "cassandra.test"}});
  EXPECT_THAT(Run().message, HasSubstr("TLS needs ca.crt"));
  AddSecret({{"ca.crt", node.server.authority()}});
  const StartResult result = Run();
  EXPECT_EQ(result.ending, Ending::kSucceeded) << result.message;
  PlayedSchema other(/*tls=*/true);
  AddSecret({{"ca.crt", other.server.authority()}});
  EXPECT_EQ(Run().ending, Ending::kFailed);
}

TEST_F(AlterKeyspaceTest, IsStopped) {
  PlayedSchema node;
  node.to_alter = TestCqlAnswer();
  node.to_alter.hang = true;
  AddPod(node.server.port());
  std::thread stopper([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    stop_ = true;
  });
  EXPECT_EQ(Run().ending, Ending::kUnknown);
  stopper.join();
}

}  // namespace
}  // namespace cassplan::executors
