// Digests, random bytes and ids, from OpenSSL. Stateless; any thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace cinnabar::kernel {

// SHA-256 (FIPS 180-4) over the parts, one after the other, as 64 lower-case hex digits.
std::string sha256_hex(std::initializer_list<std::string_view> parts);
inline std::string sha256_hex(std::string_view content) { return sha256_hex({content}); }

// Cryptographic randomness. Throws Error when the system has none.
std::string random_bytes(std::size_t size);

// A new sortable id (ULID) with a type prefix: "evt" gives "evt_01J...".
std::string new_id(std::string_view prefix, std::int64_t real_ms);

}  // namespace cinnabar::kernel
