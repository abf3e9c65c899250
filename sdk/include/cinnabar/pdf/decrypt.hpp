// The standard security handler: what strings and streams of an encrypted PDF say, given the user
// password, which is mostly empty.
//
// RC4 with 40 to 128 bits, AES-128, AES-256 (revisions 5 and 6) and AES-256-GCM. RC4 is our own,
// since OpenSSL keeps it in a module that a sandboxed worker cannot open. Needs libcrypto. A
// Decryptor is immutable: any thread. Sources: ISO 32000-2, 7.6; ISO/TS 32003.
#pragma once

#include <cinnabar/pdf/object.hpp>
#include <openssl/evp.h>

#include <array>
#include <memory>
#include <optional>

namespace cinnabar::pdf {

namespace detail {

inline const unsigned char* octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

inline std::string hash(const EVP_MD* algorithm, std::string_view bytes) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), out, &size, algorithm, nullptr) != 1) return {};
  return {reinterpret_cast<char*>(out), size};
}

inline std::string rc4(std::string_view key, std::string_view data) {
  std::array<unsigned char, 256> state{};
  for (std::size_t i = 0; i < 256; ++i) state[i] = static_cast<unsigned char>(i);
  for (std::size_t i = 0, j = 0; i < 256; ++i) {
    j = (j + state[i] + static_cast<unsigned char>(key[i % key.size()])) & 255;
    std::swap(state[i], state[j]);
  }
  std::string out(data);
  std::size_t i = 0, j = 0;
  for (char& c : out) {
    i = (i + 1) & 255;
    j = (j + state[i]) & 255;
    std::swap(state[i], state[j]);
    c = static_cast<char>(static_cast<unsigned char>(c) ^ state[(state[i] + state[j]) & 255]);
  }
  return out;
}

// One run of a block cipher in CBC mode, without taking padding off.
inline std::string cbc(const EVP_CIPHER* cipher, bool encrypt, std::string_view key,
                       std::string_view iv, std::string_view data) {
  const std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)> context(EVP_CIPHER_CTX_new(),
                                                                           EVP_CIPHER_CTX_free);
  std::string out(data.size() + 16, '\0');
  int written = 0;
  if (EVP_CipherInit_ex(context.get(), cipher, nullptr, octets(key), octets(iv), encrypt) != 1 ||
      EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1 ||
      EVP_CipherUpdate(context.get(), reinterpret_cast<unsigned char*>(out.data()), &written,
                       octets(data), static_cast<int>(data.size())) != 1)
    return {};
  out.resize(static_cast<std::size_t>(written));
  return out;
}

inline std::string gcm(std::string_view key, std::string_view data) {
  if (data.size() < 28 || key.size() != 32) return std::string(data);
  const std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)> context(EVP_CIPHER_CTX_new(),
                                                                           EVP_CIPHER_CTX_free);
  const std::string_view sealed = data.substr(12, data.size() - 28);
  std::string out(sealed.size(), '\0');
  int written = 0;
  if (EVP_CipherInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, octets(key), octets(data), 0) !=
          1 ||
      EVP_CipherUpdate(context.get(), reinterpret_cast<unsigned char*>(out.data()), &written,
                       octets(sealed), static_cast<int>(sealed.size())) != 1)
    return std::string(data);
  return out;
}

// ISO 32000-2 algorithm 2.B, which revision 5 did not have yet.
inline std::string password_hash(std::string_view password, std::string_view salt,
                                 std::int64_t revision) {
  std::string key = hash(EVP_sha256(), std::string(password) + std::string(salt));
  if (revision < 6) return key;
  for (int round = 0;; ++round) {
    std::string repeated;
    for (int i = 0; i < 64; ++i) repeated.append(password).append(key);
    const std::string_view view = key;
    const std::string mixed =
        cbc(EVP_aes_128_cbc(), true, view.substr(0, 16), view.substr(16, 16), repeated);
    if (mixed.empty()) return {};
    int remainder = 0;
    for (std::size_t i = 0; i < 16; ++i) remainder += static_cast<unsigned char>(mixed[i]);
    const EVP_MD* const algorithms[] = {EVP_sha256(), EVP_sha384(), EVP_sha512()};
    key = hash(algorithms[remainder % 3], mixed);
    if (round >= 63 && static_cast<unsigned char>(mixed.back()) <= round - 31) break;
  }
  return key.substr(0, 32);
}

}  // namespace detail

class Decryptor {
 public:
  // Nothing when the password is wrong or the handler is another.
  static std::optional<Decryptor> open(const Object& encrypt, std::string_view id,
                                       std::string_view password) {
    if (!encrypt.at("Filter").is_name("Standard")) return std::nullopt;
    Decryptor out;
    const std::int64_t version = encrypt.at("V").integer;
    const std::int64_t revision = encrypt.at("R").integer;
    out.metadata_ = encrypt.at("EncryptMetadata").is(Object::Kind::null) ||
                    encrypt.at("EncryptMetadata").integer == 1;
    if (version < 1 || version == 3 || version > 6) return std::nullopt;
    if (version <= 2) {
      out.strings_ = out.streams_ = Cipher::rc4;
    } else {
      out.strings_ = cipher_of(encrypt, "StrF");
      out.streams_ = cipher_of(encrypt, "StmF");
    }
    out.key_ = version >= 5 ? modern_key(encrypt, revision, password)
                            : old_key(encrypt, version, revision, out.metadata_, id, password);
    if (out.key_.empty()) return std::nullopt;
    return out;
  }

  void decrypt_strings(Object& value, std::int64_t number, std::int64_t generation) const {
    if (strings_ != Cipher::none) walk(value, object_key(strings_, number, generation));
  }

  std::string decrypt_stream(const Object& dictionary, std::string_view raw, std::int64_t number,
                             std::int64_t generation) const {
    if (!metadata_ && dictionary.at("Type").is_name("Metadata")) return std::string(raw);
    const Object& filter = dictionary.at("Filter");
    const Object& first = filter.items.empty() ? filter : filter.items[0];
    if (first.is_name("Crypt")) return std::string(raw);  // mostly Identity
    return decrypt(streams_, object_key(streams_, number, generation), raw);
  }

 private:
  enum class Cipher { none, rc4, aes_128, aes_256, aes_256_gcm };

  static Cipher cipher_of(const Object& encrypt, std::string_view which) {
    const Object& name = encrypt.at(which);
    const Object& method = encrypt.at("CF").at(name.text).at("CFM");
    if (method.is_name("V2")) return Cipher::rc4;
    if (method.is_name("AESV2")) return Cipher::aes_128;
    if (method.is_name("AESV3")) return Cipher::aes_256;
    if (method.is_name("AESV4")) return Cipher::aes_256_gcm;
    return Cipher::none;
  }

  // Algorithms 2.A, for revisions 5 to 7.
  static std::string modern_key(const Object& encrypt, std::int64_t revision,
                                std::string_view password) {
    const std::string_view user = encrypt.at("U").text, sealed = encrypt.at("UE").text;
    if (user.size() < 48 || sealed.size() < 32 || revision < 5 || revision > 7) return {};
    password = password.substr(0, 127);
    if (detail::password_hash(password, user.substr(32, 8), revision) != user.substr(0, 32))
      return {};
    const std::string key = detail::password_hash(password, user.substr(40, 8), revision);
    return detail::cbc(EVP_aes_256_cbc(), false, key, std::string(16, '\0'), sealed.substr(0, 32));
  }

  // Algorithm 2, checked by algorithms 4 and 5.
  static std::string old_key(const Object& encrypt, std::int64_t version, std::int64_t revision,
                             bool metadata, std::string_view id, std::string_view password) {
    static constexpr unsigned char kPadding[] = {
        0x28, 0xBF, 0x4E, 0x5E, 0x4E, 0x75, 0x8A, 0x41, 0x64, 0x00, 0x4E, 0x56, 0xFF, 0xFA, 0x01,
        0x08, 0x2E, 0x2E, 0x00, 0xB6, 0xD0, 0x68, 0x3E, 0x80, 0x2F, 0x0C, 0xA9, 0xFE, 0x64, 0x53,
        0x69, 0x7A};
    const std::string padding(reinterpret_cast<const char*>(kPadding), 32);
    const std::string_view owner = encrypt.at("O").text, user = encrypt.at("U").text;
    if (owner.size() < 32 || user.size() < 16 || revision < 2 || revision > 4) return {};
    std::int64_t bits = encrypt.at("Length").integer;
    if (version == 1 || bits == 0) bits = version == 4 ? 128 : 40;
    if (version == 4 || bits > 128) bits = 128;
    const auto size = static_cast<std::size_t>(revision == 2 ? 5 : bits < 40 ? 5 : bits / 8);
    std::string seed = (std::string(password) + padding).substr(0, 32);
    seed += owner.substr(0, 32);
    const auto permissions = static_cast<std::uint32_t>(encrypt.at("P").integer);
    for (int shift = 0; shift < 32; shift += 8)
      seed += static_cast<char>(permissions >> shift & 255);
    seed += id;
    if (revision >= 4 && !metadata) seed += "\xFF\xFF\xFF\xFF";
    std::string key = detail::hash(EVP_md5(), seed);
    for (int i = 0; revision >= 3 && i < 50; ++i)
      key = detail::hash(EVP_md5(), std::string_view(key).substr(0, size));
    key.resize(size);
    std::string expected;
    if (revision == 2) {
      expected = detail::rc4(key, padding);
    } else {
      expected = detail::rc4(key, detail::hash(EVP_md5(), padding + std::string(id)));
      for (int round = 1; round < 20; ++round) {
        std::string turned = key;
        for (char& c : turned) c = static_cast<char>(c ^ round);
        expected = detail::rc4(turned, expected);
      }
    }
    return user.substr(0, 16) == std::string_view(expected).substr(0, 16) ? key : std::string();
  }

  // Algorithm 1.
  std::string object_key(Cipher cipher, std::int64_t number, std::int64_t generation) const {
    if (cipher != Cipher::rc4 && cipher != Cipher::aes_128) return key_;
    std::string seed = key_;
    for (int shift = 0; shift < 24; shift += 8) seed += static_cast<char>(number >> shift & 255);
    for (int shift = 0; shift < 16; shift += 8)
      seed += static_cast<char>(generation >> shift & 255);
    if (cipher == Cipher::aes_128) seed += "sAlT";
    return detail::hash(EVP_md5(), seed).substr(0, std::min<std::size_t>(key_.size() + 5, 16));
  }

  std::string decrypt(Cipher cipher, const std::string& key, std::string_view data) const {
    if (cipher == Cipher::none) return std::string(data);
    if (cipher == Cipher::rc4) return detail::rc4(key, data);
    if (cipher == Cipher::aes_256_gcm) return detail::gcm(key, data);
    if (data.size() < 32 || data.size() % 16 != 0 || data.size() > (1u << 30)) return {};
    const bool small = cipher == Cipher::aes_128;
    if (key.size() != (small ? 16u : 32u)) return {};
    std::string out = detail::cbc(small ? EVP_aes_128_cbc() : EVP_aes_256_cbc(), false, key,
                                  data.substr(0, 16), data.substr(16));
    const std::size_t padding = out.empty() ? 0 : static_cast<unsigned char>(out.back());
    if (padding >= 1 && padding <= 16 && padding <= out.size()) out.resize(out.size() - padding);
    return out;
  }

  void walk(Object& value, const std::string& key) const {
    if (value.is(Object::Kind::string)) value.text = decrypt(strings_, key, value.text);
    // The Contents of a signature are what the ByteRange leaves out, and not encrypted.
    const bool signature = value.is(Object::Kind::dictionary) && value.has("ByteRange");
    for (std::size_t i = 0; i < value.items.size(); ++i)
      if (!signature || value.keys[i] != "Contents") walk(value.items[i], key);
  }

  std::string key_;
  Cipher strings_ = Cipher::none;
  Cipher streams_ = Cipher::none;
  bool metadata_ = true;
};

}  // namespace cinnabar::pdf
