// A person's passkeys as they are kept, and the forms in which their parts travel. Values.
#pragma once

#include <cinnabar/bytes.hpp>
#include <cinnabar/describe.hpp>
#include <cinnabar/json.hpp>
#include <cinnabar/time.hpp>
#include <cinnabar/webauthn/ceremony.hpp>

namespace cinnabar {

// Parts in base64url without padding.
struct KeptPasskey {
  std::string id;
  std::string public_key;
  std::int64_t counter = 0;  // as it was when the passkey was made
  std::string aaguid;        // hex
  bool backed_up = false;
  std::string name;
  Time created;
};
CINNABAR_DESCRIBE(KeptPasskey, id, public_key, counter, aaguid, backed_up, name, created)

struct KeptPasskeys {
  std::vector<KeptPasskey> passkeys;
};
CINNABAR_DESCRIBE(KeptPasskeys, passkeys)

struct NewPasskeyAnswer {
  std::string name;
  std::string client_data;
  std::string attestation;
  std::string remove;
};
CINNABAR_DESCRIBE(NewPasskeyAnswer, (name, length(0, 100), format("line")),
                  (client_data, length(0, 22'000)), (attestation, length(0, 22'000)),
                  (remove, length(0, 1'400)))

struct AgreedAnswer {
  std::string credential_id;
  std::string client_data;
  std::string authenticator_data;
  std::string signature;
};
CINNABAR_DESCRIBE(AgreedAnswer, (credential_id, required, length(1, 1'400)),
                  (client_data, required, length(1, 22'000)),
                  (authenticator_data, required, length(1, 22'000)),
                  (signature, required, length(1, 22'000)))

// RFC 4648 section 5, without padding. Nothing when it is not.
inline std::optional<std::string> from_base64url(std::string text) {
  for (char& c : text) {
    if (c == '+' || c == '/' || c == '=') return std::nullopt;
    c = c == '-' ? '+' : c == '_' ? '/' : c;
  }
  while (text.size() % 4 != 0) text += '=';
  return from_base64(text);
}

inline webauthn::Passkey passkey_of(const KeptPasskey& kept) {
  return {from_base64url(kept.id).value_or(""), from_base64url(kept.public_key).value_or(""),
          static_cast<std::uint32_t>(kept.counter), from_hex(kept.aaguid).value_or(""),
          kept.backed_up};
}

}  // namespace cinnabar
