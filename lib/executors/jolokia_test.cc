#include "lib/executors/jolokia.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "lib/executors/test_server.h"

namespace cassplan::executors {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

JolokiaOptions OptionsOf(const TestServer& server) {
  JolokiaOptions options;
  options.port = server.port();
  options.read_timeout_ms = 500;
  return options;
}

TestResponse Answer(const Json& json, int status = 200) {
  TestResponse response;
  response.status = status;
  response.body = json.dump();
  return response;
}

TEST(Jolokia, ReadAsksForReplicationOfEveryKeyspace) {
  TestServer server([](const TestRequest& request) {
    Json answer = Json::array();
    for (const Json& question : Json::parse(request.body)) {
      Json value = "x";
      if (question.value("attribute", "") == "NonLocalStrategyKeyspaces") value = {"demo", "system_auth"};
      answer.push_back({{"request", question}, {"value", value}, {"status", 200}, {"timestamp", 5}});
    }
    return Answer(answer);
  });
  JolokiaClient client(OptionsOf(server));
  const absl::StatusOr<std::string> text = client.Read("127.0.0.1", {"me", "pw"}, 1700000000);
  ASSERT_TRUE(text.ok()) << text.status();
  int replication = 0;
  for (const Json& entry : Json::parse(*text)) {
    EXPECT_EQ(entry["timestamp"], 1700000000);
    replication += entry["request"].value("operation", "") == "getKeyspaceReplicationInfo" ? 1 : 0;
  }
  EXPECT_EQ(replication, 2);
  EXPECT_EQ(server.requests()[0].headers.at("authorization"), "Basic bWU6cHc=");
  EXPECT_EQ(server.connections(), 1);
}

TEST(Jolokia, TheStatusInTheBodyCounts) {
  int status = 200;
  TestServer server([&](const TestRequest&) { return Answer({{"status", status}, {"value", 7}, {"error", "why"}}); });
  JolokiaClient client(OptionsOf(server));
  JolokiaCall call;
  call.operation = "drain";
  EXPECT_EQ(*client.Run("127.0.0.1", {}, call), 7);
  status = 400;
  EXPECT_TRUE(absl::IsInvalidArgument(client.Run("127.0.0.1", {}, call).status()));
  status = 404;
  EXPECT_TRUE(absl::IsNotFound(client.Run("127.0.0.1", {}, call).status()));
  status = 500;
  const absl::Status failed = client.Run("127.0.0.1", {}, call).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(failed));
  EXPECT_THAT(std::string(failed.message()), HasSubstr("500 why"));
}

TEST(Jolokia, AHungOperationIsUnknownAndReadsGoOn) {
  TestServer server([](const TestRequest& request) {
    if (request.body.find("\"exec\"") == std::string::npos) return Answer({{"status", 200}, {"value", "NORMAL"}});
    TestResponse response;
    response.hang = true;
    return response;
  });
  JolokiaClient client(OptionsOf(server));
  JolokiaCall call;
  call.operation = "decommission";
  call.timeout_ms = 200;
  EXPECT_TRUE(absl::IsDeadlineExceeded(client.Run("127.0.0.1", {}, call).status()));
  EXPECT_EQ(*client.Attribute("127.0.0.1", {}, kStorageServiceBean, "OperationMode"), "NORMAL");
}

TEST(Jolokia, OddAnswersAreErrors) {
  std::string body;
  int http = 200;
  TestServer server([&](const TestRequest&) {
    TestResponse response;
    response.status = http;
    response.body = body;
    return response;
  });
  JolokiaClient client(OptionsOf(server));
  for (const char* odd : {"", "<html>", "[]", "7", "{}", "{\"status\":\"200\"}"}) {
    body = odd;
    EXPECT_FALSE(client.Run("127.0.0.1", {}, {}).ok()) << odd;
    EXPECT_EQ(client.Read("127.0.0.1", {}, 1).ok(), std::string(odd) == "[]") << odd;
  }
  http = 401;
  EXPECT_THAT(std::string(client.Read("127.0.0.1", {}, 1).status().message()), HasSubstr("another user or password"));
}

}  // namespace
}  // namespace cassplan::executors
