#include "lib/executors/cql_channel.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace cassplan::executors {
namespace {

constexpr int kSliceMs = 50;  // how soon `stop` is seen

std::string Reason(int error) { return std::generic_category().message(error); }

std::string TlsReason() {
  std::array<char, 256> text{};
  const uint64_t code = ERR_get_error();
  if (code == 0) return "the connection ended";
  ERR_error_string_n(code, text.data(), text.size());
  ERR_clear_error();
  return std::string(text.data());
}

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

using Context = std::unique_ptr<SSL_CTX, Free>;

std::unique_ptr<BIO, Free> Memory(const std::string& text) {
  return std::unique_ptr<BIO, Free>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

absl::Status AddAuthorities(const std::string& pem, SSL_CTX* context) {
  if (pem.empty()) {
    SSL_CTX_set_default_verify_paths(context);
    return absl::OkStatus();
  }
  const auto bio = Memory(pem);
  int count = 0;
  while (true) {
    const std::unique_ptr<X509, Free> one(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!one) break;
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), one.get());
    ++count;
  }
  ERR_clear_error();
  return count > 0 ? absl::OkStatus() : absl::InvalidArgumentError("TLS: the authorities are no certificates in PEM");
}

absl::Status AddCertificate(const TlsOptions& options, SSL_CTX* context) {
  if (options.certificate.empty() && options.key.empty()) return absl::OkStatus();
  const auto bio = Memory(options.certificate);
  const std::unique_ptr<X509, Free> own(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  if (!own || SSL_CTX_use_certificate(context, own.get()) != 1) {
    ERR_clear_error();
    return absl::InvalidArgumentError("TLS: the client's certificate cannot be read as PEM");
  }
  while (X509* next = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    if (SSL_CTX_add_extra_chain_cert(context, next) != 1) X509_free(next);
  }
  const auto key_bio = Memory(options.key);
  // An empty pass phrase, so that nothing is ever asked for on a terminal.
  const std::unique_ptr<EVP_PKEY, Free> key(
      PEM_read_bio_PrivateKey(key_bio.get(), nullptr, nullptr, const_cast<char*>("")));
  const bool good = key && SSL_CTX_use_PrivateKey(context, key.get()) == 1;
  ERR_clear_error();
  return good ? absl::OkStatus()
              : absl::InvalidArgumentError("TLS: the client's key cannot be read, or is not that of its certificate");
}

absl::StatusOr<Context> MakeContext(const TlsOptions& options) {
  Context context(SSL_CTX_new(TLS_client_method()));
  if (!context) return absl::UnavailableError("TLS: no memory");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(context.get(), options.insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
  if (absl::Status added = AddAuthorities(options.authorities, context.get()); !added.ok()) return added;
  if (absl::Status added = AddCertificate(options, context.get()); !added.ok()) return added;
  return context;
}

}  // namespace

// The bytes of TLS go through memory: the socket is only ever written to with MSG_NOSIGNAL.
struct CqlChannel::Tls {
  Context context;
  std::unique_ptr<SSL, Free> ssl;
  BIO* in = nullptr;  // both are the SSL's
  BIO* out = nullptr;
};

CqlChannel::CqlChannel(int socket, const std::atomic<bool>* stop) : socket_(socket), stop_(stop) {}

CqlChannel::~CqlChannel() { ::close(socket_); }

absl::Status CqlChannel::Wait(short events, Clock::time_point until) const {
  while (true) {
    if (stop_ != nullptr && stop_->load()) return absl::CancelledError("it was stopped");
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
    if (left <= 0) return absl::DeadlineExceededError("no answer in time");
    pollfd wait{socket_, events, 0};
    const int ready = ::poll(&wait, 1, static_cast<int>(std::min<int64_t>(left, kSliceMs)));
    if (ready > 0) return absl::OkStatus();
    if (ready < 0 && errno != EINTR) return absl::UnavailableError(Reason(errno));
  }
}

absl::StatusOr<std::unique_ptr<CqlChannel>> CqlChannel::Open(const std::string& address, int port,
                                                             const TlsOptions* tls, Clock::time_point until,
                                                             const std::atomic<bool>* stop) {
  sockaddr_storage storage{};
  auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  socklen_t size = 0;
  if (port <= 0 || port > 65535) return absl::InvalidArgumentError(absl::StrCat(port, " is no port"));
  if (::inet_pton(AF_INET, address.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(static_cast<uint16_t>(port));
    size = sizeof(*v4);
  } else if (::inet_pton(AF_INET6, address.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(static_cast<uint16_t>(port));
    size = sizeof(*v6);
  } else {
    return absl::InvalidArgumentError(absl::StrCat("\"", address, "\" is no address"));
  }
  const int socket = ::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket < 0) return absl::UnavailableError(Reason(errno));
  std::unique_ptr<CqlChannel> channel(new CqlChannel(socket, stop));
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (::connect(socket, reinterpret_cast<sockaddr*>(&storage), size) != 0) {
    if (errno != EINPROGRESS) return absl::UnavailableError(Reason(errno));
    if (absl::Status wait = channel->Wait(POLLOUT, until); !wait.ok()) return wait;
    int error = 0;
    socklen_t error_size = sizeof(error);
    ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &error_size);
    if (error != 0) return absl::UnavailableError(Reason(error));
  }
  if (tls != nullptr) {
    if (absl::Status started = channel->StartTls(*tls, address, until); !started.ok()) return started;
  }
  return channel;
}

absl::Status CqlChannel::SendPlain(absl::string_view bytes, Clock::time_point until, bool* sent) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n > 0) {
      *sent = true;
      bytes.remove_prefix(static_cast<size_t>(n));
    } else if (errno == EAGAIN) {
      if (absl::Status wait = Wait(POLLOUT, until); !wait.ok()) return wait;
    } else if (errno != EINTR) {
      return absl::UnavailableError(Reason(errno));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> CqlChannel::ReceivePlain(Clock::time_point until) {
  while (true) {
    if (absl::Status wait = Wait(POLLIN, until); !wait.ok()) return wait;
    std::array<char, 16384> data{};
    const ssize_t n = ::recv(socket_, data.data(), data.size(), 0);
    if (n > 0) return std::string(data.data(), static_cast<size_t>(n));
    if (n == 0) return absl::UnavailableError("the node closed the connection");
    if (errno != EAGAIN && errno != EINTR) return absl::UnavailableError(Reason(errno));
  }
}

absl::Status CqlChannel::StartTls(const TlsOptions& options, const std::string& address, Clock::time_point until) {
  absl::StatusOr<Context> context = MakeContext(options);
  if (!context.ok()) return context.status();
  tls_ = std::make_unique<Tls>();
  tls_->context = *std::move(context);
  tls_->ssl.reset(SSL_new(tls_->context.get()));
  tls_->in = BIO_new(BIO_s_mem());
  tls_->out = BIO_new(BIO_s_mem());
  SSL* ssl = tls_->ssl.get();
  SSL_set_bio(ssl, tls_->in, tls_->out);
  SSL_set_connect_state(ssl);
  if (!options.server_name.empty()) {
    SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             const_cast<char*>(options.server_name.c_str()));
    if (SSL_set1_host(ssl, options.server_name.c_str()) != 1) {
      return absl::InvalidArgumentError("TLS: the server's name cannot be used");
    }
  }
  while (true) {
    const int result = SSL_do_handshake(ssl);
    const int why = SSL_get_error(ssl, result);
    if (absl::Status flushed = FlushTls(until); !flushed.ok()) return flushed;
    if (result == 1) return absl::OkStatus();
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
      const int64_t verified = SSL_get_verify_result(ssl);
      return absl::UnavailableError(absl::StrCat(
          "TLS with ", address, ": ", verified == X509_V_OK ? TlsReason() : X509_verify_cert_error_string(verified)));
    }
    if (absl::Status fed = FeedTls(until); !fed.ok()) return fed;
  }
}

// What TLS wants to send.
absl::Status CqlChannel::FlushTls(Clock::time_point until) {
  std::array<char, 16384> data{};
  while (true) {
    const int n = BIO_read(tls_->out, data.data(), static_cast<int>(data.size()));
    if (n <= 0) return absl::OkStatus();
    bool sent = false;
    const absl::Status done = SendPlain(absl::string_view(data.data(), static_cast<size_t>(n)), until, &sent);
    if (!done.ok()) return done;
  }
}

absl::Status CqlChannel::FeedTls(Clock::time_point until) {
  const absl::StatusOr<std::string> data = ReceivePlain(until);
  if (!data.ok()) return data.status();
  BIO_write(tls_->in, data->data(), static_cast<int>(data->size()));
  return absl::OkStatus();
}

absl::Status CqlChannel::Send(absl::string_view bytes, Clock::time_point until, bool* sent) {
  if (!tls_) return SendPlain(bytes, until, sent);
  *sent = true;
  ERR_clear_error();
  // Into memory, so that it is taken whole.
  if (SSL_write(tls_->ssl.get(), bytes.data(), static_cast<int>(bytes.size())) <= 0) {
    return absl::UnavailableError(absl::StrCat("TLS: ", TlsReason()));
  }
  return FlushTls(until);
}

absl::StatusOr<std::string> CqlChannel::ReceiveSome(Clock::time_point until) {
  if (!tls_) return ReceivePlain(until);
  while (true) {
    std::array<char, 16384> data{};
    ERR_clear_error();
    const int n = SSL_read(tls_->ssl.get(), data.data(), static_cast<int>(data.size()));
    const int why = SSL_get_error(tls_->ssl.get(), n);
    if (absl::Status flushed = FlushTls(until); !flushed.ok()) return flushed;
    if (n > 0) return std::string(data.data(), static_cast<size_t>(n));
    if (why == SSL_ERROR_ZERO_RETURN) return absl::UnavailableError("the node closed the connection");
    if (why != SSL_ERROR_WANT_READ) return absl::UnavailableError(absl::StrCat("TLS: ", TlsReason()));
    if (absl::Status fed = FeedTls(until); !fed.ok()) return fed;
  }
}

absl::StatusOr<std::string> CqlChannel::Receive(size_t count, Clock::time_point until) {
  while (buffer_.size() < count) {
    const absl::StatusOr<std::string> some = ReceiveSome(until);
    if (!some.ok()) return some.status();
    buffer_ += *some;
  }
  std::string taken = buffer_.substr(0, count);
  buffer_.erase(0, count);
  return taken;
}

}  // namespace cassplan::executors
