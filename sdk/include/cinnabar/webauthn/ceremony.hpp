// What a server checks of a passkey (W3C Web Authentication, Level 3): that a browser on a page of
// ours registered it, or that it agreed to a challenge of ours, with the user verified each time.
// Pure functions; any thread.
#pragma once

#include <cinnabar/bytes.hpp>
#include <cinnabar/json.hpp>
#include <cinnabar/webauthn/cose_key.hpp>

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>

namespace cinnabar::webauthn {

inline constexpr std::size_t kPartSizeMax = 16'384;  // bytes of one part of an answer
inline constexpr std::size_t kCredentialIdMax = 1'023;

// Whose page may ask.
struct RelyingParty {
  std::string id;                    // a domain: "sign.example.com"
  std::vector<std::string> origins;  // "https://sign.example.com"; exact
};

// What a browser gives; bytes.
struct Registration {
  std::string client_data;  // JSON
  std::string attestation;  // CBOR
};
struct Assertion {
  std::string credential_id;
  std::string client_data;
  std::string authenticator_data;
  std::string signature;
};

struct Passkey {
  std::string id;          // bytes
  std::string public_key;  // COSE
  std::uint32_t counter = 0;
  std::string aaguid;     // 16 bytes: which kind of authenticator says it is
  bool backed_up = false;  // it is copied between the person's devices
};

// Why an answer is refused: a stable word. Empty: it is not.
struct Outcome {
  std::string fault;
  Passkey passkey;  // as it is after the ceremony
  explicit operator bool() const { return fault.empty(); }
};

namespace detail {

inline std::string sha256(std::string_view text) {
  std::string out(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(out.data()));
  return out;
}

inline bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

inline std::string base64url(std::string_view bytes) {
  std::string text = to_base64(bytes);
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

struct ClientData {
  std::string type;
  std::string challenge;
  std::string origin;
  bool crossOrigin = false;
  std::string topOrigin;
};
CINNABAR_DESCRIBE(ClientData, type, challenge, origin, crossOrigin, topOrigin)

// Section 7.1 steps 6 to 11, 7.2 steps 10 to 14. Browsers add members of their own.
inline std::string client_fault(std::string_view json, std::string_view type,
                                std::string_view challenge, const RelyingParty& party) {
  ClientData data;
  try {
    data = from_json<ClientData>(json);
  } catch (const Error&) {
    return "client_data";
  }
  if (data.type != type) return "type";
  if (!same(data.challenge, base64url(challenge))) return "challenge";
  const auto& known = party.origins;
  if (data.crossOrigin || !data.topOrigin.empty() ||
      std::find(known.begin(), known.end(), data.origin) == known.end())
    return "origin";
  return {};
}

inline constexpr unsigned char kPresent = 0x01, kVerified = 0x04, kBackupEligible = 0x08,
                               kBackedUp = 0x10, kAttested = 0x40, kExtended = 0x80;

struct AuthenticatorData {
  std::string rp_id_hash;
  unsigned char flags = 0;
  std::uint32_t counter = 0;
  std::string aaguid, credential_id, public_key;  // when attested
};

// Section 6.1; nothing when it is not well-formed to its last byte.
inline std::optional<AuthenticatorData> authenticator_data(std::string_view bytes) {
  constexpr std::size_t kHead = 37, kAttestedHead = 18;
  if (bytes.size() < kHead || bytes.size() > kPartSizeMax) return std::nullopt;
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  AuthenticatorData out;
  out.rp_id_hash = bytes.substr(0, 32);
  out.flags = octet(32);
  for (std::size_t i = 33; i < kHead; ++i) out.counter = out.counter << 8 | octet(i);
  std::size_t at = kHead;
  if (out.flags & kAttested) {
    if (bytes.size() - at < kAttestedHead) return std::nullopt;
    out.aaguid = bytes.substr(at, 16);
    const std::size_t size = static_cast<std::size_t>(octet(at + 16) << 8 | octet(at + 17));
    at += kAttestedHead;
    if (size == 0 || size > kCredentialIdMax || bytes.size() - at < size) return std::nullopt;
    out.credential_id = bytes.substr(at, size);
    at += size;
    CborReader key(bytes.substr(at));
    if (!key.next()) return std::nullopt;
    out.public_key = bytes.substr(at, key.position());
    at += key.position();
  }
  if (out.flags & kExtended) {
    CborReader extensions(bytes.substr(at));
    const auto map = extensions.next();
    if (!map || map->kind != Cbor::Kind::map) return std::nullopt;
    at += extensions.position();
  }
  if (at != bytes.size()) return std::nullopt;
  return out;
}

inline std::string flags_fault(const AuthenticatorData& data, const RelyingParty& party) {
  if (!same(data.rp_id_hash, sha256(party.id))) return "rp_id";
  if (!(data.flags & kPresent)) return "user_not_present";
  if (!(data.flags & kVerified)) return "user_not_verified";
  if ((data.flags & kBackedUp) && !(data.flags & kBackupEligible)) return "flags";
  return {};
}

// Attestation is not asked for: "none", or a packed one by the key itself, is all that is taken.
inline std::string attestation_fault(const Cbor& object, const CoseKey& key,
                                     std::string_view signed_bytes) {
  const Cbor *format = object.member("fmt"), *statement = object.member("attStmt");
  if (!format || format->kind != Cbor::Kind::text || !statement ||
      statement->kind != Cbor::Kind::map)
    return "attestation";
  if (format->bytes == "none") return statement->members.empty() ? "" : "attestation";
  const Cbor *algorithm = statement->member("alg"), *signature = statement->member("sig");
  const bool self = format->bytes == "packed" && statement->members.size() == 2 && algorithm &&
                    signature && algorithm->kind == Cbor::Kind::integer &&
                    signature->kind == Cbor::Kind::bytes &&
                    algorithm->integer == key.algorithm();
  return self && key.verifies(signed_bytes, signature->bytes) ? "" : "attestation";
}

}  // namespace detail

// Section 7.1. Faults: size, client_data, type, challenge, origin, attestation, data, rp_id,
// user_not_present, user_not_verified, flags, key.
inline Outcome check_registration(const Registration& in, std::string_view challenge,
                                  const RelyingParty& party) {
  using namespace detail;
  Outcome out;
  if (in.client_data.size() > kPartSizeMax || in.attestation.size() > kPartSizeMax)
    return {"size", {}};
  out.fault = client_fault(in.client_data, "webauthn.create", challenge, party);
  if (!out) return out;
  CborReader reader(in.attestation);
  const auto object = reader.next();
  const Cbor* bytes =
      object && object->kind == Cbor::Kind::map ? object->member("authData") : nullptr;
  if (!bytes || bytes->kind != Cbor::Kind::bytes || !reader.at_end()) return {"attestation", {}};
  const auto data = authenticator_data(bytes->bytes);
  if (!data || !(data->flags & kAttested)) return {"data", {}};
  out.fault = flags_fault(*data, party);
  if (!out) return out;
  const auto key = CoseKey::read(data->public_key);
  if (!key) return {"key", {}};
  out.fault = attestation_fault(*object, *key, bytes->bytes + sha256(in.client_data));
  out.passkey = {data->credential_id, data->public_key, data->counter, data->aaguid,
                 (data->flags & kBackedUp) != 0};
  return out;
}

// Section 7.2, of a passkey that was registered. Faults as above, and: credential, signature,
// counter (it went back: a copy may be about).
inline Outcome check_assertion(const Assertion& in, std::string_view challenge,
                               const RelyingParty& party, const Passkey& passkey) {
  using namespace detail;
  Outcome out{{}, passkey};
  if (in.client_data.size() > kPartSizeMax || in.authenticator_data.size() > kPartSizeMax ||
      in.signature.size() > kPartSizeMax)
    return {"size", passkey};
  if (!same(in.credential_id, passkey.id)) return {"credential", passkey};
  out.fault = client_fault(in.client_data, "webauthn.get", challenge, party);
  if (!out) return out;
  const auto data = authenticator_data(in.authenticator_data);
  if (!data || (data->flags & kAttested)) return {"data", passkey};
  out.fault = flags_fault(*data, party);
  if (!out) return out;
  const auto key = CoseKey::read(passkey.public_key);
  if (!key) return {"key", passkey};
  if (!key->verifies(in.authenticator_data + sha256(in.client_data), in.signature))
    return {"signature", passkey};
  const bool counts = data->counter != 0 || passkey.counter != 0;
  if (counts && data->counter <= passkey.counter) return {"counter", passkey};
  out.passkey.counter = data->counter;
  out.passkey.backed_up = (data->flags & kBackedUp) != 0;
  return out;
}

}  // namespace cinnabar::webauthn
