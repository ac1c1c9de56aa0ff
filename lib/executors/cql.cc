#include "lib/executors/cql.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "lib/executors/cql_channel.h"

namespace cassplan::executors {
namespace {

using Json = nlohmann::json;
using Clock = CqlChannel::Clock;

constexpr int32_t kPageSize = 1000;
constexpr int kMaxEvents = 1000;  // that nobody asked for, before an answer

Clock::time_point In(int64_t ms) { return Clock::now() + std::chrono::milliseconds(std::max<int64_t>(ms, 1)); }

int64_t MsUntil(Clock::time_point until) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
}

absl::Status With(const std::string& what, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(what, ": ", status.message()));
}

// An error that Cassandra sent: the connection goes on.
bool IsItsAnswer(const absl::Status& status) { return absl::StartsWith(status.message(), "Cassandra: "); }

}  // namespace

Json CqlRows::ToJson() const {
  Json list = Json::array();
  for (const std::vector<Json>& row : rows) {
    Json object = Json::object();
    for (size_t i = 0; i < row.size(); ++i) object[columns[i]] = row[i];
    list.push_back(std::move(object));
  }
  return list;
}

CqlConnection::CqlConnection(std::string address, const CqlOptions& options, std::unique_ptr<CqlChannel> channel)
    : address_(std::move(address)), options_(options), channel_(std::move(channel)) {}

CqlConnection::~CqlConnection() = default;

absl::StatusOr<std::unique_ptr<CqlConnection>> CqlConnection::Open(const std::string& address,
                                                                   const CqlOptions& options) {
  const Clock::time_point until = In(options.connect_timeout_ms);
  const std::string what = absl::StrCat(address, ":", options.port);
  // Nothing was asked yet: whatever went wrong, nothing happened.
  const auto not_reached = [&](const absl::Status& status) {
    return With(what, absl::IsDeadlineExceeded(status) ? absl::UnavailableError(status.message()) : status);
  };
  absl::StatusOr<std::unique_ptr<CqlChannel>> channel =
      CqlChannel::Open(address, options.port, options.tls ? &options.tls_options : nullptr, until, options.stop);
  if (!channel.ok()) return not_reached(channel.status());
  std::unique_ptr<CqlConnection> connection(new CqlConnection(address, options, *std::move(channel)));
  if (absl::Status login = connection->Login(MsUntil(until)); !login.ok()) return not_reached(login);
  return connection;
}

absl::Status CqlConnection::Login(int64_t timeout_ms) {
  using Kind = CqlAnswer::Kind;
  const Clock::time_point until = In(timeout_ms);
  absl::StatusOr<CqlAnswer> answer = Ask(CqlStartup(++stream_), timeout_ms);
  if (!answer.ok()) return answer.status();
  if (answer->kind == Kind::kReady) return absl::OkStatus();
  if (answer->kind != Kind::kAuthenticate) return absl::UnknownError("it is neither ready nor wants a login");
  // The password is sent as it is; only what is known to want it so gets it.
  if (!absl::StrContains(answer->authenticator, "Password")) {
    return absl::UnauthenticatedError(
        absl::StrCat("it wants a login of ", answer->authenticator, "; only user and password are known here"));
  }
  if (options_.username.empty()) return absl::UnauthenticatedError("it wants a user and a password");
  answer = Ask(CqlAuthResponse(++stream_, options_.username, options_.password), MsUntil(until));
  if (!answer.ok()) return answer.status();
  if (answer->kind != Kind::kAuthSuccess) return absl::UnauthenticatedError("it asked for more than user and password");
  return absl::OkStatus();
}

absl::StatusOr<CqlAnswer> CqlConnection::Ask(const std::string& frame, int64_t timeout_ms) {
  if (!channel_) return absl::UnavailableError("the connection was lost before");
  const Clock::time_point until = In(timeout_ms);
  bool sent = false;
  if (absl::Status written = channel_->Send(frame, until, &sent); !written.ok()) {
    channel_.reset();
    if (!sent && absl::IsDeadlineExceeded(written)) return absl::UnavailableError(written.message());
    return sent && absl::IsUnavailable(written) ? absl::UnknownError(written.message()) : written;
  }
  absl::StatusOr<CqlAnswer> answer = Answer(MsUntil(until));
  if (!answer.ok() && !IsItsAnswer(answer.status())) {
    channel_.reset();
    if (absl::IsUnavailable(answer.status())) return absl::UnknownError(answer.status().message());
  }
  return answer;
}

absl::StatusOr<CqlAnswer> CqlConnection::Answer(int64_t timeout_ms) {
  const Clock::time_point until = In(timeout_ms);
  for (int events = 0; events < kMaxEvents; ++events) {
    const absl::StatusOr<std::string> head = channel_->Receive(kCqlHeaderSize, until);
    if (!head.ok()) return head.status();
    const absl::StatusOr<CqlHeader> header = ReadCqlHeader(*head, options_.max_frame);
    if (!header.ok()) return header.status();
    const absl::StatusOr<std::string> body = channel_->Receive(header->length, until);
    if (!body.ok()) return body.status();
    if (header->stream < 0) continue;
    if (header->stream != stream_) {
      return absl::UnknownError(absl::StrCat("an answer to question ", header->stream, " and not to ", stream_));
    }
    return ReadCqlAnswer(*header, *body);
  }
  return absl::UnknownError("events instead of an answer");
}

absl::StatusOr<CqlRows> CqlConnection::Query(absl::string_view text, CqlConsistency consistency) {
  return Query(text, consistency, options_.timeout_ms);
}

absl::StatusOr<CqlRows> CqlConnection::Query(absl::string_view text, CqlConsistency consistency, int64_t timeout_ms) {
  const Clock::time_point until = In(timeout_ms);
  CqlRows all;
  std::string paging_state;
  while (true) {
    stream_ = static_cast<int16_t>(stream_ % 1000 + 1);
    absl::StatusOr<CqlAnswer> answer =
        Ask(CqlQuery(stream_, text, consistency, kPageSize, paging_state), MsUntil(until));
    if (!answer.ok()) return With(address_, answer.status());
    using Kind = CqlAnswer::Kind;
    if (answer->kind != Kind::kRows && answer->kind != Kind::kVoid && answer->kind != Kind::kSchemaChange &&
        answer->kind != Kind::kSetKeyspace) {
      channel_.reset();
      return absl::UnknownError(absl::StrCat(address_, ": that is no answer to a question"));
    }
    std::move(answer->warnings.begin(), answer->warnings.end(), std::back_inserter(all.warnings));
    if (answer->kind != Kind::kRows) return all;
    if (all.columns.empty()) all.columns = answer->columns;
    if (answer->columns != all.columns || all.rows.size() + answer->rows.size() > options_.max_rows ||
        (answer->rows.empty() && !answer->paging_state.empty())) {
      channel_.reset();
      return absl::ResourceExhaustedError(
          absl::StrCat(address_, ": more than ", options_.max_rows, " rows, or pages that do not belong together"));
    }
    std::move(answer->rows.begin(), answer->rows.end(), std::back_inserter(all.rows));
    if (answer->paging_state.empty()) return all;
    paging_state = answer->paging_state;
  }
}

std::string CqlName(absl::string_view name) {
  return absl::StrCat("\"", absl::StrReplaceAll(name, {{"\"", "\"\""}}), "\"");
}
std::string CqlText(absl::string_view text) { return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "''"}}), "'"); }

}  // namespace cassplan::executors
