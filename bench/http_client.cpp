#include "http_client.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <random>
#include <stdexcept>

namespace cinnabar::bench {
namespace {

std::string new_key() {
  static const std::string kProcess = std::to_string(std::random_device()());
  static std::atomic<unsigned> number{0};
  return "bench-" + kProcess + "-" + std::to_string(++number);
}

// The value of Content-Length, which every answer of the API has unless it has no body.
std::size_t body_size(std::string_view head) {
  constexpr std::string_view kName = "\r\nContent-Length: ";
  const std::size_t at = head.find(kName);
  return at == head.npos ? 0 : std::stoul(std::string(head.substr(at + kName.size(), 12)));
}

}  // namespace

HttpClient::HttpClient(int port, std::string token) : token_(std::move(token)) {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("no connection to port " + std::to_string(port));
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

HttpClient::~HttpClient() { ::close(socket_); }

HttpReply HttpClient::call(std::string_view method, std::string_view path, std::string_view body) {
  std::string request(method);
  request.append(" /api/v1").append(path).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n");
  request.append("Authorization: Bearer ").append(token_).append("\r\n");
  if (method != "GET") {
    request.append("Idempotency-Key: ").append(new_key());
    request.append("\r\nContent-Type: application/json\r\nContent-Length: ");
    request.append(std::to_string(body.size())).append("\r\n");
  }
  request.append("\r\n").append(body);
  send_all(request);

  std::size_t head_end;
  while ((head_end = input_.find("\r\n\r\n")) == input_.npos)
    if (!receive_more()) throw std::runtime_error("the server closed the connection");
  const std::string_view head = std::string_view(input_).substr(0, head_end + 2);
  HttpReply reply;
  reply.status = std::stoi(input_.substr(9, 3));
  const std::size_t begin = head_end + 4, end = begin + body_size(head);
  while (input_.size() < end)
    if (!receive_more()) throw std::runtime_error("the server closed the connection");
  reply.body = input_.substr(begin, end - begin);
  input_.erase(0, end);
  return reply;
}

std::string HttpClient::expect(std::string_view method, std::string_view path,
                               std::string_view body) {
  HttpReply reply = call(method, path, body);
  if (reply.status / 100 != 2)
    throw std::runtime_error(std::string(method) + " " + std::string(path) + ": " + reply.body);
  return std::move(reply.body);
}

void HttpClient::send_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size <= 0) throw std::runtime_error("the server closed the connection");
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
}

bool HttpClient::receive_more() {
  char part[16384];
  const ssize_t size = ::recv(socket_, part, sizeof part, 0);
  if (size > 0) input_.append(part, static_cast<std::size_t>(size));
  return size > 0;
}

}  // namespace cinnabar::bench
