// HttpClient: one kept connection to the server under measurement, blocking, with a session. It is
// small so that measuring costs little beside what is measured. Belongs to one thread.
#pragma once

#include <string>
#include <string_view>

namespace cinnabar::bench {

struct HttpReply {
  int status = 0;
  std::string body;
};

class HttpClient {
 public:
  // Connects to the port of this machine. Throws std::runtime_error, as call() does.
  HttpClient(int port, std::string token);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // One request below /api/v1 and its whole answer, of whatever status. Other methods than GET
  // carry an idempotency key of their own.
  HttpReply call(std::string_view method, std::string_view path, std::string_view body = {});
  // The same; an answer that is not 2xx is thrown.
  std::string expect(std::string_view method, std::string_view path, std::string_view body = {});

 private:
  void send_all(std::string_view bytes);
  bool receive_more();

  int socket_ = -1;
  std::string token_;
  std::string input_;
};

}  // namespace cinnabar::bench
