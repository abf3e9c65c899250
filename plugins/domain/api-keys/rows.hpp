// Rows of the plugin's tables. Values.
#pragma once

#include <cinnabar/bytes.hpp>
#include <cinnabar/store.hpp>

namespace cinnabar::apikeys {

struct KeyRow {
  std::string id;
  std::string owner;   // the enterprise
  std::string person;  // who issued it, and in whose name it acts
  std::string name;
  std::vector<std::string> permissions;
  std::vector<std::string> addresses;  // or networks; none: from anywhere
  std::string secret;                  // sealed
  std::string earlier_secret;          // sealed; empty: none
  Time earlier_until;
  std::optional<Time> expires;
  Time created;
  std::optional<Time> revoked;
  std::int64_t version = 1;
};
CINNABAR_DESCRIBE(KeyRow, id, owner, person, name, permissions, addresses, secret, earlier_secret,
                  earlier_until, expires, created, revoked, version)

struct TokenRow {
  std::string token_sha256;
  std::string api_key;
  std::vector<std::string> permissions;
  Time expires;
};
CINNABAR_DESCRIBE(TokenRow, token_sha256, api_key, permissions, expires)

struct UsedRow {
  std::string signature_sha256;
  std::string api_key;
  Time expires;
};
CINNABAR_DESCRIBE(UsedRow, signature_sha256, api_key, expires)

// Random bytes as text that fits into headers and addresses (RFC 4648 section 5, unpadded).
inline std::string text_of(std::string_view bytes) {
  std::string out = to_base64(bytes);
  for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
  out.erase(std::min(out.find('='), out.size()));
  return out;
}

inline constexpr Table<KeyRow> kKeys{"apikey_key"};
// Before it is known whose key it is.
inline constexpr Table<KeyRow> kKeysOfAll{"apikey_key", false};
inline constexpr Table<TokenRow> kTokens{"apikey_token", false};
inline constexpr Table<UsedRow> kUsed{"apikey_used", false};

}  // namespace cinnabar::apikeys
