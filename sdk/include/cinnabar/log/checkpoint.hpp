// Checkpoints of a transparency log: the note of c2sp.org/tlog-checkpoint, signed with Ed25519 as
// c2sp.org/signed-note says.
//
//   cinnabar/01j...          the origin: the log's name
//   1234                     how many entries
//   <base64>                 root hash
//
//   — <name> <base64 of key id and signature>
//
// A key is told to others in one line, its verifier key: "<name>+<key id, hex>+<base64 of 0x01 and
// the 32 bytes>". Needs libcrypto. Pure; any thread.
#pragma once

#include <cinnabar/log/merkle.hpp>

#include <openssl/evp.h>

#include <optional>

namespace cinnabar::log {

inline constexpr char kEd25519 = 1;  // the algorithm's byte in signed-note
inline constexpr std::string_view kSignatureMark = "\u2014 ";
// A checkpoint with the signatures of a few witnesses takes some hundred bytes.
inline constexpr std::size_t kNoteSizeMax = 64 * 1024;

struct VerifierKey {
  std::string name;
  std::string key;  // 32 raw bytes

  std::string id() const {  // 4 raw bytes
    return sha256(name + "\n" + kEd25519 + key).substr(0, 4);
  }
  std::string text() const {
    return name + "+" + to_hex(id()) + "+" + to_base64(kEd25519 + key);
  }
};

inline bool good_key_name(std::string_view name) {
  if (name.empty()) return false;
  for (const char c : name)
    if (static_cast<unsigned char>(c) <= 0x20 || c == '+' || static_cast<unsigned char>(c) >= 0x7f)
      return false;
  return true;
}

// Nothing for a text that is no such key, or whose id is not that of its key.
inline std::optional<VerifierKey> parse_verifier_key(std::string_view text) {
  const std::size_t first = text.find('+');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = text.find('+', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto bytes = from_base64(text.substr(second + 1));
  if (!bytes || bytes->size() != 33 || (*bytes)[0] != kEd25519) return std::nullopt;
  VerifierKey key{std::string(text.substr(0, first)), bytes->substr(1)};
  if (!good_key_name(key.name) || key.text() != text) return std::nullopt;
  return key;
}

struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  Hash root;

  std::string body() const {
    return origin + "\n" + std::to_string(size) + "\n" + to_base64(root) + "\n";
  }
};

inline std::string signed_note(const Checkpoint& checkpoint, const VerifierKey& key,
                               std::string_view signature) {
  return checkpoint.body() + "\n" + std::string(kSignatureMark) + key.name + " " +
         to_base64(key.id() + std::string(signature)) + "\n";
}

// RFC 8032.
inline bool ed25519_verifies(std::string_view key, std::string_view message,
                             std::string_view signature) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(key.data());
  EVP_PKEY* pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes, key.size());
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const bool good =
      pkey && context && EVP_DigestVerifyInit(context, nullptr, nullptr, nullptr, pkey) == 1 &&
      EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(signature.data()),
                       signature.size(), reinterpret_cast<const unsigned char*>(message.data()),
                       message.size()) == 1;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(pkey);
  return good;
}

// What the note says, if the key signed it and it is written as signed_note writes it (lines of
// other signers may follow). Nothing otherwise.
inline std::optional<Checkpoint> open_checkpoint(std::string_view note, const VerifierKey& key) {
  if (note.size() > kNoteSizeMax) return std::nullopt;
  const std::size_t end = note.find("\n\n");
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view body = note.substr(0, end + 1);
  bool signed_by_key = false;
  for (std::string_view rest = note.substr(end + 2); !rest.empty();) {
    const std::size_t line_end = rest.find('\n');
    if (line_end == std::string_view::npos) return std::nullopt;
    std::string_view line = rest.substr(0, line_end);
    rest.remove_prefix(line_end + 1);
    if (!line.starts_with(kSignatureMark)) return std::nullopt;
    line.remove_prefix(kSignatureMark.size());
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    const auto bytes = from_base64(line.substr(space + 1));
    if (!bytes || to_base64(*bytes) != line.substr(space + 1)) return std::nullopt;
    if (line.substr(0, space) != key.name || bytes->substr(0, 4) != key.id()) continue;
    if (!ed25519_verifies(key.key, body, bytes->substr(4))) return std::nullopt;
    signed_by_key = true;
  }
  if (!signed_by_key) return std::nullopt;

  Checkpoint out;
  const std::size_t first = body.find('\n');
  const std::size_t second = body.find('\n', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  out.origin = body.substr(0, first);
  const std::string_view size = body.substr(first + 1, second - first - 1);
  const auto [at, fault] = std::from_chars(size.data(), size.data() + size.size(), out.size);
  const std::string_view root = body.substr(second + 1, body.find('\n', second + 1) - second - 1);
  auto hash = from_base64(root);
  if (fault != std::errc() || at != size.data() + size.size() || !hash ||
      hash->size() != kHashSize)
    return std::nullopt;
  out.root = std::move(*hash);
  if (!body.starts_with(out.body())) return std::nullopt;  // as one would write it
  return out;
}

}  // namespace cinnabar::log
