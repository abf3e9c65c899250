// AWS Signature Version 4 in the Authorization header, as the S3 API asks for it: the path is
// encoded once, the digest of the payload is always signed. Every step is a function of its own,
// because AWS publishes what each gives for its examples. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cinnabar::s3 {

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Credentials {
  std::string access_key;
  std::string secret_key;
  std::string region;
};

// A request before it is signed. Header names are in lower case, "host" is among them.
struct Signable {
  std::string method;
  std::string path;  // not encoded
  Pairs query;       // not encoded, in any order
  Pairs headers;     // in any order; all are signed
  std::string payload_sha256;
  std::string time;  // 20130524T000000Z
};

// 2013-05-24T00:00:00Z as 20130524T000000Z.
std::string basic_time(std::int64_t unix_ms);
// RFC 3986: all but unreserved characters as %XX; slashes stay in a path.
enum class Slash { kept, encoded };
std::string uri_encoded(std::string_view text, Slash slash);
// Sorted and encoded, "a=1&b=2": what is signed, and what stands in the URL.
std::string canonical_query(const Pairs& query);
std::string canonical_request(const Signable& request);
std::string string_to_sign(const Signable& request, std::string_view region);
// Lower-case hex.
std::string signature(const Signable& request, const Credentials& credentials);
// The value of the Authorization header.
std::string authorization(const Signable& request, const Credentials& credentials);

}  // namespace cinnabar::s3
