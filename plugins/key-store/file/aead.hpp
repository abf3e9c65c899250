// AES-256-GCM (NIST SP 800-38D) as this store uses it: a fresh random nonce of 12 bytes before the
// ciphertext, the tag of 16 bytes after it. Stateless; any thread.
#pragma once

#include "secret.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace cinnabar::filekeys {

inline constexpr std::size_t kAeadKeySize = 32;

// Encrypts under the key; `context` is authenticated along and has to be given again to open.
std::string aead_seal(const Secret& key, std::string_view plain, std::string_view context);

// Nothing when key, context or any bit of the sealed bytes differ.
std::optional<Secret> aead_open(const Secret& key, std::string_view sealed,
                                std::string_view context);

// Fills with bytes of the system's generator.
Secret random_secret(std::size_t size);

}  // namespace cinnabar::filekeys
