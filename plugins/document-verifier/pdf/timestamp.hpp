// RFC 3161 timestamp tokens: inside a signature and as document timestamps.
//
// Pure functions: any thread. Source: RFC 3161, 2.4.2; RFC 5816; EN 319 142-1, 5.4.
#pragma once

#include "signers.hpp"

namespace cinnabar::pdf {

// The token's time in RFC 3339 when its imprint is that of the content; empty otherwise. Does not
// check the token's own signature.
std::string imprint_time(CMS_ContentInfo* token, const Parts& content, Digests& digests);

struct TokenResult {
  bool present = false;
  std::string time;  // RFC 3339; empty when there is no valid token
  Ssl<X509> certificate;  // of the authority
  std::vector<Ssl<X509>> certificates;
  std::string digest;
};

// The signature timestamp among the unsigned attributes of the first signer, wholly checked but for
// the trust in its authority.
TokenResult check_timestamp_token(CMS_ContentInfo* cms, Digests& digests);

}  // namespace cinnabar::pdf
