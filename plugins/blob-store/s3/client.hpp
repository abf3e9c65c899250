// Client: signed requests to one bucket of an S3 endpoint. A request whose failure passes (no
// answer, 5xx, 429, SlowDown and the like) is sent again after a pause that grows, until the
// deadline; every request here may be sent twice. Owns its connections; any thread.
//
// Errors, none of which names a secret: "s3.unreachable" (it may pass), "s3.denied",
// "s3.untrusted", "s3.bucket_missing", "s3.refused" (an operator must act).
#pragma once

#include "connections.hpp"

#include <cinnabar/error.hpp>

#include <functional>

namespace cinnabar::s3 {

struct Request {
  std::string method;
  std::string key;  // without the prefix; empty: the bucket itself
  Pairs query{};
  Pairs headers{};  // names in lower case
  const Payload* payload = nullptr;
  std::string payload_sha256{};       // of the payload; empty: of nothing
  std::size_t body_max = 256 * 1024;  // S3's own documents but listings are much smaller
  std::vector<long> taken{};          // answers besides 2xx that are no errors to who asks
};

class Client {
 public:
  using NowMs = std::function<std::int64_t()>;  // Unix time, for signatures
  Client(Settings settings, NowMs now_ms);

  Answer send(const Request& request, Deadline deadline);
  // Until when a call that moves so many bytes may take.
  Deadline deadline(std::uint64_t bytes = 0) const;
  const Settings& settings() const { return settings_; }

 private:
  Answer send_once(const Request& request, Deadline deadline);

  const Settings settings_;
  const NowMs now_ms_;
  Connections connections_;
};

// Whether the S3 error code of an answer says that the same request may succeed later.
bool passes(long status, std::string_view code);
// The Error of an answer that is not what was asked for.
Error error_of(const Answer& answer, const Settings& settings);

}  // namespace cinnabar::s3
