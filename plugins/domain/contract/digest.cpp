// OpenSSL's EVP contexts cannot be stored; the plain block function, kept for compatibility, can.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "digest.hpp"

#include <cinnabar/bytes.hpp>
#include <cinnabar/error.hpp>

#include <openssl/sha.h>

#include <cstdlib>
#include <cstring>

namespace cinnabar::contract {
namespace {

constexpr std::size_t kBlock = 64;
constexpr std::size_t kWords = 8;

SHA256_CTX context_of(const std::uint32_t (&words)[kWords], std::uint64_t length,
                      const std::string& rest) {
  SHA256_CTX context;
  SHA256_Init(&context);
  for (std::size_t i = 0; i < kWords; ++i) context.h[i] = words[i];
  const std::uint64_t bits = (length - rest.size()) * 8;
  context.Nl = static_cast<SHA_LONG>(bits & 0xffffffff);
  context.Nh = static_cast<SHA_LONG>(bits >> 32);
  SHA256_Update(&context, rest.data(), rest.size());
  return context;
}

}  // namespace

RunningDigest::RunningDigest() {
  SHA256_CTX context;
  SHA256_Init(&context);
  for (std::size_t i = 0; i < kWords; ++i) words_[i] = context.h[i];
}

RunningDigest::RunningDigest(std::string_view state) {
  const std::size_t first = state.find(':'), second = state.find(':', first + 1),
                    third = state.find(':', second + 1);
  const bool whole = third != std::string_view::npos && state.substr(0, first) == "1";
  const auto words = whole ? from_hex(state.substr(first + 1, second - first - 1)) : std::nullopt;
  const auto rest = whole ? from_hex(state.substr(third + 1)) : std::nullopt;
  if (!words || !rest || words->size() != kWords * 4 || rest->size() >= kBlock)
    throw failure("a stored digest state is unreadable");
  for (std::size_t i = 0; i < kWords; ++i) {
    words_[i] = 0;
    for (std::size_t k = 0; k < 4; ++k)
      words_[i] = words_[i] << 8 | static_cast<unsigned char>((*words)[i * 4 + k]);
  }
  length_ = std::strtoull(std::string(state.substr(second + 1, third - second - 1)).c_str(),
                          nullptr, 10);
  rest_ = *rest;
}

void RunningDigest::add(std::string_view bytes) {
  SHA256_CTX context = context_of(words_, length_, rest_);
  SHA256_Update(&context, bytes.data(), bytes.size());
  for (std::size_t i = 0; i < kWords; ++i) words_[i] = context.h[i];
  length_ += bytes.size();
  rest_.assign(reinterpret_cast<const char*>(context.data), context.num);
}

std::string RunningDigest::hex() const {
  SHA256_CTX context = context_of(words_, length_, rest_);
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256_Final(digest, &context);
  return to_hex({reinterpret_cast<const char*>(digest), sizeof digest});
}

std::string RunningDigest::state() const {
  std::string words;
  for (const std::uint32_t word : words_)
    for (int shift = 24; shift >= 0; shift -= 8) words += static_cast<char>(word >> shift & 255);
  return "1:" + to_hex(words) + ":" + std::to_string(length_) + ":" + to_hex(rest_);
}

std::string sha256_hex(std::string_view bytes) {
  RunningDigest digest;
  digest.add(bytes);
  return digest.hex();
}

std::string commitment(std::string_view salt, std::string_view value) {
  return sha256_hex(std::string(salt) + ":" + std::string(value));
}

}  // namespace cinnabar::contract
