#include "digest.hpp"

#include <cinnabar/bytes.hpp>
#include <cinnabar/error.hpp>

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace cinnabar::s3 {

namespace {

std::string finished(EVP_MD_CTX* context, std::size_t size) {
  std::string digest(size, '\0');
  if (EVP_DigestFinal_ex(context, reinterpret_cast<unsigned char*>(digest.data()), nullptr) != 1)
    throw failure("a digest could not be ended");
  return digest;
}

}  // namespace

std::string sha256_hex(std::string_view text) {
  std::string digest(32, '\0');
  if (EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr,
                 EVP_sha256(), nullptr) != 1)
    throw failure("SHA-256 is not available");
  return to_hex(digest);
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
  std::string code(32, '\0');
  if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
            reinterpret_cast<const unsigned char*>(text.data()), text.size(),
            reinterpret_cast<unsigned char*>(code.data()), nullptr))
    throw failure("HMAC-SHA-256 is not available");
  return code;
}

Digests::Digests()
    : sha256_(EVP_MD_CTX_new(), &EVP_MD_CTX_free), md5_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
  if (!sha256_ || !md5_ || EVP_DigestInit_ex(sha256_.get(), EVP_sha256(), nullptr) != 1)
    throw failure("SHA-256 is not available");
  if (EVP_DigestInit_ex(md5_.get(), EVP_md5(), nullptr) != 1) md5_.reset();
}

void Digests::add(std::string_view piece) {
  if (EVP_DigestUpdate(sha256_.get(), piece.data(), piece.size()) != 1 ||
      (md5_ && EVP_DigestUpdate(md5_.get(), piece.data(), piece.size()) != 1))
    throw failure("a digest failed");
}

Digests::Result Digests::finish() {
  Result result{to_hex(finished(sha256_.get(), 32)), {}};
  if (md5_) result.md5 = finished(md5_.get(), 16);
  return result;
}

}  // namespace cinnabar::s3
