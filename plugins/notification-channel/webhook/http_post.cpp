#include "http_post.hpp"

#include "address.hpp"
#include "socket.hpp"

#include <netdb.h>

#include <memory>

namespace cinnabar {
namespace {

// What is read of an answer: its head is all that counts.
constexpr std::size_t kHeadSizeMax = 16 * 1024;

using Addresses = std::unique_ptr<addrinfo, void (*)(addrinfo*)>;

Addresses resolve(const WebhookUrl& url) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(url.host.c_str(), std::to_string(url.port).c_str(), &hints, &found);
  if (error != 0) throw PostFailure("the host is not found: " + std::string(gai_strerror(error)));
  return Addresses(found, freeaddrinfo);
}

// To the first address that takes the connection; one that must not be reached ends the attempt,
// so that a name with a public and a private address gives nothing away.
void connect_to(Socket& socket, const WebhookUrl& url, bool allow_private) {
  const Addresses addresses = resolve(url);
  for (const addrinfo* at = addresses.get(); at; at = at->ai_next)
    if (!allow_private && is_private_address(at->ai_addr))
      throw PostFailure("the address " + address_text(at->ai_addr) +
                        " is inside of a network and may not be called");
  std::string reason = "there is no address";
  for (const addrinfo* at = addresses.get(); at; at = at->ai_next) {
    try {
      return socket.connect(at->ai_addr, at->ai_addrlen);
    } catch (const PostFailure& failure) {
      reason = failure.what();
    }
  }
  throw PostFailure(reason);
}

std::string head_of(const PostRequest& request) {
  std::string head = "POST " + request.url.target + " HTTP/1.1\r\nHost: " + request.url.authority;
  head += "\r\nContent-Length: " + std::to_string(request.body.size());
  head += "\r\nConnection: close\r\n";
  for (const auto& [name, value] : request.headers) head += name + ": " + value + "\r\n";
  return head + "\r\n";
}

// The status of "HTTP/1.1 204 No Content"; 0 when it is no such line.
int status_of(std::string_view answer) {
  const std::string_view line = answer.substr(0, answer.find('\r'));
  if (!line.starts_with("HTTP/1.") || line.size() < 12 || line[8] != ' ') return 0;
  int status = 0;
  for (const char c : line.substr(9, 3)) {
    if (c < '0' || c > '9') return 0;
    status = status * 10 + (c - '0');
  }
  return status;
}

int read_status(Socket& socket) {
  std::string answer;
  while (answer.find("\r\n\r\n") == std::string::npos && answer.size() < kHeadSizeMax) {
    const std::string part = socket.read();
    if (part.empty()) break;
    answer += part;
  }
  const int status = status_of(answer);
  if (status == 0) throw PostFailure("the answer is not HTTP");
  return status;
}

}  // namespace

PostResult http_post(const PostRequest& request, const PostOptions& options) {
  try {
    Socket socket(options.timeout_ms);
    connect_to(socket, request.url, options.allow_private);
    if (request.url.tls) socket.encrypt(request.url.host, options.ca_file);
    socket.write(head_of(request) + request.body);
    return {read_status(socket), {}};
  } catch (const PostFailure& failure) {
    return {0, failure.what()};
  }
}

}  // namespace cinnabar
