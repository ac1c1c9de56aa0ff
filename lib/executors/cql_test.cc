#include "lib/executors/cql.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/executors/test_cql_server.h"

namespace cassplan::executors {
namespace {

using Json = nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using Connection = absl::StatusOr<std::unique_ptr<CqlConnection>>;

constexpr uint8_t kStartup = 0x01;
constexpr uint8_t kQuery = 0x07;
constexpr uint8_t kAuthResponse = 0x0F;

CqlOptions OptionsOf(const TestCqlServer& server) {
  CqlOptions options;
  options.port = server.port();
  options.connect_timeout_ms = 2000;
  options.timeout_ms = 400;
  return options;
}

// A node without logins that answers every question the same.
TestCqlServer::Handler Node(const TestCqlAnswer& answer) {
  return [answer](const TestCqlQuestion& question) { return question.opcode == kStartup ? CqlReady() : answer; };
}

absl::StatusOr<CqlRows> AskOnce(const TestCqlServer& server, const std::string& text = "SELECT x") {
  Connection connection = CqlConnection::Open("127.0.0.1", OptionsOf(server));
  if (!connection.ok()) return connection.status();
  return (*connection)->Query(text);
}

TestCqlAnswer WantsLogin(const std::string& authenticator) {
  TestCqlAnswer answer;
  answer.opcode = 0x03;
  answer.body = CqlShortString(authenticator);
  return answer;
}

TestCqlServer::Handler NodeWithLogin(const std::string& authenticator, const TestCqlAnswer& after) {
  return [=](const TestCqlQuestion& question) {
    if (question.opcode == kStartup) return WantsLogin(authenticator);
    return question.opcode == kAuthResponse ? after : CqlVoid();
  };
}

TestCqlAnswer AuthSuccess() {
  TestCqlAnswer answer;
  answer.opcode = 0x10;
  answer.body = CqlNumber(0xFFFFFFFF, 4);
  return answer;
}

int64_t MsOf(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start).count();
}

TEST(Cql, ReadsTheSchema) {
  const Json keyspaces = {{"app", {{"class", "org.apache.cassandra.locator.NetworkTopologyStrategy"}, {"dc1", "3"}}},
                          {"logs", {{"class", "SimpleStrategy"}, {"replication_factor", "2"}}}};
  TestCqlServer server(Node(CqlKeyspaces(keyspaces)));
  const absl::StatusOr<CqlRows> rows = AskOnce(server, "SELECT * FROM system_schema.keyspaces");
  ASSERT_TRUE(rows.ok()) << rows.status();
  const Json json = rows->ToJson();
  ASSERT_EQ(json.size(), 2u);
  EXPECT_EQ(json[0]["keyspace_name"], "app");
  EXPECT_EQ(json[0]["durable_writes"], true);
  EXPECT_EQ(json[0]["replication"], keyspaces["app"]);
  EXPECT_EQ(json[1]["replication"], keyspaces["logs"]);
  EXPECT_THAT(server.texts(), ElementsAre("SELECT * FROM system_schema.keyspaces"));
  // The compatible part of STARTUP, and QUERY at ONE in pages.
  EXPECT_THAT(server.questions()[0].body, HasSubstr("CQL_VERSION"));
  EXPECT_EQ(server.questions()[1].body.substr(4 + 37), CqlNumber(1, 2) + CqlNumber(4, 1) + CqlNumber(1000, 4));
}

TEST(Cql, ReadsEveryTypeThatMatters) {
  const auto type = [](int id) { return CqlNumber(static_cast<uint64_t>(id), 2); };
  const std::string list_of_int = type(0x20) + type(0x09);
  const std::string udt =
      type(0x30) + CqlShortString("ks") + CqlShortString("t") + CqlNumber(1, 2) + CqlShortString("f") + type(0x09);
  TestCqlServer server(Node(CqlRowsAnswer(
      {{"big", type(0x02)},
       {"int", type(0x09)},
       {"small", type(0x13)},
       {"yes", type(0x04)},
       {"id", type(0x0C)},
       {"v4", type(0x10)},
       {"v6", type(0x10)},
       {"list", list_of_int},
       {"map", type(0x21) + type(0x09) + type(0x0D)},
       {"nothing", type(0x0D)},
       {"blob", type(0x03)},
       {"custom", type(0x00) + CqlShortString("a.B")},
       {"udt", udt},
       {"tuple", type(0x31) + type(2) + type(9) + type(9)}},
      {{CqlNumber(static_cast<uint64_t>(-5), 8), CqlNumber(0x80000000, 4), CqlNumber(7, 2), std::string("\0", 1),
        std::string("0123456789abcdef"), std::string("\x7f\0\0\1", 4), std::string(15, '\0') + "\1",
        CqlNumber(2, 4) + CqlLongBytes(CqlNumber(1, 4)) + CqlLongBytes(CqlNumber(2, 4)),
        CqlNumber(1, 4) + CqlLongBytes(CqlNumber(9, 4)) + CqlLongBytes("nine"), std::nullopt, std::string("\xab", 1),
        std::string("x"), std::string("y"), std::string("z")}})));
  const absl::StatusOr<CqlRows> rows = AskOnce(server);
  ASSERT_TRUE(rows.ok()) << rows.status();
  const Json expected = {{"big", -5},
                         {"int", -2147483648LL},
                         {"small", 7},
                         {"yes", false},
                         {"id", "30313233-3435-3637-3839-616263646566"},
                         {"v4", "127.0.0.1"},
                         {"v6", "::1"},
                         {"list", {1, 2}},
                         {"map", Json::array({Json::array({9, "nine"})})},
                         {"nothing", nullptr},
                         {"blob", "0xab"},
                         {"custom", "0x78"},
                         {"udt", "0x79"},
                         {"tuple", "0x7a"}};
  EXPECT_EQ(rows->ToJson()[0], expected);
}

TEST(Cql, LogsIn) {
  TestCqlServer server(NodeWithLogin("org.apache.cassandra.auth.PasswordAuthenticator", AuthSuccess()));
  CqlOptions options = OptionsOf(server);
  options.username = "me";
  options.password = "pw";
  Connection connection = CqlConnection::Open("127.0.0.1", options);
  ASSERT_TRUE(connection.ok()) << connection.status();
  EXPECT_EQ(server.questions()[1].body, CqlLongBytes(std::string("\0me\0pw", 6)));
  EXPECT_TRUE((*connection)->Query("USE x").ok());
}

TEST(Cql, ALoginThatCannotBeGivenIsAnError) {
  CqlOptions options;
  const auto open = [&](const TestCqlServer& server) {
    options.port = server.port();
    return CqlConnection::Open("127.0.0.1", options).status();
  };
  const std::string password = "org.apache.cassandra.auth.PasswordAuthenticator";
  TestCqlServer good(NodeWithLogin(password, AuthSuccess()));
  EXPECT_EQ(open(good).code(), absl::StatusCode::kUnauthenticated);
  EXPECT_THAT(open(good).message(), HasSubstr("a user and a password"));
  options.username = "me";
  // The password goes to nobody who wants something else.
  TestCqlServer strange(NodeWithLogin("com.example.KerberosAuthenticator", AuthSuccess()));
  EXPECT_THAT(open(strange).message(), HasSubstr("KerberosAuthenticator"));
  EXPECT_EQ(strange.questions().size(), 1u);
  TestCqlServer wrong(
      NodeWithLogin(password, CqlErrorAnswer(0x0100, "Provided username me and/or password are incorrect")));
  EXPECT_EQ(open(wrong).code(), absl::StatusCode::kUnauthenticated);
  EXPECT_THAT(open(wrong).message(), HasSubstr("are incorrect"));
  TestCqlAnswer challenge;
  challenge.opcode = 0x0E;
  challenge.body = CqlLongBytes("more");
  TestCqlServer more(NodeWithLogin(password, challenge));
  EXPECT_EQ(open(more).code(), absl::StatusCode::kUnauthenticated);
}

TEST(Cql, ErrorsSayWhetherItMayHaveHappened) {
  const auto code = [](int32_t error) {
    TestCqlServer server(Node(CqlErrorAnswer(error, "why\nso")));
    Connection connection = CqlConnection::Open("127.0.0.1", OptionsOf(server));
    const absl::Status first = (*connection)->Query("ALTER").status();
    // It was an answer: the connection goes on.
    EXPECT_EQ((*connection)->Query("ALTER").status(), first);
    EXPECT_THAT(first.message(), HasSubstr(absl::StrCat("Cassandra: why so (0x")));
    return first.code();
  };
  EXPECT_EQ(code(0x0000), absl::StatusCode::kUnknown);
  EXPECT_EQ(code(0x000A), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(0x1000), absl::StatusCode::kUnavailable);
  EXPECT_EQ(code(0x1001), absl::StatusCode::kUnavailable);
  EXPECT_EQ(code(0x1100), absl::StatusCode::kUnknown);
  EXPECT_EQ(code(0x1500), absl::StatusCode::kUnknown);
  EXPECT_EQ(code(0x2000), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(0x2100), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(code(0x2200), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(0x2300), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(code(0x2400), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(code(0x7777), absl::StatusCode::kUnknown);
}

TEST(Cql, NobodyThere) {
  int port = 0;
  {
    TestCqlServer server(Node(CqlVoid()));
    port = server.port();
  }
  CqlOptions options;
  options.port = port;
  EXPECT_EQ(CqlConnection::Open("127.0.0.1", options).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(CqlConnection::Open("::1", options).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(CqlConnection::Open("node.example", options).status().code(), absl::StatusCode::kInvalidArgument);
  options.port = 70000;
  EXPECT_EQ(CqlConnection::Open("127.0.0.1", options).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Cql, ANodeThatHangsAtTheStartWasNotAsked) {
  TestCqlAnswer hang;
  hang.hang = true;
  TestCqlServer server([&](const TestCqlQuestion&) { return hang; });
  CqlOptions options = OptionsOf(server);
  options.connect_timeout_ms = 150;
  const int64_t ms = MsOf(
      [&] { EXPECT_EQ(CqlConnection::Open("127.0.0.1", options).status().code(), absl::StatusCode::kUnavailable); });
  EXPECT_LT(ms, 1500);
}

TEST(Cql, ANodeThatHangsOrGoesAfterTheQuestionMayHaveDoneIt) {
  TestCqlAnswer bad;
  bad.hang = true;
  TestCqlServer hangs(Node(bad));
  EXPECT_EQ(AskOnce(hangs).status().code(), absl::StatusCode::kDeadlineExceeded);
  bad.hang = false;
  bad.close = true;
  TestCqlServer closes(Node(bad));
  Connection connection = CqlConnection::Open("127.0.0.1", OptionsOf(closes));
  EXPECT_EQ((*connection)->Query("ALTER").status().code(), absl::StatusCode::kUnknown);
  // And what is asked after that was not sent.
  EXPECT_EQ((*connection)->Query("ALTER").status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(closes.texts().size(), 1u);
  bad.body = "\1";
  bad.length = 100;
  TestCqlServer cut(Node(bad));
  EXPECT_EQ(AskOnce(cut).status().code(), absl::StatusCode::kUnknown);
}

TEST(Cql, ByteByByteIsReadUntilTheTimeIsOver) {
  TestCqlAnswer slow = CqlVoid();
  slow.pause_ms = 1;
  TestCqlServer server(Node(slow));
  EXPECT_TRUE(AskOnce(server).ok());
  slow.pause_ms = 60;
  TestCqlServer slower(Node(slow));
  EXPECT_EQ(AskOnce(slower).status().code(), absl::StatusCode::kDeadlineExceeded);
}

TEST(Cql, AnotherThreadStopsIt) {
  TestCqlAnswer hang;
  hang.hang = true;
  TestCqlServer server(Node(hang));
  std::atomic<bool> stop{false};
  CqlOptions options = OptionsOf(server);
  options.timeout_ms = 60000;
  options.stop = &stop;
  Connection connection = CqlConnection::Open("127.0.0.1", options);
  std::thread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    stop = true;
  });
  const int64_t ms =
      MsOf([&] { EXPECT_EQ((*connection)->Query("ALTER").status().code(), absl::StatusCode::kCancelled); });
  stopper.join();
  EXPECT_LT(ms, 5000);
}

TEST(Cql, NonsenseIsNoAnswer) {
  const auto status = [](const TestCqlAnswer& answer) {
    TestCqlServer server(Node(answer));
    return AskOnce(server).status();
  };
  TestCqlAnswer answer = CqlVoid();
  answer.stream = 77;
  EXPECT_EQ(status(answer).code(), absl::StatusCode::kUnknown);
  EXPECT_THAT(status(answer).message(), HasSubstr("question 77"));
  answer = CqlVoid();
  answer.length = 0x7fffffff;
  EXPECT_EQ(status(answer).code(), absl::StatusCode::kResourceExhausted);
  answer.length = 0xffffffff;
  EXPECT_EQ(status(answer).code(), absl::StatusCode::kResourceExhausted);
  answer = CqlVoid();
  answer.version = 0x04;
  EXPECT_EQ(status(answer).code(), absl::StatusCode::kUnknown);
  answer.version = 'H';  // HTTP/1.1 400
  EXPECT_EQ(status(answer).code(), absl::StatusCode::kUnknown);
  answer = CqlVoid();
  answer.flags = 1;  // compressed
  EXPECT_EQ(status(answer).code(), absl::StatusCode::kUnknown);
  answer = CqlVoid();
  answer.opcode = 0x42;
  EXPECT_EQ(status(answer).code(), absl::StatusCode::kUnknown);
  answer.opcode = 0x02;  // READY, to a question
  EXPECT_EQ(status(answer).code(), absl::StatusCode::kUnknown);
  answer.opcode = 0x08;
  answer.body = CqlNumber(9, 4);
  EXPECT_EQ(status(answer).code(), absl::StatusCode::kUnknown);
  answer.body = CqlNumber(2, 4) + CqlNumber(1, 4) + CqlNumber(0, 4) + CqlNumber(0x7fffffff, 4);  // rows of no columns
  EXPECT_EQ(status(answer).code(), absl::StatusCode::kUnknown);
}

TEST(Cql, EveryCutOfAnAnswerIsNoAnswer) {
  const TestCqlAnswer whole = CqlKeyspaces({{"app", {{"class", "SimpleStrategy"}, {"replication_factor", "1"}}}});
  CqlHeader header;
  header.opcode = 0x08;
  header.length = whole.body.size();
  ASSERT_TRUE(ReadCqlAnswer(header, whole.body).ok());
  for (size_t size = 0; size < whole.body.size(); ++size) {
    header.length = size;
    EXPECT_EQ(ReadCqlAnswer(header, whole.body.substr(0, size)).status().code(), absl::StatusCode::kUnknown) << size;
  }
}

TEST(Cql, WarningsTracesAndEventsAreNoHindrance) {
  TestCqlAnswer answer = CqlVoid();
  answer.flags = 0x02 | 0x04 | 0x08;
  answer.body = absl::StrCat(std::string(16, 't'), CqlNumber(1, 2), CqlShortString("take care"), CqlNumber(1, 2),
                             CqlShortString("key"), CqlLongBytes("value"), answer.body);
  answer.raw_before = absl::StrCat(CqlNumber(0x84, 1), CqlNumber(0, 1), CqlNumber(0xffff, 2), CqlNumber(0x0C, 1),
                                   CqlLongBytes(CqlShortString("STATUS_CHANGE")));
  TestCqlServer server(Node(answer));
  const absl::StatusOr<CqlRows> rows = AskOnce(server);
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_THAT(rows->warnings, ElementsAre("take care"));
}

TEST(Cql, PagesAreJoinedUpToABound) {
  const std::string text = CqlNumber(0x0D, 2);
  TestCqlServer server([&](const TestCqlQuestion& question) {
    if (question.opcode == kStartup) return CqlReady();
    const bool second = absl::StrContains(question.body, "page2");
    return second ? CqlRowsAnswer({{"a", text}}, {{"3"}}) : CqlRowsAnswer({{"a", text}}, {{"1"}, {"2"}}, "page2");
  });
  const absl::StatusOr<CqlRows> rows = AskOnce(server);
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ(rows->ToJson(), Json::parse(R"([{"a": "1"}, {"a": "2"}, {"a": "3"}])"));
  CqlOptions options = OptionsOf(server);
  options.max_rows = 2;
  Connection connection = CqlConnection::Open("127.0.0.1", options);
  EXPECT_EQ((*connection)->Query("SELECT x").status().code(), absl::StatusCode::kResourceExhausted);
  TestCqlServer forever(Node(CqlRowsAnswer({{"a", text}}, {}, "again")));
  EXPECT_EQ(AskOnce(forever).status().code(), absl::StatusCode::kResourceExhausted);
}

TEST(Cql, Tls) {
  TestCqlServer server(Node(CqlKeyspaces({{"app", {{"class", "SimpleStrategy"}}}})), /*tls=*/true);
  CqlOptions options = OptionsOf(server);
  options.tls = true;
  const auto ask = [&]() -> absl::Status {
    Connection connection = CqlConnection::Open("127.0.0.1", options);
    return connection.ok() ? (*connection)->Query("SELECT x").status() : connection.status();
  };
  // Nobody vouches for it.
  EXPECT_EQ(ask().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(ask().message(), HasSubstr("certificate"));
  options.tls_options.authorities = server.authority();
  EXPECT_TRUE(ask().ok()) << ask();
  options.tls_options.server_name = "cassandra.test";
  EXPECT_TRUE(ask().ok()) << ask();
  options.tls_options.server_name = "other.test";
  EXPECT_EQ(ask().code(), absl::StatusCode::kUnavailable);
  options.tls_options.server_name = "";
  options.tls_options.authorities = "no certificate";
  EXPECT_EQ(ask().code(), absl::StatusCode::kInvalidArgument);
  options.tls_options.authorities = "";
  options.tls_options.insecure = true;
  EXPECT_TRUE(ask().ok()) << ask();
  options.tls_options.certificate = "x";
  EXPECT_EQ(ask().code(), absl::StatusCode::kInvalidArgument);
  // One that speaks no TLS.
  TestCqlServer plain(Node(CqlVoid()));
  options = OptionsOf(plain);
  options.tls = true;
  options.connect_timeout_ms = 300;
  EXPECT_EQ(CqlConnection::Open("127.0.0.1", options).status().code(), absl::StatusCode::kUnavailable);
}

TEST(Cql, TlsThatBreaksOff) {
  TestCqlAnswer close;
  close.close = true;
  TestCqlServer server(Node(close), /*tls=*/true);
  CqlOptions options = OptionsOf(server);
  options.tls = true;
  options.tls_options.insecure = true;
  Connection connection = CqlConnection::Open("127.0.0.1", options);
  ASSERT_TRUE(connection.ok()) << connection.status();
  EXPECT_EQ((*connection)->Query("ALTER").status().code(), absl::StatusCode::kUnknown);
}

TEST(Cql, NamesAndTextsAreQuoted) {
  EXPECT_EQ(CqlName("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(CqlText("a'b"), "'a''b'");
}

}  // namespace
}  // namespace cassplan::executors
