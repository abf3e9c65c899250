// CuttingProxy: stands between a client and a server and cuts the connection at a COMMIT, before
// or after the server got it. For tests; the text of statements must not be encrypted.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <string_view>
#include <thread>
#include <vector>

namespace cinnabar::mysql {

class CuttingProxy {
 public:
  // Once: the next COMMIT never arrives; or it does, and its answer does not.
  enum class Cut { none, before, after };

  explicit CuttingProxy(int server_port) : server_port_(server_port) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    ::listen(listener_, 16);
    port_ = ntohs(address.sin_port);
    accepting_ = std::thread([this] { accept_all(); });
  }
  ~CuttingProxy() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    accepting_.join();
    for (std::thread& thread : threads_) thread.join();
    ::close(listener_);
  }
  CuttingProxy(const CuttingProxy&) = delete;
  CuttingProxy& operator=(const CuttingProxy&) = delete;

  int port() const { return port_; }
  void cut(Cut cut) { cut_ = cut; }
  bool was_cut() const { return cut_ == Cut::none; }
  // While it is true nobody gets in.
  void refuse(bool refuse) { refusing_ = refuse; }

 private:
  static sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return address;
  }

  void accept_all() {
    for (;;) {
      const int client = ::accept(listener_, nullptr, nullptr);
      if (client < 0) return;
      if (refusing_)
        ::close(client);
      else
        threads_.emplace_back([this, client] { carry(client); });
    }
  }

  void carry(int client) {
    const int server = ::socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = loopback(server_port_);
    if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
      while (!stopping_ && step(client, server)) {
      }
    ::close(server);
    ::close(client);
  }

  // False: the connection is at its end.
  bool step(int client, int server) {
    pollfd ends[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    if (::poll(ends, 2, 50) <= 0) return true;
    char buffer[65'536];
    for (int from = 0; from < 2; ++from) {
      if (ends[from].revents == 0) continue;
      const ssize_t size = ::recv(ends[from].fd, buffer, sizeof buffer, 0);
      if (size <= 0) return false;
      const std::string_view text(buffer, static_cast<std::size_t>(size));
      const bool commits = from == 0 && text.size() == 11 && text.ends_with("COMMIT");
      const Cut cut = commits ? cut_.exchange(Cut::none) : Cut::none;
      if (cut == Cut::before) return false;
      if (::send(ends[1 - from].fd, buffer, text.size(), MSG_NOSIGNAL) < 0) return false;
      if (cut == Cut::after) {
        ::recv(server, buffer, sizeof buffer, 0);  // its answer: it is committed by now
        return false;
      }
    }
    return true;
  }

  const int server_port_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<Cut> cut_{Cut::none};
  std::atomic<bool> refusing_{false};
  std::atomic<bool> stopping_{false};
  std::thread accepting_;
  std::vector<std::thread> threads_;  // of accept_all, and of the destructor after it
};

}  // namespace cinnabar::mysql
