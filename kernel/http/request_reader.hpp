// RequestReader: the bytes of one connection turned into requests, strictly: what could be read in
// two ways is refused (RFC 9112 sections 2.2, 6.1 and 11.2). Holds what came but was not used yet,
// so that requests may follow each other without waiting. The only place that sees Boost.Beast.
// One connection's; one thread at a time.
//
// Faults are Errors with a code "http.*" and the parameter "status".
#pragma once

#include "kernel/http/server.hpp"

namespace cinnabar::kernel {

Error http_fault(int status, std::string code);

class RequestReader {
 public:
  enum class Progress { more, done };
  using Sink = std::function<void(std::string_view)>;

  explicit RequestReader(int header_size_max);
  ~RequestReader();

  // Room for the next bytes from the socket, and how many came.
  std::pair<char*, std::size_t> prepare();
  void commit(std::size_t size);
  bool has_bytes() const;

  // Reads on; when done, the request's method, target, path, query and headers are filled.
  Progress read_head(HttpRequest& request);

  // Of the head that was read.
  bool has_body() const;
  std::int64_t content_length() const;  // -1: chunked
  bool expects_continue() const;
  bool keep_alive() const;
  bool http_1_0() const;

  // Before the body: refuses with 413 beyond the size, a declared one at once.
  void limit_body(std::int64_t size_max);
  Progress read_body(const Sink& sink);

  // Forgets the request; unused bytes stay.
  void next();
  void drop();  // the unused bytes

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cinnabar::kernel
