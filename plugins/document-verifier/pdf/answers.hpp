// The answers beside integrity: trust, revocation, time, strength and level of each signature.
//
// Pure functions over given material: any thread. Source: EN 319 102-1 5; EN 319 142-1 6.
#pragma once

#include "trust.hpp"

namespace cinnabar::pdf {

// What is known of one signature once its integrity is settled.
struct Judged {
  SignatureReport* report = nullptr;
  const CmsResult* cms = nullptr;  // null when there was none to read
  bool is_timestamp = false;       // a document timestamp
  std::size_t revision = 0;
};

// Fills in the answers; the signatures in the order of their revisions.
void answer(const std::vector<Judged>& signatures, const Material& material,
            const VerifyRequest& request);

}  // namespace cinnabar::pdf
