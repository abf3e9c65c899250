// DigestState: SHA-256 (FIPS 180-4) that can be put down after any byte and taken up again later,
// by another process or another build. So a document that only grows is hashed only once.
//
// The kept encoding is a text of our own, version 1:
//   "1:sha256:<the eight words, hex>:<bytes so far, decimal>:<bytes of the unfinished block, hex>"
// Needs libcrypto. A value; one thread at a time.
#pragma once

#include <cinnabar/bytes.hpp>
#include <cinnabar/error.hpp>

#include <openssl/sha.h>

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

// The current interfaces of OpenSSL 3 hide their state; the older ones, which it keeps and still
// accelerates, do not, but are marked as deprecated.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace cinnabar {

class DigestState {
 public:
  DigestState() { SHA256_Init(&context_); }

  void update(std::string_view bytes) {
    SHA256_Update(&context_, bytes.data(), bytes.size());
    size_ += static_cast<std::int64_t>(bytes.size());
  }
  std::int64_t size() const { return size_; }  // bytes so far

  // The digest of all bytes so far, 32 raw bytes; the state can go on.
  std::string digest() const {
    SHA256_CTX copy = context_;
    std::string out(SHA256_DIGEST_LENGTH, '\0');
    SHA256_Final(reinterpret_cast<unsigned char*>(out.data()), &copy);
    return out;
  }

  std::string encode() const {
    std::string words;
    for (const SHA_LONG word : context_.h)
      for (int shift = 24; shift >= 0; shift -= 8) words += static_cast<char>(word >> shift & 0xFF);
    const std::string_view block(reinterpret_cast<const char*>(context_.data), context_.num);
    return "1:sha256:" + to_hex(words) + ":" + std::to_string(size_) + ":" + to_hex(block);
  }

  // Throws Error "signature.state_unreadable".
  static DigestState decode(std::string_view text) {
    constexpr std::string_view kPrefix = "1:sha256:";
    constexpr std::size_t kWordsSize = 64;
    const auto unreadable = [](const char* reason) {
      return Error("signature.state_unreadable", {{"reason", reason}});
    };
    if (!text.starts_with(kPrefix)) throw unreadable("not a SHA-256 state of version 1");
    text.remove_prefix(kPrefix.size());
    const auto words = from_hex(text.substr(0, kWordsSize));
    if (!words || text.size() <= kWordsSize || text[kWordsSize] != ':')
      throw unreadable("the words are damaged");
    text.remove_prefix(kWordsSize + 1);

    DigestState state;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), state.size_);
    const auto digits = static_cast<std::size_t>(end - text.data());
    if (fault != std::errc() || state.size_ < 0 || digits >= text.size() || text[digits] != ':')
      throw unreadable("the size is damaged");
    const auto block = from_hex(text.substr(digits + 1));
    if (!block || block->size() != static_cast<std::size_t>(state.size_ % SHA256_CBLOCK))
      throw unreadable("the unfinished block is damaged");

    for (int i = 0; i < 8; ++i) {
      SHA_LONG word = 0;
      for (int k = 0; k < 4; ++k)
        word =
            word << 8 | static_cast<unsigned char>((*words)[static_cast<std::size_t>(4 * i + k)]);
      state.context_.h[i] = word;
    }
    // The rest is fed as input: the library itself places it in its block and counts it.
    const auto whole = static_cast<std::uint64_t>(state.size_) - block->size();
    state.context_.Nl = static_cast<SHA_LONG>(whole << 3);
    state.context_.Nh = static_cast<SHA_LONG>(whole >> 29);
    SHA256_Update(&state.context_, block->data(), block->size());
    return state;
  }

 private:
  SHA256_CTX context_;
  std::int64_t size_ = 0;
};

// SHA-256 of one piece, 32 raw bytes.
inline std::string sha256(std::string_view bytes) {
  DigestState state;
  state.update(bytes);
  return state.digest();
}

}  // namespace cinnabar

#pragma GCC diagnostic pop
