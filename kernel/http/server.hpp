// HttpServer: HTTP/1.1 (RFC 9112) over Boost.Beast's parser on plain sockets or TLS. Knows nothing
// of routes.
//
// Reads requests with strict limits, streams uploads into a staged file while hashing them, hands
// each request to the handler on a worker pool, writes the response (a text, or parts that are
// read as they are sent), keeps connections alive, times out the idle and the slow, and stops
// gracefully: no new connection, requests in flight end.
// Owned by the composition root. The handlers run on many threads at once.
#pragma once

#include <cinnabar/error.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cinnabar::kernel {

struct HttpRequest {
  std::string method;
  std::string path;    // decoded, normalised; always begins with a slash
  std::size_t encoded_slash = std::string::npos;  // in path: the first slash that was sent as %2F
  std::string target;  // as sent
  std::map<std::string, std::string> query;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;                            // empty when it was staged
  std::string staged_path;                     // where an upload was streamed to
  std::string staged_sha256;                   // hex
  std::int64_t staged_size = 0;
  std::string address;  // of the peer
  std::string id;       // request id: the client's if well-formed, else new

  std::string_view header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string_view() : std::string_view(found->second);
  }
};

struct HttpResponse {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  // Instead of body: content of known length, produced in order on worker threads; returns an
  // empty text at the end.
  std::int64_t stream_size = 0;
  std::function<std::string()> stream;
  // Sent this much later, at least; no thread waits meanwhile.
  int hold_ms = 0;
};

// What a request's head allows, decided before its body is read.
struct BodyRule {
  std::int64_t size_max = 0;            // bytes; more is refused with 413 without reading it
  std::string stage_path;               // not empty: stream the body there
  std::shared_ptr<const void> room;     // kept while the body is held in memory
  std::optional<HttpResponse> refusal;  // answer this at once instead
  // Not empty: deciding takes a database or a disk. It is then asked on a worker thread.
  std::function<BodyRule()> later;
};

struct HttpSettings {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one
  int io_threads = 2;
  int worker_threads = 16;
  int queue_max = 1'024;  // requests waiting for a worker; more are answered 503
  int connections_max = 10'000;
  int header_size_max = 32 * 1024;
  int idle_timeout_s = 60;      // between requests, and while a response makes no progress
  int head_timeout_s = 15;      // from a head's first byte to its end, and for a TLS handshake
  int request_timeout_s = 120;  // from the first byte of a head to the end of the body
  std::string tls_certificate;  // PEM file; empty: plain HTTP
  std::string tls_key;
};

struct HttpHandlers {
  // The answer to a request, on a worker thread. What it throws is logged and answered 500.
  std::function<HttpResponse(const HttpRequest&)> handle;
  // For requests that bring a body: called on an I/O thread with the head only; must not block.
  std::function<BodyRule(const HttpRequest&)> body_rule;
  // May be empty. Answers that need neither database nor disk, given on the I/O thread itself.
  std::function<std::optional<HttpResponse>(const HttpRequest&)> answer_inline;
  // May be empty. The response to a fault of the protocol, where the request may be half read:
  // codes "http.*" with the status in the parameter "status". On an I/O thread; must not block.
  std::function<HttpResponse(const Error&, const HttpRequest&)> refuse;
};

// What the server is doing, for metrics.
struct HttpLoad {
  int connections = 0;
  int queued = 0;
  int working = 0;
};

class HttpServer {
 public:
  HttpServer(HttpSettings settings, HttpHandlers handlers);
  ~HttpServer();

  void start();  // binds and listens; throws Error "http.bind_failed", "http.tls_invalid"
  std::uint16_t port() const;
  HttpLoad load() const;
  // Returns when all connections ended, or the grace is over and the rest was cut off. Handlers
  // that run are waited for in either case.
  void stop(int grace_s);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cinnabar::kernel
