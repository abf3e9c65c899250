// What the engine needs to know of a timestamp token (RFC 3161 2.4.2, RFC 5652): what it is over,
// and when its certificates end. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cinnabar::pades {

struct TokenFacts {
  std::string imprint;       // the raw digest that was stamped
  std::int64_t ends_ms = 0;  // the earliest end of its certificates; 0: it brings none
};

// Throws Error "der.malformed".
TokenFacts read_token(std::string_view token);

}  // namespace cinnabar::pades
