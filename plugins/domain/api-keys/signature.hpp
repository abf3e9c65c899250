// Signatures of requests: HTTP Message Signatures (RFC 9421) with hmac-sha256 and Content-Digest
// (RFC 9530), a strict subset: one signature; method and address always covered, the digest of the
// body where there is one, and Idempotency-Key where it is sent; no component parameters; written
// as section 2.3 serialises it. Pure functions; any thread.
#pragma once

#include <cinnabar/services/caller.hpp>

#include <optional>

namespace cinnabar::apikeys {

struct Signature {
  std::vector<std::string> components;  // "@method", "content-digest", ...
  std::string parameters;               // the value of @signature-params, as sent
  std::string key_id;
  std::int64_t created = 0;  // seconds since 1970
  std::optional<std::int64_t> expires;
  std::string value;  // bytes
};

// Throws Error "api_key.signature_malformed".
Signature read_signature(const CallerRequest& request);

// What is signed (section 2.5); `scheme` stands in for the request's: a server behind a proxy does
// not know in which one the client spoke. Throws "api_key.signature_malformed" when a component is
// covered that the request does not have.
std::string signature_base(const Signature& signature, const CallerRequest& request,
                           const std::string& scheme);

// Compared in constant time.
bool is_signed_with(const Signature& signature, const CallerRequest& request,
                    const std::string& secret);

// Throws "api_key.digest_wrong" when the body that came is not the one that was signed, and
// "api_key.signature_malformed" when a body is not covered at all. Nothing while it has not come.
void check_body(const Signature& signature, const CallerRequest& request);

}  // namespace cinnabar::apikeys
