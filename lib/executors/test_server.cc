#include "lib/executors/test_server.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace cassplan::executors {
namespace {

bool SendAll(int socket, const std::string& text) {
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = ::send(socket, text.data() + done, text.size() - done, MSG_NOSIGNAL);
    if (n <= 0) return false;
    done += static_cast<size_t>(n);
  }
  return true;
}

// Reads one request; false when the connection is over.
bool Receive(int socket, std::string* buffer, TestRequest* request) {
  size_t end = std::string::npos;
  size_t length = 0;
  while (true) {
    end = buffer->find("\r\n\r\n");
    if (end != std::string::npos) {
      *request = TestRequest();
      size_t line_start = 0;
      bool first = true;
      while (line_start < end) {
        const size_t line_end = std::min(buffer->find("\r\n", line_start), end);
        const std::string line = buffer->substr(line_start, line_end - line_start);
        if (first) {
          const size_t space = line.find(' ');
          const size_t second = line.find(' ', space + 1);
          request->method = line.substr(0, space);
          const std::string target = line.substr(space + 1, second - space - 1);
          const size_t mark = target.find('?');
          request->path = target.substr(0, mark);
          if (mark != std::string::npos) request->query = target.substr(mark + 1);
        } else if (const size_t colon = line.find(':'); colon != std::string::npos) {
          request->headers[absl::AsciiStrToLower(line.substr(0, colon))] =
              std::string(absl::StripAsciiWhitespace(line.substr(colon + 1)));
        }
        first = false;
        line_start = line_end + 2;
      }
      length = 0;
      static_cast<void>(absl::SimpleAtoi(request->headers["content-length"], &length));
      if (buffer->size() >= end + 4 + length) {
        request->body = buffer->substr(end + 4, length);
        buffer->erase(0, end + 4 + length);
        return true;
      }
    }
    char data[16384];
    const ssize_t n = ::recv(socket, &data[0], sizeof(data), 0);
    if (n <= 0) return false;
    buffer->append(&data[0], static_cast<size_t>(n));
  }
}

}  // namespace

TestServer::TestServer(Handler handler) : handler_(std::move(handler)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 64) != 0) std::abort();
  ::getsockname(listener_, generic, &size);
  port_ = ntohs(address.sin_port);
  listen_thread_ = std::thread([this] { Listen(); });
}

TestServer::~TestServer() {
  over_ = true;
  listen_thread_.join();
  ::close(listener_);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  }
  for (std::thread& thread : threads_) thread.join();
}

std::string TestServer::url() const { return absl::StrCat("http://127.0.0.1:", port_); }

std::vector<TestRequest> TestServer::requests() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return requests_;
}

void TestServer::Suspend() {
  suspended_ = true;
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
}

void TestServer::Resume() { suspended_ = false; }

void TestServer::Listen() {
  while (!over_) {
    pollfd wait{listener_, POLLIN, 0};
    if (::poll(&wait, 1, 20) <= 0) continue;
    const int socket = ::accept(listener_, nullptr, nullptr);
    if (socket < 0) continue;
    if (suspended_) {
      ::close(socket);
      continue;
    }
    ++connections_;
    const std::lock_guard<std::mutex> lock(mutex_);
    sockets_.push_back(socket);
    threads_.emplace_back([this, socket] { Serve(socket); });
  }
}

void TestServer::Serve(int socket) {
  std::string buffer;
  TestRequest request;
  while (!over_ && Receive(socket, &buffer, &request)) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      requests_.push_back(request);
    }
    if (!Answer(socket, request)) break;
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  sockets_.erase(std::find(sockets_.begin(), sockets_.end(), socket));
  ::close(socket);
}

bool TestServer::Answer(int socket, const TestRequest& request) {
  const TestResponse response = handler_(request);
  if (response.close) return false;
  while (response.hang && !over_ && !suspended_) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  if (response.hang) return false;
  std::string head = absl::StrCat("HTTP/1.1 ", response.status, " X\r\n");
  for (const std::string& line : response.headers) absl::StrAppend(&head, line, "\r\n");
  if (!response.stream) {
    return SendAll(socket, absl::StrCat(head, "Content-Length: ", response.body.size(), "\r\n\r\n", response.body));
  }
  if (!SendAll(socket, absl::StrCat(head, "Transfer-Encoding: chunked\r\n\r\n"))) return false;
  bool there = true;
  response.stream([&](const std::string& data) {
    there = there && !over_ && !suspended_;
    if (there && !data.empty()) {
      there = SendAll(socket, absl::StrCat(absl::Hex(data.size()), "\r\n", data, "\r\n"));
    }
    return there;
  });
  return there && SendAll(socket, "0\r\n\r\n");
}

}  // namespace cassplan::executors
