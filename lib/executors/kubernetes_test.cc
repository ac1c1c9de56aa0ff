#include "lib/executors/kubernetes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/executors/test_server.h"

namespace cassplan::executors {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TestResponse Say(int status, const Json& body) {
  TestResponse response;
  response.status = status;
  response.body = body.dump();
  return response;
}

TestResponse Fails(int code, const std::string& reason) {
  return Say(code, {{"kind", "Status"}, {"code", code}, {"reason", reason}, {"message", "because"}});
}

KubernetesClient ClientOf(const TestServer& server) {
  KubeConfig config;
  config.server = server.url();
  config.token = "t";
  return KubernetesClient(config);
}

Json Page(const std::string& name, const std::string& next) {
  return {{"kind", "PodList"},
          {"metadata", {{"resourceVersion", "7"}, {"continue", next}}},
          {"items", Json::array({{{"metadata", {{"name", name}}}}})}};
}

TEST(Kubernetes, ListJoinsPages) {
  TestServer server([](const TestRequest& request) {
    EXPECT_EQ(request.headers.at("authorization"), "Bearer t");
    const bool second = request.query.find("continue=n") != std::string::npos;
    return Say(200, Page(second ? "b" : "a", second ? "" : "n"));
  });
  KubernetesClient client = ClientOf(server);
  const absl::StatusOr<Json> list = client.List(kPods, "ns");
  ASSERT_TRUE(list.ok()) << list.status();
  ASSERT_EQ((*list)["items"].size(), 2U);
  EXPECT_EQ(TextAt((*list)["items"][1], {"kind"}), "Pod");
  EXPECT_EQ(TextAt((*list)["items"][1], {"apiVersion"}), "v1");
  EXPECT_EQ(server.requests()[0].path, "/api/v1/namespaces/ns/pods");
  EXPECT_EQ(At(*list, {"metadata", "continue"}), nullptr);
}

TEST(Kubernetes, AListThatGrewTooOldIsReadWhole) {
  TestServer server([](const TestRequest& request) {
    if (request.query.find("continue=") != std::string::npos) return Fails(410, "Expired");
    return Say(200, Page("a", request.query.find("limit=") == std::string::npos ? "" : "n"));
  });
  KubernetesClient client = ClientOf(server);
  const absl::StatusOr<Json> list = client.List(kPods, "ns");
  ASSERT_TRUE(list.ok()) << list.status();
  EXPECT_EQ((*list)["items"].size(), 1U);
}

TEST(Kubernetes, AnswersBecomeCodes) {
  int code = 0;
  std::string reason;
  TestServer server([&](const TestRequest&) { return Fails(code, reason); });
  KubernetesClient client = ClientOf(server);
  const std::vector<std::tuple<int, std::string, absl::StatusCode>> cases = {
      {401, "", absl::StatusCode::kUnauthenticated},
      {403, "", absl::StatusCode::kPermissionDenied},
      {404, "", absl::StatusCode::kNotFound},
      {409, "AlreadyExists", absl::StatusCode::kAlreadyExists},
      {409, "Conflict", absl::StatusCode::kAborted},
      {410, "Expired", absl::StatusCode::kOutOfRange},
      {422, "Invalid", absl::StatusCode::kInvalidArgument},
      {429, "", absl::StatusCode::kResourceExhausted},
      {500, "", absl::StatusCode::kUnavailable}};
  for (const auto& [given, why, expected] : cases) {
    code = given;
    reason = why;
    const absl::Status status = client.Create(kPods, "ns", Json::object()).status();
    EXPECT_EQ(status.code(), expected) << given;
    EXPECT_THAT(std::string(status.message()), HasSubstr("because"));
  }
}

TEST(Kubernetes, DestructiveCallsCarryWhatTheyAreAbout) {
  TestServer server([](const TestRequest&) { return Say(200, Json::object()); });
  KubernetesClient client = ClientOf(server);
  EXPECT_TRUE(client.Delete(kClaims, "ns", "data-x-0", {"u1", "5"}).ok());
  EXPECT_TRUE(client.Evict("ns", "x-0", {"u2", ""}).ok());
  const std::vector<TestRequest> requests = server.requests();
  EXPECT_EQ(Json::parse(requests[0].body)["preconditions"], Json({{"uid", "u1"}, {"resourceVersion", "5"}}));
  EXPECT_EQ(requests[1].path, "/api/v1/namespaces/ns/pods/x-0/eviction");
  EXPECT_EQ(Json::parse(requests[1].body)["deleteOptions"]["preconditions"], Json({{"uid", "u2"}}));
}

std::string Line(const std::string& type, const std::string& name, const std::string& version) {
  return Json({{"type", type}, {"object", {{"metadata", {{"name", name}, {"resourceVersion", version}}}}}}).dump() +
         "\n";
}

TEST(Kubernetes, WatchGoesOnWhereItEnded) {
  TestServer server([](const TestRequest&) {
    TestResponse response;
    response.stream = [](const std::function<bool(const std::string&)>& write) {
      const std::string text = Line("ADDED", "a", "8") + Line("BOOKMARK", "", "12") + Line("MODIFIED", "b", "13");
      write(text.substr(0, 30));  // lines are cut anywhere
      write(text.substr(30));
    };
    return response;
  });
  KubernetesClient client = ClientOf(server);
  WatchOptions options;
  options.name_space = "ns";
  options.resource_version = "7";
  std::vector<std::string> seen;
  const auto note = [&](const WatchEvent& event) {
    seen.push_back(absl::StrCat(event.type, " ", TextAt(event.object, {"metadata", "name"})));
  };
  EXPECT_TRUE(client.Watch(kPods, &options, note).ok());
  EXPECT_THAT(seen, ElementsAre("ADDED a", "MODIFIED b"));
  EXPECT_EQ(options.resource_version, "13");
  EXPECT_THAT(server.requests()[0].query, HasSubstr("resourceVersion=7"));
}

TEST(Kubernetes, AWatchThatIsTooOldSaysSo) {
  bool inside = false;
  TestServer server([&](const TestRequest&) {
    if (!inside) return Fails(410, "Expired");
    TestResponse response;
    response.stream = [](const std::function<bool(const std::string&)>& write) {
      write(Json({{"type", "ERROR"}, {"object", {{"code", 410}, {"message", "too old"}}}}).dump() + "\n");
    };
    return response;
  });
  KubernetesClient client = ClientOf(server);
  WatchOptions options;
  const auto ignore = [](const WatchEvent&) {};
  EXPECT_TRUE(absl::IsOutOfRange(client.Watch(kPods, &options, ignore)));
  inside = true;
  EXPECT_TRUE(absl::IsOutOfRange(client.Watch(kPods, &options, ignore)));
}

TEST(Kubernetes, AWatchThatIsNotJsonIsAnError) {
  TestServer server([](const TestRequest&) {
    TestResponse response;
    response.stream = [](const std::function<bool(const std::string&)>& write) { write("<html>\n"); };
    return response;
  });
  KubernetesClient client = ClientOf(server);
  WatchOptions options;
  EXPECT_TRUE(absl::IsUnknown(client.Watch(kPods, &options, [](const WatchEvent&) {})));
}

}  // namespace
}  // namespace cassplan::executors
