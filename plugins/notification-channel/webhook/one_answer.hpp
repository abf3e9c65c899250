// OneAnswer: a server for tests that answers one connection at a time, on a free port of this
// machine, with a fixed text, and keeps what it was sent. Owned by the test; its thread ends with
// it.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace cinnabar {

inline constexpr char kTlsHandshake = 0x16;  // first byte of a ClientHello

class OneAnswer {
 public:
  // "silence": says nothing until the client gives up.
  explicit OneAnswer(std::string answer) : answer_(std::move(answer)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::listen(listener_, 4);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] {
      for (int peer; (peer = ::accept(listener_, nullptr, nullptr)) >= 0; ::close(peer))
        serve(peer);
    });
  }
  ~OneAnswer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  OneAnswer(const OneAnswer&) = delete;
  OneAnswer& operator=(const OneAnswer&) = delete;

  std::string url(const std::string& target = "/hook") const {
    return "http://127.0.0.1:" + std::to_string(port_) + target;
  }
  void answer_with(std::string answer) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
  }
  // One text a connection.
  std::vector<std::string> received() const {
    const std::lock_guard lock(mutex_);
    return received_;
  }

 private:
  // Whether a request is there as a whole: its head and as many bytes as it announces.
  static bool complete(const std::string& text) {
    if (!text.empty() && text[0] == kTlsHandshake) return true;
    const std::size_t head = text.find("\r\n\r\n"), length = text.find("Content-Length: ");
    if (head == std::string::npos || length == std::string::npos) return false;
    return text.size() >= head + 4 + std::stoul(text.substr(length + 16));
  }
  void serve(int peer) {
    std::string text;
    char buffer[4'096];
    while (!complete(text)) {
      const ssize_t got = ::recv(peer, buffer, sizeof buffer, 0);
      if (got <= 0) return;
      text.append(buffer, static_cast<std::size_t>(got));
    }
    std::string answer;
    {
      const std::lock_guard lock(mutex_);
      received_.push_back(text);
      answer = answer_;
    }
    if (answer == "silence")
      ::recv(peer, buffer, sizeof buffer, 0);
    else
      ::send(peer, answer.data(), answer.size(), MSG_NOSIGNAL);
  }

  mutable std::mutex mutex_;
  std::string answer_;
  std::vector<std::string> received_;
  int listener_ = -1;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace cinnabar
