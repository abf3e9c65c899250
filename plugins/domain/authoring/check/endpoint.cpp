#include "check/endpoint.hpp"

#include <cinnabar/error.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace cinnabar::authoring {
namespace {

constexpr std::size_t kRequestSizeMax = 1 << 20;
constexpr int kLookMs = 20;     // how soon it sees that it is to end
constexpr int kReadMs = 2'000;  // for the rest of a request

bool readable(int socket, int ms) {
  pollfd wait{socket, POLLIN, 0};
  return poll(&wait, 1, ms) == 1;
}

// Whether head and body are there; a body without a length ends with the connection.
bool whole(const std::string& request) {
  const std::size_t head = request.find("\r\n\r\n");
  if (head == std::string::npos) return false;
  std::string lower = request.substr(0, head);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (lower.find("transfer-encoding: chunked") != std::string::npos)
    return request.find("\r\n0\r\n") != std::string::npos;
  const std::size_t length = lower.find("content-length:");
  if (length == std::string::npos) return true;
  return request.size() >= head + 4 + std::strtoul(lower.c_str() + length + 15, nullptr, 10);
}

}  // namespace

Endpoint::Endpoint(const std::string& body, bool silent)
    : answer_("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
              std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body),
      silent_(silent),
      socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (socket_ < 0 || bind(socket_, any, size) != 0 || listen(socket_, 8) != 0 ||
      getsockname(socket_, any, &size) != 0)
    throw failure("no port on the loopback");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

Endpoint::~Endpoint() {
  over_ = true;
  thread_.join();
  ::close(socket_);
}

std::string Endpoint::url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }

std::vector<std::string> Endpoint::requests() {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void Endpoint::forget() {
  const std::lock_guard lock(mutex_);
  std::vector<std::string>().swap(requests_);
}

void Endpoint::serve() {
  while (!over_) {
    if (!readable(socket_, kLookMs)) continue;
    const int connection = accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    if (silent_) {
      waiting_.push_back(connection);
      continue;
    }
    answer(connection);
    ::close(connection);
  }
  for (const int connection : waiting_) ::close(connection);
}

void Endpoint::answer(int connection) {
  std::string request;
  while (!whole(request) && request.size() < kRequestSizeMax && readable(connection, kReadMs)) {
    char part[4096];
    const ssize_t got = ::recv(connection, part, sizeof part, 0);
    if (got <= 0) break;
    request.append(part, static_cast<std::size_t>(got));
  }
  if (request.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
  }
  static_cast<void>(::send(connection, answer_.data(), answer_.size(), MSG_NOSIGNAL));
}

}  // namespace cinnabar::authoring
