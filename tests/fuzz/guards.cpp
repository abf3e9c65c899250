// Stands before the functions of libcrypto that are handed memory: the library has no sanitizer of
// its own, and would read past the end of a short key without anybody noticing. Linked into the
// fuzz targets by --wrap.
#include <openssl/evp.h>
#include <sanitizer/asan_interface.h>

#include <cstdio>
#include <cstdlib>

namespace {

void expect_memory(const void* begin, std::size_t size, const char* what) {
  if (begin == nullptr || size == 0) return;
  if (__asan_region_is_poisoned(const_cast<void*>(begin), size) == nullptr) return;
  std::fprintf(stderr, "Does not hold: %s is as long as libcrypto reads or writes.\n", what);
  std::abort();
}

}  // namespace

extern "C" {

int __real_EVP_CipherInit_ex(EVP_CIPHER_CTX*, const EVP_CIPHER*, ENGINE*, const unsigned char*,
                             const unsigned char*, int);
int __real_EVP_CipherUpdate(EVP_CIPHER_CTX*, unsigned char*, int*, const unsigned char*, int);
int __real_EVP_Digest(const void*, std::size_t, unsigned char*, unsigned*, const EVP_MD*, ENGINE*);
int __real_EVP_DigestUpdate(EVP_MD_CTX*, const void*, std::size_t);

int __wrap_EVP_CipherInit_ex(EVP_CIPHER_CTX* context, const EVP_CIPHER* cipher, ENGINE* engine,
                             const unsigned char* key, const unsigned char* iv, int encrypt) {
  expect_memory(key, static_cast<std::size_t>(EVP_CIPHER_get_key_length(cipher)), "a key");
  expect_memory(iv, static_cast<std::size_t>(EVP_CIPHER_get_iv_length(cipher)), "a nonce");
  return __real_EVP_CipherInit_ex(context, cipher, engine, key, iv, encrypt);
}

int __wrap_EVP_CipherUpdate(EVP_CIPHER_CTX* context, unsigned char* out, int* written,
                            const unsigned char* in, int size) {
  expect_memory(in, static_cast<std::size_t>(size), "the input of a cipher");
  expect_memory(out, static_cast<std::size_t>(size), "the output of a cipher");
  return __real_EVP_CipherUpdate(context, out, written, in, size);
}

int __wrap_EVP_Digest(const void* data, std::size_t size, unsigned char* out, unsigned* out_size,
                      const EVP_MD* algorithm, ENGINE* engine) {
  expect_memory(data, size, "the input of a digest");
  return __real_EVP_Digest(data, size, out, out_size, algorithm, engine);
}

int __wrap_EVP_DigestUpdate(EVP_MD_CTX* context, const void* data, std::size_t size) {
  expect_memory(data, size, "the input of a digest");
  return __real_EVP_DigestUpdate(context, data, size);
}

}  // extern "C"
