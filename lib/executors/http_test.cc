#include "lib/executors/http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "lib/executors/test_server.h"

namespace cassplan::executors {
namespace {

using testing::HasSubstr;

HttpOptions Quick() {
  HttpOptions options;
  options.use_proxy = false;
  options.first_pause_ms = 5;
  return options;
}

TestResponse Say(int status, const std::string& body = "") {
  TestResponse response;
  response.status = status;
  response.body = body;
  return response;
}

TEST(Http, ConnectionsAreKept) {
  TestServer server([](const TestRequest& request) { return Say(200, request.method + request.body); });
  HttpClient client(Quick());
  HttpRequest request;
  request.url = server.url();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(client.Do(request)->body, "GET");
  request.method = "PUT";
  request.body = "x";
  EXPECT_EQ(client.Do(request)->body, "PUTx");
  EXPECT_EQ(server.connections(), 1);
}

TEST(Http, OnlyIdempotentRequestsAreRepeated) {
  std::atomic<int> asked{0};
  TestServer server([&](const TestRequest&) { return Say(++asked % 3 == 0 ? 200 : 503, "x"); });
  HttpClient client(Quick());
  HttpRequest request;
  request.url = server.url();
  EXPECT_EQ(client.Do(request)->status, 503);
  EXPECT_EQ(asked, 1);
  asked = 0;
  request.idempotent = true;
  EXPECT_EQ(client.Do(request)->status, 200);
  EXPECT_EQ(asked, 3);
}

TEST(Http, RetryAfterIsKept) {
  std::atomic<int> asked{0};
  TestServer server([&](const TestRequest&) {
    TestResponse response = Say(++asked == 1 ? 429 : 200);
    response.headers.push_back("Retry-After: 1");
    return response;
  });
  HttpClient client(Quick());
  HttpRequest request;
  request.url = server.url();
  request.idempotent = true;
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(client.Do(request)->status, 200);
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
}

TEST(Http, AHungServerCostsTheTimeoutAndIsUnknown) {
  TestServer server([](const TestRequest&) {
    TestResponse response;
    response.hang = true;
    return response;
  });
  HttpClient client(Quick());
  HttpRequest request;
  request.url = server.url();
  request.timeout_ms = 200;
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(absl::IsDeadlineExceeded(client.Do(request).status()));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST(Http, WhatWasNeverSentIsUnavailable) {
  int port = 0;
  {
    TestServer server([](const TestRequest&) { return Say(200); });
    port = server.port();
  }
  HttpClient client(Quick());
  HttpRequest request;
  request.url = "http://127.0.0.1:" + std::to_string(port);
  EXPECT_TRUE(absl::IsUnavailable(client.Do(request).status()));
}

TEST(Http, ALostConnectionIsUnknown) {
  TestServer server([](const TestRequest&) {
    TestResponse response;
    response.close = true;
    return response;
  });
  HttpClient client(Quick());
  HttpRequest request;
  request.method = "POST";
  request.url = server.url();
  EXPECT_TRUE(absl::IsUnknown(client.Do(request).status())) << client.Do(request).status();
}

TEST(Http, LongAnswersAreRefused) {
  TestServer server([](const TestRequest&) { return Say(200, std::string(5000, 'x')); });
  HttpClient client(Quick());
  HttpRequest request;
  request.url = server.url();
  request.max_body = 4000;
  const absl::Status status = client.Do(request).status();
  EXPECT_TRUE(absl::IsResourceExhausted(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("4000 bytes"));
}

TEST(Http, StopEndsAStream) {
  TestServer server([](const TestRequest&) {
    TestResponse response;
    response.stream = [](const std::function<bool(const std::string&)>& write) {
      write("one");
      while (write("")) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    };
    return response;
  });
  HttpClient client(Quick());
  std::atomic<bool> stop{false};
  HttpRequest request;
  request.url = server.url();
  request.stop = &stop;
  std::string seen;
  request.on_data = [&](absl::string_view data) {
    seen.append(data.data(), data.size());
    stop = true;
    return true;
  };
  EXPECT_TRUE(absl::IsCancelled(client.Do(request).status()));
  EXPECT_EQ(seen, "one");
}

TEST(Http, ATokenIsAskedForEveryAttempt) {
  std::atomic<int> asked{0};
  TestServer server(
      [&](const TestRequest& request) { return Say(++asked == 1 ? 503 : 200, request.headers.at("authorization")); });
  HttpOptions options = Quick();
  int given = 0;
  options.authorization = [&] { return "Bearer " + std::to_string(++given); };
  HttpClient client(options);
  HttpRequest request;
  request.url = server.url();
  request.idempotent = true;
  EXPECT_EQ(client.Do(request)->body, "Bearer 2");
}

TEST(Http, BadUrlsAreInvalid) {
  HttpClient client(Quick());
  HttpRequest request;
  for (const char* url : {"", "ftp://127.0.0.1/", "http://[x"}) {
    request.url = url;
    EXPECT_FALSE(client.Do(request).ok()) << url;
  }
}

TEST(Http, Escape) { EXPECT_EQ(UrlEscape("a-1/b=c d"), "a-1%2Fb%3Dc%20d"); }

}  // namespace
}  // namespace cassplan::executors
