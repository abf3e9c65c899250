// A TCP connection, encrypted or not, with one deadline over all its steps. Failures are thrown as
// PostFailure with a text for the delivery log. One thread.
#pragma once

#include <openssl/ssl.h>
#include <sys/socket.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace cinnabar {

struct PostFailure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Socket {
 public:
  explicit Socket(int timeout_ms);
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  void connect(const sockaddr* address, socklen_t size);
  // TLS 1.2 or later; the certificate must be good for the host and trusted by the system, or by
  // ca_file.
  void encrypt(const std::string& host, const std::string& ca_file);
  void write(std::string_view bytes);
  // At least one byte, or none at the end.
  std::string read();

 private:
  void wait(short events) const;
  void send_all(std::string_view bytes) const;
  std::string receive() const;
  void flush_tls() const;
  // Runs one TLS operation to its end, carrying bytes both ways. False: the peer closed.
  template <class Operation>
  bool pump_tls(Operation operation);

  std::chrono::steady_clock::time_point deadline_;
  int fd_ = -1;
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_{nullptr, SSL_CTX_free};
  std::unique_ptr<SSL, void (*)(SSL*)> tls_{nullptr, SSL_free};
};

}  // namespace cinnabar
