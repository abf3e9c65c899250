// What makes a plugin's folder a signed package: SIGNATURE.json, which lists every file with its
// size and SHA-256, and an Ed25519 signature (RFC 8032) over that list.
//
//   {"package":{"format":1,"plugin":"com.example.pin","version":"1.0.0","key":"<64 hex digits>",
//               "files":[{"path":"plugin.json","size":612,"sha256":"<64>","executable":false},…]},
//    "ed25519":"<128 hex digits>"}
//
// Every byte of the file is settled by what it says: a reader writes anew what it read and
// compares, so that there is one spelling of each list. Files are in the order of their paths.
// Signed is the line "cinnabar-package/1", then the list as it stands in the file. Faults are
// Error "package.refused" with file and reason. Needs libcrypto. Pure; any thread.
#pragma once

#include <cinnabar/digest_state.hpp>
#include <cinnabar/json.hpp>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <memory>
#include <set>

namespace cinnabar::package {

inline constexpr int kFormat = 1;
inline constexpr std::string_view kSignatureFile = "SIGNATURE.json";
inline constexpr std::string_view kSignedContext = "cinnabar-package/1\n";
// A plugin has some dozen files; a thousand take 200 KB of list.
inline constexpr std::size_t kFilesMax = 1'000;
inline constexpr std::size_t kSignatureFileSizeMax = 1 << 20;
inline constexpr std::size_t kPathSizeMax = 200;
// All files together: as much as the largest library that the server loads.
inline constexpr std::int64_t kSizeMax = 512LL << 20;

struct ListedFile {
  std::string path;  // "migrations/001_pin.sql"
  std::int64_t size = 0;
  std::string sha256;  // hex
  bool executable = false;
};
CINNABAR_DESCRIBE(ListedFile, (path, required), (size, required), (sha256, required),
                  (executable, required))

struct FileList {
  int format = kFormat;
  std::string plugin;
  std::string version;
  std::string key;  // the publisher's public key, hex
  std::vector<ListedFile> files;

  const ListedFile* find(std::string_view path) const {
    for (const ListedFile& file : files)
      if (file.path == path) return &file;
    return nullptr;
  }
};
CINNABAR_DESCRIBE(FileList, (format, required), (plugin, required), (version, required),
                  (key, required), (files, required, items(1, kFilesMax)))

struct Signature {
  FileList package;
  std::string ed25519;  // hex
};
CINNABAR_DESCRIBE(Signature, (package, required), (ed25519, required))

inline Error refused(std::string file, std::string reason) {
  return Error("package.refused", {{"file", std::move(file)}, {"reason", std::move(reason)}});
}

inline std::string signed_bytes(const FileList& list) {
  return std::string(kSignedContext) + to_json(list);
}
inline std::string signature_text(const Signature& signature) { return to_json(signature) + "\n"; }

// A private key of a publisher. Move-only; the key's memory is libcrypto's.
class SigningKey {
 public:
  static SigningKey make() { return SigningKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")); }

  // PKCS #8 in PEM. Nothing for a text that is no Ed25519 key.
  static std::optional<SigningKey> parse(std::string_view pem) {
    const std::unique_ptr<BIO, int (*)(BIO*)> in(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    // Never asks at a terminal for the password of an encrypted key.
    const auto no_password = [](char*, int, int, void*) { return -1; };
    SigningKey key(PEM_read_bio_PrivateKey(in.get(), nullptr, no_password, nullptr));
    if (!key.key_ || EVP_PKEY_get_base_id(key.key_.get()) != EVP_PKEY_ED25519) return std::nullopt;
    return key;
  }

  std::string pem() const {
    const std::unique_ptr<BIO, int (*)(BIO*)> out(BIO_new(BIO_s_secmem()), BIO_free);
    char* text = nullptr;
    long size = 0;
    if (PEM_write_bio_PKCS8PrivateKey(out.get(), key_.get(), nullptr, nullptr, 0, nullptr,
                                      nullptr) == 1)
      size = BIO_get_mem_data(out.get(), &text);
    if (size <= 0) throw failure("a key could not be written");
    return {text, static_cast<std::size_t>(size)};
  }

  std::string public_key() const {  // hex
    unsigned char bytes[32];
    std::size_t size = sizeof bytes;
    if (EVP_PKEY_get_raw_public_key(key_.get(), bytes, &size) != 1 || size != sizeof bytes)
      throw failure("a public key could not be read");
    return to_hex({reinterpret_cast<const char*>(bytes), size});
  }

  // The whole file for the list, whose key becomes this one.
  Signature sign(FileList list) const {
    list.key = public_key();
    const std::string bytes = signed_bytes(list);
    unsigned char out[64];
    std::size_t size = sizeof out;
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                     EVP_MD_CTX_free);
    if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.get(), out, &size,
                       reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()) != 1)
      throw failure("a package could not be signed");
    return {std::move(list), to_hex({reinterpret_cast<const char*>(out), size})};
  }

 private:
  explicit SigningKey(EVP_PKEY* key) : key_(key, EVP_PKEY_free) {}
  std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_;
};

// As many lower-case hex digits: 64 of a SHA-256 or a public key, 128 of a signature.
inline bool is_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == text.npos;
}

// Why a path may not stand in a package; empty: it may. Plain letters only, which every file
// system and archive keeps as they are.
inline std::string path_problem(std::string_view path) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-+/";
  if (path.empty() || path.size() > kPathSizeMax) return "its path must have 1 to 200 characters";
  if (path.find_first_not_of(kPlain) != path.npos)
    return "its path may have letters, digits and . _ - + / only";
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, end - at);
    if (part.empty()) return "its path must be relative, without empty parts";
    if (part[0] == '.') return "a part of its path begins with a dot";
    at = end + 1;
  }
  if (path == kSignatureFile) return "the list does not list itself";
  return {};
}

namespace detail {

inline std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

}  // namespace detail

// Throws where a list could not be that of a package, whoever signed it.
inline void check_list(const FileList& list) {
  const std::string in(kSignatureFile);
  if (list.format != kFormat)
    throw refused(in, "format " + std::to_string(list.format) + " is not known here, only 1");
  if (!is_hex(list.key, 64)) throw refused(in, "its key is not 64 lower-case hex digits");
  std::int64_t total = 0;
  std::set<std::string> files, folders;  // in lower case: names that differ by case only are one
  const std::string* before = nullptr;
  for (const ListedFile& file : list.files) {
    if (const std::string problem = path_problem(file.path); !problem.empty())
      throw refused(file.path, problem);
    if (before && *before >= file.path)
      throw refused(file.path, "is listed twice, or not in order");
    before = &file.path;
    const std::string name = detail::lower(file.path);
    if (!files.insert(name).second)
      throw refused(file.path, "differs from another path by its case only");
    for (std::size_t at = name.find('/'); at != name.npos; at = name.find('/', at + 1))
      folders.insert(name.substr(0, at));
    if (file.size < 0 || file.size > kSizeMax - total)
      throw refused(file.path, "a package holds at most 512 MiB");
    total += file.size;
    if (!is_hex(file.sha256, 64)) throw refused(file.path, "its SHA-256 is not 64 hex digits");
  }
  for (const std::string& folder : folders)
    if (files.contains(folder)) throw refused(folder, "is listed as a file and as a folder");
  if (!list.find("plugin.json")) throw refused("plugin.json", "is not listed");
}

// What SIGNATURE.json says, if it is written as signature_text writes it and its list could be
// that of a package. Whether its signature holds, and whose key it is, is not asked here.
inline Signature read_signature(std::string_view text) {
  const std::string in(kSignatureFile);
  if (text.size() > kSignatureFileSizeMax) throw refused(in, "is larger than 1 MiB");
  Signature signature;
  try {
    signature = from_json<Signature>(text, Reading::strict);
  } catch (const Error& error) {
    throw refused(in, "is damaged" + (error.pointer().empty() ? "" : " at " + error.pointer()));
  }
  check_list(signature.package);
  if (!is_hex(signature.ed25519, 128))
    throw refused(in, "its signature is not 128 lower-case hex digits");
  if (signature_text(signature) != text) throw refused(in, "is not spelt as it was signed");
  return signature;
}

// Whether the key that the list names signed it.
inline bool holds(const Signature& signature) {
  if (!is_hex(signature.package.key, 64) || !is_hex(signature.ed25519, 128)) return false;
  const auto key = from_hex(signature.package.key), value = from_hex(signature.ed25519);
  const std::string bytes = signed_bytes(signature.package);
  const auto raw = [](const std::string& text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  };
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> pkey(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw(*key), key->size()),
      EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                   EVP_MD_CTX_free);
  return pkey && context &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, pkey.get()) == 1 &&
         EVP_DigestVerify(context.get(), raw(*value), value->size(), raw(bytes), bytes.size()) == 1;
}

inline void check_holds(const Signature& signature) {
  if (!holds(signature))
    throw refused(std::string(kSignatureFile),
                  "its signature does not hold: the list was changed after it was signed");
}

// Throws unless these are the bytes that were signed.
inline void check_content(const ListedFile& file, std::string_view content) {
  if (static_cast<std::int64_t>(content.size()) != file.size)
    throw refused(file.path, "has " + std::to_string(content.size()) + " bytes, " +
                                 std::to_string(file.size) + " were signed");
  if (to_hex(sha256(content)) != file.sha256)
    throw refused(file.path, "is not the file that was signed: its SHA-256 differs");
}

}  // namespace cinnabar::package
