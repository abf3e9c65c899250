// Sealing: secrets of keys at rest (cinnabar/sealing.hpp). The sealing key is a file
// in the plugin's data folder, which servers of one database share: who has the database alone has
// no secret. An HMAC needs the secret itself, so that a digest of it would not do. Immutable; any
// thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace cinnabar::apikeys {

class Sealing {
 public:
  // Reads the file, or makes it with `fresh` (32 random bytes) when there is none.
  Sealing(const std::filesystem::path& file, std::string_view fresh);
  ~Sealing();
  Sealing(const Sealing&) = delete;
  Sealing& operator=(const Sealing&) = delete;

  // In base64; the context (the key's id) has to be given again to open. `nonce`: 12 bytes that
  // were never used before.
  std::string seal(std::string_view secret, std::string_view context,
                   std::string_view nonce) const;
  // Nothing when anything of it differs.
  std::optional<std::string> open(std::string_view sealed, std::string_view context) const;

  static constexpr std::size_t kKeySize = 32;
  static constexpr std::size_t kNonceSize = 12;  // kSealingNonceSize

 private:
  std::string key_;
};

}  // namespace cinnabar::apikeys
