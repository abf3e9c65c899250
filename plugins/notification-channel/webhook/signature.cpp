#include "signature.hpp"

#include <cinnabar/bytes.hpp>
#include <cinnabar/error.hpp>

#include <openssl/hmac.h>

namespace cinnabar {
namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::size_t kKeySizeMin = 24;
constexpr std::size_t kKeySizeMax = 64;

}  // namespace

std::optional<std::string> webhook_key(std::string_view secret) {
  if (!secret.starts_with(kPrefix)) return std::nullopt;
  const std::string key = from_base64(secret.substr(kPrefix.size())).value_or(std::string());
  if (key.size() < kKeySizeMin || key.size() > kKeySizeMax) return std::nullopt;
  return std::optional<std::string>(key);
}

std::string webhook_secret(std::string_view key) { return std::string(kPrefix) + to_base64(key); }

std::string webhook_signature(std::string_view key, std::string_view id, std::int64_t timestamp_s,
                              std::string_view body) {
  const std::string signed_text =
      std::string(id) + "." + std::to_string(timestamp_s) + "." + std::string(body);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
            reinterpret_cast<const unsigned char*>(signed_text.data()), signed_text.size(), digest,
            &size))
    throw failure("HMAC failed");
  return "v1," + to_base64({reinterpret_cast<const char*>(digest), size});
}

}  // namespace cinnabar
