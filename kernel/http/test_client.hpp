// TestClient: a bare HTTP client over one socket, for tests: sends bytes exactly as given and reads
// responses. Every wait ends after ten seconds with a failure. One thread's.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace cinnabar::kernel {

struct TestResponse {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

class TestClient {
 public:
  explicit TestClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval limit{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("cannot connect");
  }
  virtual ~TestClient() { ::close(socket_); }
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  void send(std::string_view text) {
    while (!text.empty()) {
      const long sent = write_some(text);
      if (sent <= 0) throw std::runtime_error("cannot send");
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  // The next response on the connection. Throws when the connection ends before it is whole.
  TestResponse read(bool head_only = false) {
    std::size_t end;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) more();
    TestResponse response = parse_head(buffer_.substr(0, end));
    buffer_.erase(0, end + 4);
    const std::size_t size =
        head_only ? 0
                  : static_cast<std::size_t>(std::atol(response.headers["content-length"].c_str()));
    while (buffer_.size() < size) more();
    response.body = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return response;
  }
  TestResponse ask(std::string_view text) {
    send(text);
    return read();
  }
  // Whether the server closed the connection without another byte; waits for either.
  bool closed() {
    if (!buffer_.empty()) return false;
    char byte;
    return read_some(&byte, 1) == 0;
  }
  void shut_down() { ::shutdown(socket_, SHUT_WR); }

 protected:
  virtual long write_some(std::string_view text) {
    return ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
  }
  virtual long read_some(char* data, std::size_t size) { return ::recv(socket_, data, size, 0); }
  int socket_;

 private:
  void more() {
    char block[16 * 1024];
    const long got = read_some(block, sizeof block);
    if (got <= 0) throw std::runtime_error("the connection ended; so far: " + buffer_);
    buffer_.append(block, static_cast<std::size_t>(got));
  }
  static TestResponse parse_head(const std::string& head) {
    TestResponse response;
    response.status = std::atoi(head.c_str() + head.find(' '));
    std::size_t at = head.find("\r\n");
    while (at != std::string::npos) {
      const std::size_t end = head.find("\r\n", at + 2);
      const std::string line = head.substr(at + 2, end == std::string::npos ? end : end - at - 2);
      std::string name = line.substr(0, line.find(':'));
      for (char& c : name) c = static_cast<char>(std::tolower(c));
      response.headers[name] = line.substr(line.find(": ") + 2);
      at = end;
    }
    return response;
  }
  std::string buffer_;
};

}  // namespace cinnabar::kernel
