#include "lib/executors/test_cql_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace cassplan::executors {
namespace {

// A certificate that signs itself.
SSL_CTX* MakeTls(std::string* pem) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  const auto* text = reinterpret_cast<const unsigned char*>("cassandra.test");
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:cassandra.test");
  X509_add_ext(certificate, names, -1);
  X509_EXTENSION_free(names);
  if (X509_sign(certificate, key, EVP_sha256()) == 0) std::abort();
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, certificate);
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio, &data);
  pem->assign(data, static_cast<size_t>(size));
  BIO_free(bio);
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  if (SSL_CTX_use_certificate(context, certificate) != 1 || SSL_CTX_use_PrivateKey(context, key) != 1) std::abort();
  X509_free(certificate);
  EVP_PKEY_free(key);
  return context;
}

class Connection {
 public:
  Connection(int socket, SSL_CTX* tls) : socket_(socket) {
    if (tls == nullptr) return;
    ssl_ = SSL_new(tls);
    SSL_set_fd(ssl_, socket);
    good_ = SSL_accept(ssl_) == 1;
  }
  ~Connection() { SSL_free(ssl_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool Read(size_t count, std::string* out) {
    out->clear();
    while (good_ && out->size() < count) {
      char data[4096];
      const size_t want = std::min(sizeof(data), count - out->size());
      const ssize_t n =
          ssl_ != nullptr ? SSL_read(ssl_, &data[0], static_cast<int>(want)) : ::recv(socket_, &data[0], want, 0);
      good_ = n > 0;
      if (good_) out->append(&data[0], static_cast<size_t>(n));
    }
    return good_;
  }
  bool Write(const std::string& bytes) {
    size_t done = 0;
    while (good_ && done < bytes.size()) {
      const size_t left = bytes.size() - done;
      const ssize_t n = ssl_ != nullptr ? SSL_write(ssl_, bytes.data() + done, static_cast<int>(left))
                                        : ::send(socket_, bytes.data() + done, left, MSG_NOSIGNAL);
      good_ = n > 0;
      if (good_) done += static_cast<size_t>(n);
    }
    return good_;
  }

 private:
  int socket_;
  SSL* ssl_ = nullptr;
  bool good_ = true;
};

uint64_t NumberAt(const std::string& bytes, size_t at, size_t count) {
  uint64_t value = 0;
  for (size_t i = at; i < at + count && i < bytes.size(); ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

}  // namespace

TestCqlServer::TestCqlServer(Handler handler, bool tls, const std::string& address) : handler_(std::move(handler)) {
  if (tls) tls_ = MakeTls(&authority_);
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  ::inet_pton(AF_INET, address.c_str(), &name.sin_addr);
  socklen_t size = sizeof(name);
  auto* generic = reinterpret_cast<sockaddr*>(&name);
  if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 64) != 0) std::abort();
  ::getsockname(listener_, generic, &size);
  port_ = ntohs(name.sin_port);
  listen_thread_ = std::thread([this] { Listen(); });
}

TestCqlServer::~TestCqlServer() {
  over_ = true;
  listen_thread_.join();
  ::close(listener_);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  }
  for (std::thread& thread : threads_) thread.join();
  SSL_CTX_free(static_cast<SSL_CTX*>(tls_));
}

std::vector<TestCqlQuestion> TestCqlServer::questions() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return questions_;
}

std::vector<std::string> TestCqlServer::texts() const {
  std::vector<std::string> texts;
  for (const TestCqlQuestion& question : questions()) {
    if (question.opcode == 0x07) texts.push_back(question.text);
  }
  return texts;
}

void TestCqlServer::Listen() {
  while (!over_) {
    pollfd wait{listener_, POLLIN, 0};
    if (::poll(&wait, 1, 20) <= 0) continue;
    const int socket = ::accept(listener_, nullptr, nullptr);
    if (socket < 0) continue;
    const std::lock_guard<std::mutex> lock(mutex_);
    sockets_.push_back(socket);
    threads_.emplace_back([this, socket] { Serve(socket); });
  }
}

void TestCqlServer::Serve(int socket) {
  {
    Connection connection(socket, static_cast<SSL_CTX*>(tls_));
    std::string header;
    while (!over_ && connection.Read(9, &header)) {
      TestCqlQuestion question;
      question.stream = static_cast<int16_t>(NumberAt(header, 2, 2));
      question.opcode = static_cast<uint8_t>(header[4]);
      if (!connection.Read(NumberAt(header, 5, 4), &question.body)) break;
      if (question.opcode == 0x07) question.text = question.body.substr(4, NumberAt(question.body, 0, 4));
      {
        const std::lock_guard<std::mutex> lock(mutex_);
        questions_.push_back(question);
      }
      const TestCqlAnswer answer = handler_(question);
      while (answer.hang && !over_) std::this_thread::sleep_for(std::chrono::milliseconds(5));
      if (answer.hang || (answer.close && answer.body.empty())) break;
      const auto stream = static_cast<uint16_t>(answer.stream.value_or(question.stream));
      const std::string bytes =
          absl::StrCat(answer.raw_before, CqlNumber(answer.version, 1), CqlNumber(answer.flags, 1),
                       CqlNumber(stream, 2), CqlNumber(answer.opcode, 1),
                       CqlNumber(answer.length.value_or(static_cast<uint32_t>(answer.body.size())), 4), answer.body);
      bool good = answer.pause_ms > 0 || connection.Write(bytes);
      for (size_t i = 0; answer.pause_ms > 0 && good && !over_ && i < bytes.size(); ++i) {
        good = connection.Write(bytes.substr(i, 1));
        std::this_thread::sleep_for(std::chrono::milliseconds(answer.pause_ms));
      }
      if (!good || answer.close) break;
    }
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  sockets_.erase(std::find(sockets_.begin(), sockets_.end(), socket));
  ::close(socket);
}

std::string CqlNumber(uint64_t value, int bytes) {
  std::string out;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out.push_back(static_cast<char>((value >> shift) & 0xFF));
  return out;
}

std::string CqlShortString(absl::string_view text) { return absl::StrCat(CqlNumber(text.size(), 2), text); }
std::string CqlLongBytes(absl::string_view bytes) { return absl::StrCat(CqlNumber(bytes.size(), 4), bytes); }

TestCqlAnswer CqlReady() {
  TestCqlAnswer answer;
  answer.opcode = 0x02;
  return answer;
}

TestCqlAnswer CqlErrorAnswer(int32_t code, absl::string_view message) {
  TestCqlAnswer answer;
  answer.opcode = 0x00;
  answer.body = absl::StrCat(CqlNumber(static_cast<uint32_t>(code), 4), CqlShortString(message));
  return answer;
}

TestCqlAnswer CqlVoid() {
  TestCqlAnswer answer;
  answer.body = CqlNumber(1, 4);
  return answer;
}

TestCqlAnswer CqlSchemaChanged() {
  TestCqlAnswer answer;
  answer.body =
      absl::StrCat(CqlNumber(5, 4), CqlShortString("UPDATED"), CqlShortString("KEYSPACE"), CqlShortString("app"));
  return answer;
}

TestCqlAnswer CqlRowsAnswer(const std::vector<std::pair<std::string, std::string>>& columns,
                            const std::vector<std::vector<std::optional<std::string>>>& rows,
                            absl::string_view paging_state) {
  TestCqlAnswer answer;
  answer.body = absl::StrCat(CqlNumber(2, 4), CqlNumber(paging_state.empty() ? 1 : 3, 4), CqlNumber(columns.size(), 4));
  if (!paging_state.empty()) answer.body += CqlLongBytes(paging_state);
  absl::StrAppend(&answer.body, CqlShortString("system_schema"), CqlShortString("keyspaces"));
  for (const auto& [name, type] : columns) absl::StrAppend(&answer.body, CqlShortString(name), type);
  answer.body += CqlNumber(rows.size(), 4);
  for (const auto& row : rows) {
    for (const std::optional<std::string>& value : row) {
      answer.body += value ? CqlLongBytes(*value) : CqlNumber(0xFFFFFFFF, 4);
    }
  }
  return answer;
}

TestCqlAnswer CqlKeyspaces(const nlohmann::json& keyspaces) {
  std::vector<std::vector<std::optional<std::string>>> rows;
  for (const auto& [name, options] : keyspaces.items()) {
    std::string map = CqlNumber(options.size(), 4);
    for (const auto& [key, value] : options.items()) {
      absl::StrAppend(&map, CqlLongBytes(key), CqlLongBytes(value.get<std::string>()));
    }
    rows.push_back({name, std::string("\1", 1), map});
  }
  const std::string text = CqlNumber(0x0D, 2);
  return CqlRowsAnswer({{"keyspace_name", text},
                        {"durable_writes", CqlNumber(0x04, 2)},
                        {"replication", absl::StrCat(CqlNumber(0x21, 2), text, text)}},
                       rows);
}

}  // namespace cassplan::executors
