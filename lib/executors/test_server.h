// An HTTP server for tests, in this process: a handler answers each request, or misbehaves.
#ifndef CASSPLAN_LIB_EXECUTORS_TEST_SERVER_H_
#define CASSPLAN_LIB_EXECUTORS_TEST_SERVER_H_

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace cassplan::executors {

struct TestRequest {
  std::string method;
  std::string path;  // without the query
  std::string query;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

struct TestResponse {
  int status = 200;
  std::string body;
  std::vector<std::string> headers;
  bool hang = false;   // says nothing until the server ends
  bool close = false;  // closes the connection without an answer
  // When set, the body is sent in chunks: it writes with the function that it is given, which is false once the peer
  // has gone or the server ends.
  std::function<void(const std::function<bool(const std::string&)>&)> stream;
};

class TestServer {
 public:
  using Handler = std::function<TestResponse(const TestRequest&)>;

  explicit TestServer(Handler handler);
  ~TestServer();

  std::string url() const;  // http://127.0.0.1:port
  int port() const { return port_; }
  int connections() const { return connections_.load(); }
  std::vector<TestRequest> requests() const;
  // Closes all connections and takes no more until Resume.
  void Suspend();
  void Resume();

 private:
  void Listen();
  void Serve(int socket);
  bool Answer(int socket, const TestRequest& request);

  Handler handler_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> over_{false};
  std::atomic<bool> suspended_{false};
  std::atomic<int> connections_{0};
  mutable std::mutex mutex_;
  std::vector<TestRequest> requests_;
  std::vector<int> sockets_;
  std::vector<std::thread> threads_;
  std::thread listen_thread_;
};

}  // namespace cassplan::executors

#endif  // CASSPLAN_LIB_EXECUTORS_TEST_SERVER_H_
