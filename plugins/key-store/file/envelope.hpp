// The stored form of one private key: its PKCS #8 encoding sealed under a data key of its own,
// which is sealed under the master key. Changing the master key thus rewrites only data keys.
//
// JSON, version 1; the members are those of Envelope, bytes in base64. The context that is
// authenticated with both seals is "cinnabar-key/1|<id>|<algorithm>|<public key>", so that no part
// can be moved to another key's file. Stateless; any thread.
#pragma once

#include "master_key.hpp"

#include <cinnabar/json.hpp>

namespace cinnabar::filekeys {

struct Envelope {
  int version = 1;
  std::string id;
  std::string algorithm;  // "ec-p256", ...
  std::string master;     // MasterKey::name of the key that seals it
  Bytes public_key;       // SubjectPublicKeyInfo, DER
  Bytes data_key;         // sealed under the master key
  Bytes private_key;      // PKCS #8, DER, sealed under the data key
};
CINNABAR_DESCRIBE(Envelope, (version, required), (id, required), (algorithm, required),
                  (master, required), (public_key, required), (data_key, required),
                  (private_key, required))

Envelope seal(const MasterKey& master, std::string id, std::string algorithm,
              std::string public_key, const Secret& private_key);

// Throws Error "key.master_wrong" when none of the master keys sealed it, "key.damaged" when any
// part is not as it was written.
Secret open(const MasterKeys& masters, const Envelope& envelope);

// Seals the data key under the current master key instead. Throws as open.
void rewrap(const MasterKeys& masters, Envelope& envelope);

// Reads the stored text. Throws Error "key.damaged".
Envelope read_envelope(std::string_view text, std::string_view id);

}  // namespace cinnabar::filekeys
