// The digests that S3 asks for: SHA-256 and HMAC-SHA-256 of signatures and payloads, MD5 of
// Content-MD5 and ETag. By OpenSSL. Stateless but for Digests, which one thread uses; any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace cinnabar::s3 {

std::string sha256_hex(std::string_view text);
// RFC 2104; 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view text);

// SHA-256 and, where OpenSSL offers it (under FIPS it does not), MD5 of content in pieces.
class Digests {
 public:
  Digests();
  void add(std::string_view piece);
  struct Result {
    std::string sha256;  // lower-case hex
    std::string md5;     // 16 bytes; empty: not offered
  };
  // Ends it: nothing may be added any more.
  Result finish();

 private:
  using Context = std::unique_ptr<evp_md_ctx_st, void (*)(evp_md_ctx_st*)>;
  Context sha256_, md5_;
};

}  // namespace cinnabar::s3
