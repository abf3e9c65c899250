// Digests in hex, and commitments to personal data. Pure; any thread.
#pragma once

#include <cinnabar/digest_state.hpp>

namespace cinnabar::contract {

inline std::string sha256_hex(std::string_view bytes) {
  DigestState digest;
  digest.update(bytes);
  return to_hex(digest.digest());
}

// The salt of one datum, from the contract's own, which nobody is shown: who is given one salt
// learns nothing of the others.
inline std::string salt_of(std::string_view root, std::string_view datum) {
  return sha256_hex(std::string(root) + "/" + std::string(datum));
}

// A commitment to personal data: it can be checked by who is given value and salt, and says
// nothing to others.
inline std::string commitment(std::string_view salt, std::string_view value) {
  return sha256_hex(std::string(salt) + ":" + std::string(value));
}

}  // namespace cinnabar::contract
