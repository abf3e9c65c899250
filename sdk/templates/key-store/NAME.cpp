#include "@ident@.hpp"

#include <openssl/x509.h>

namespace @ident@_plugin {

using namespace cinnabar;

namespace {

constexpr std::size_t kIdSize = 30;  // "key_" and a ULID

void require(bool good, const char* what) {
  if (!good) throw failure(std::string("libcrypto could not ") + what);
}

std::shared_ptr<EVP_PKEY> owned(EVP_PKEY* key, const char* what) {
  require(key != nullptr, what);
  return {key, EVP_PKEY_free};
}

std::shared_ptr<EVP_PKEY> generate(std::string_view algorithm) {
  if (algorithm == "ec-p256") return owned(EVP_EC_gen("P-256"), "make a key");
  if (algorithm == "ec-p384") return owned(EVP_EC_gen("P-384"), "make a key");
  for (const unsigned bits : {2048u, 3072u, 4096u})
    if (algorithm == "rsa-" + std::to_string(bits)) return owned(EVP_RSA_gen(bits), "make a key");
  throw Error("key.algorithm_unknown", {{"algorithm", std::string(algorithm)}});
}

// What an i2d function of libcrypto gives.
template <class Encode>
std::string encoded(Encode encode) {
  const int size = encode(nullptr);
  require(size > 0, "encode a key");
  std::string out(static_cast<std::size_t>(size), '\0');
  auto* at = reinterpret_cast<unsigned char*>(out.data());
  encode(&at);
  return out;
}

}  // namespace

std::string @Class@::create(std::string_view algorithm) {
  const Key key = generate(algorithm);
  const std::unique_ptr<PKCS8_PRIV_KEY_INFO, decltype(&PKCS8_PRIV_KEY_INFO_free)> info(
      EVP_PKEY2PKCS8(key.get()), PKCS8_PRIV_KEY_INFO_free);
  require(info != nullptr, "take a key out");
  const std::string id = host_.new_id("key");
  write_durable(file_of(id), encoded([&](unsigned char** at) {
                  return i2d_PKCS8_PRIV_KEY_INFO(info.get(), at);
                }));
  const std::lock_guard lock(mutex_);
  ready_[id] = key;
  return id;
}

std::string @Class@::public_key(std::string_view id) {
  const Key found = key(id);
  return encoded([&](unsigned char** at) { return i2d_PUBKEY(found.get(), at); });
}

// ECDSA-Sig-Value in DER, or the RSA PKCS #1 v1.5 block, over a finished digest.
std::string @Class@::sign(std::string_view id, std::string_view digest_algorithm,
                          std::string_view digest) {
  const Key found = key(id);
  const bool is_sha256 = digest_algorithm == "sha256";
  if ((!is_sha256 && digest_algorithm != "sha384") || digest.size() != (is_sha256 ? 32u : 48u))
    throw Error("key.digest_unfit", {{"algorithm", std::string(digest_algorithm)},
                                     {"size", std::to_string(digest.size())}});
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
      EVP_PKEY_CTX_new(found.get(), nullptr), EVP_PKEY_CTX_free);
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(found.get())), '\0');
  std::size_t size = signature.size();
  require(context && EVP_PKEY_sign_init(context.get()) == 1 &&
              EVP_PKEY_CTX_set_signature_md(context.get(),
                                            is_sha256 ? EVP_sha256() : EVP_sha384()) == 1 &&
              EVP_PKEY_sign(context.get(), reinterpret_cast<unsigned char*>(signature.data()),
                            &size, reinterpret_cast<const unsigned char*>(digest.data()),
                            digest.size()) == 1,
          "sign");
  signature.resize(size);
  return signature;
}

void @Class@::destroy(std::string_view id) {
  if (!std::filesystem::remove(file_of(id)))
    throw Error("key.not_found", {{"key", std::string(id)}});
  sync_folder(folder_);
  const std::lock_guard lock(mutex_);
  ready_.erase(std::string(id));
}

// Only an id that this store may have given is a name: nothing leads out of the folder.
std::filesystem::path @Class@::file_of(std::string_view id) const {
  const bool fits = id.size() == kIdSize && id.starts_with("key_") &&
                    id.substr(4).find_first_not_of("0123456789ABCDEFGHJKMNPQRSTVWXYZ") == id.npos;
  if (!fits) throw Error("key.not_found", {{"key", std::string(id.substr(0, 64))}});
  return folder_ / std::string(id);
}

@Class@::Key @Class@::key(std::string_view id) {
  const std::filesystem::path file = file_of(id);
  const std::lock_guard lock(mutex_);
  if (const auto found = ready_.find(id); found != ready_.end()) return found->second;
  const auto content = read_small_file(file);
  if (!content) throw Error("key.not_found", {{"key", std::string(id)}});
  const auto* at = reinterpret_cast<const unsigned char*>(content->data());
  const std::unique_ptr<PKCS8_PRIV_KEY_INFO, decltype(&PKCS8_PRIV_KEY_INFO_free)> info(
      d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(content->size())),
      PKCS8_PRIV_KEY_INFO_free);
  Key loaded = owned(info ? EVP_PKCS82PKEY(info.get()) : nullptr, "read a key");
  ready_[std::string(id)] = loaded;
  return loaded;
}

}  // namespace @ident@_plugin
