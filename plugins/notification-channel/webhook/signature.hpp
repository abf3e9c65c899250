// Signing webhook messages as Standard Webhooks 1.0.0 has it (symmetric, v1). Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cinnabar {

// The key bytes of "whsec_<base64>"; nothing when it is none, or not 24 to 64 bytes long.
std::optional<std::string> webhook_key(std::string_view secret);
std::string webhook_secret(std::string_view key);

// The value of the header webhook-signature: "v1,<base64 of HMAC-SHA-256 over id.timestamp.body>".
std::string webhook_signature(std::string_view key, std::string_view id, std::int64_t timestamp_s,
                              std::string_view body);

}  // namespace cinnabar
