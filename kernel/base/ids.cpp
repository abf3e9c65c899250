#include "kernel/base/ids.hpp"

#include <cinnabar/host.hpp>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <memory>

namespace cinnabar::kernel {

std::string sha256_hex(std::initializer_list<std::string_view> parts) {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                   &EVP_MD_CTX_free);
  std::string digest(32, '\0');
  unsigned size = 0;
  bool good = context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
  for (const std::string_view part : parts)
    good = good && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  good = good && EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(digest.data()),
                                    &size) == 1;
  if (!good || size != digest.size()) throw failure("SHA-256 is not available");
  return to_hex(digest);
}

std::string random_bytes(std::size_t size) {
  std::string out(size, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(size)) != 1)
    throw failure("the system gives no random bytes");
  return out;
}

std::string new_id(std::string_view prefix, std::int64_t real_ms) {
  return std::string(prefix) + "_" + make_ulid(real_ms, random_bytes(10));
}

}  // namespace cinnabar::kernel
