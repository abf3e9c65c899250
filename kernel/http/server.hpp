// HttpServer: HTTP/1.1 over Boost.Beast on plain sockets or TLS. Knows nothing of routes.
//
// Reads requests with strict limits, streams uploads into a staged file while hashing them, hands
// each request to the handler on a worker pool, writes the response (a text, or parts that are
// read as they are sent), keeps connections alive, times out the idle and the slow, and stops
// gracefully: no new connection, requests in flight end.
// Owned by the composition root. The handler runs on many worker threads at once.
#pragma once

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
  std::string path;    // decoded, normalised
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
  // Instead of body: content of known length, produced in order; returns an empty text at the end.
  std::int64_t stream_size = 0;
  std::function<std::string()> stream;
};

// What a request's head allows, decided before its body is read.
struct BodyRule {
  std::int64_t size_max = 0;     // bytes; more is refused with 413 without reading it
  std::string stage_path;        // not empty: stream the body there
  std::optional<HttpResponse> refusal;  // answer this at once instead
};

struct HttpSettings {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one
  int io_threads = 2;
  int worker_threads = 16;
  int queue_max = 1'024;          // requests waiting for a worker; more are answered 503
  int connections_max = 10'000;
  int header_size_max = 32 * 1024;
  int idle_timeout_s = 60;
  int request_timeout_s = 120;    // from the first byte of a head to the end of the body
  std::string tls_certificate;    // PEM file; empty: plain HTTP
  std::string tls_key;
};

class HttpServer {
 public:
  using Handler = std::function<HttpResponse(const HttpRequest&)>;
  // Called on an I/O thread with the head only (body empty); must not block.
  using BodyPolicy = std::function<BodyRule(const HttpRequest&)>;

  HttpServer(HttpSettings settings, Handler handler, BodyPolicy policy);
  ~HttpServer();

  void start();           // binds and listens; throws Error "http.bind_failed"
  std::uint16_t port() const;
  void stop(int grace_s);  // returns when all connections ended or the grace is over

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cinnabar::kernel
