// StandIn: a scripted HTTP server on the loopback, on a free port, for faults that a real endpoint
// has only on bad days. Answers that are queued are given first; after them it stores objects in
// memory and gives them back, as an endpoint does that checks nothing. One test; its threads end
// with it.
#pragma once

#include "digest.hpp"

#include <cinnabar/bytes.hpp>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

namespace cinnabar::s3 {

struct Seen {
  std::string method, target;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

struct Reply {
  int status = 200;
  std::string body;
  std::map<std::string, std::string> headers{};
  std::size_t cut = std::string::npos;  // of the body so much is sent, then the line is cut
  bool silent = false;                  // nothing is answered until the client goes away
};

inline Reply s3_error(int status, const std::string& code) {
  return {status, "<?xml version='1.0'?><Error><Code>" + code +
                      "</Code><Message>said so</Message>"
                      "</Error>"};
}

class StandIn {
 public:
  StandIn() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(listener_, 64) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      throw std::runtime_error("no port for the stand-in");
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept(); });
  }
  ~StandIn() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    for (const int fd : connections_) ::shutdown(fd, SHUT_RDWR);
    for (std::thread& thread : threads_) thread.join();
    for (const int fd : connections_) ::close(fd);
    ::close(listener_);
  }
  StandIn(const StandIn&) = delete;
  StandIn& operator=(const StandIn&) = delete;

  int port() const { return port_; }
  void next(Reply reply, int times = 1) {
    const std::lock_guard lock(mutex_);
    for (int i = 0; i < times; ++i) queue_.push_back(reply);
  }
  std::vector<Seen> seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  // So many requests with a body are cut after their head.
  void hang_up_within_bodies(int times) { hang_ups_ = times; }
  // Changes what is stored, behind everybody's back.
  void store(const std::string& target, const std::string& content) {
    const std::lock_guard lock(mutex_);
    objects_[target].body = content;
  }
  // Answers wait for each other until so many are asked for at once, or a moment has passed.
  void gather(int requests) { gathered_ = requests; }
  int most_at_once() {
    const std::lock_guard lock(mutex_);
    return most_at_once_;
  }

 private:
  void accept() {
    for (;;) {
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) return;
      connections_.push_back(fd);
      threads_.emplace_back([this, fd] { serve(fd); });
    }
  }

  void serve(int fd) {
    std::string buffer;
    while (const auto request = read(fd, buffer)) {
      const Reply reply = answer(*request);
      if (reply.silent) {
        char byte;
        while (::recv(fd, &byte, 1, 0) > 0) {
        }
      } else {
        send(fd, *request, reply);
      }
      const std::lock_guard lock(mutex_);
      --at_once_;
      if (!reply.silent && reply.cut == std::string::npos) continue;
      break;
    }
    ::shutdown(fd, SHUT_RDWR);
  }

  std::optional<Seen> read(int fd, std::string& buffer) {
    const auto fill = [&] {
      char piece[65'536];
      const ssize_t got = ::recv(fd, piece, sizeof piece, 0);
      if (got > 0) buffer.append(piece, static_cast<std::size_t>(got));
      return got > 0;
    };
    std::size_t end;
    while ((end = buffer.find("\r\n\r\n")) == std::string::npos)
      if (!fill()) return std::nullopt;
    Seen request;
    const std::string head = buffer.substr(0, end + 2);
    request.method = head.substr(0, head.find(' '));
    const std::size_t target = request.method.size() + 1;
    request.target = head.substr(target, head.find(' ', target) - target);
    for (std::size_t at = head.find("\r\n") + 2; at < head.size();) {
      const std::size_t line = head.find("\r\n", at), colon = head.find(": ", at);
      std::string name = head.substr(at, colon - at);
      for (char& c : name) c = static_cast<char>(::tolower(c));
      request.headers[name] = head.substr(colon + 2, line - colon - 2);
      at = line + 2;
    }
    const auto length = request.headers.find("content-length");
    const std::size_t size = length == request.headers.end() ? 0 : std::stoul(length->second);
    if (size > 0 && hang_ups_ > 0 && hang_ups_-- > 0) return std::nullopt;
    while (buffer.size() < end + 4 + size)
      if (!fill()) return std::nullopt;
    request.body = buffer.substr(end + 4, size);
    buffer.erase(0, end + 4 + size);
    return request;
  }

  Reply answer(const Seen& request) {
    std::unique_lock lock(mutex_);
    most_at_once_ = std::max(most_at_once_, ++at_once_);
    more_came_.notify_all();
    more_came_.wait_for(lock, std::chrono::milliseconds(200),
                        [&] { return at_once_ >= gathered_; });
    seen_.push_back(request);
    if (!queue_.empty()) {
      const Reply reply = queue_.front();
      queue_.pop_front();
      return reply;
    }
    return honest(request);
  }

  Reply honest(const Seen& request) {
    if (request.method == "PUT") {
      Digests digests;
      digests.add(request.body);
      objects_[request.target] = request;
      return {200, "", {{"ETag", "\"" + to_hex(digests.finish().md5) + "\""}}};
    }
    const auto found = objects_.find(request.target);
    if (request.method == "DELETE") return {204, ""};
    if (found == objects_.end()) return s3_error(404, "NoSuchKey");
    const Seen& object = found->second;
    Reply reply{200, object.body};
    if (const auto meta = object.headers.find("x-amz-meta-sha256"); meta != object.headers.end())
      reply.headers["x-amz-meta-sha256"] = meta->second;
    if (const auto range = request.headers.find("range"); range != request.headers.end()) {
      const std::string& text = range->second;
      const std::size_t dash = text.find('-');
      const std::size_t first = std::stoul(text.substr(6, dash - 6));
      if (first >= object.body.size()) return s3_error(416, "InvalidRange");
      reply.body = object.body.substr(first, std::stoul(text.substr(dash + 1)) - first + 1);
      reply.status = 206;
      reply.headers["Content-Range"] = "bytes " + std::to_string(first) + "-" +
                                       std::to_string(first + reply.body.size() - 1) + "/" +
                                       std::to_string(object.body.size());
    }
    return reply;
  }

  static void send(int fd, const Seen& request, const Reply& reply) {
    std::string text = "HTTP/1.1 " + std::to_string(reply.status) +
                       " so\r\nContent-Length: " + std::to_string(reply.body.size()) + "\r\n";
    for (const auto& [name, value] : reply.headers) text += name + ": " + value + "\r\n";
    text += "\r\n";
    if (request.method != "HEAD") text += reply.body.substr(0, reply.cut);
    for (std::string_view rest = text; !rest.empty();) {
      const ssize_t sent = ::send(fd, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      rest.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  const int listener_;
  int port_ = 0;
  std::thread acceptor_;
  std::vector<std::thread> threads_;  // the acceptor's, until it has ended
  std::vector<int> connections_;
  std::atomic<int> hang_ups_{0};
  std::atomic<int> gathered_{0};
  std::mutex mutex_;
  std::condition_variable more_came_;
  std::deque<Reply> queue_;
  std::vector<Seen> seen_;
  std::map<std::string, Seen> objects_;  // by target
  int at_once_ = 0, most_at_once_ = 0;
};

}  // namespace cinnabar::s3
