// Digest states: SHA-256 and SHA-384 (FIPS 180-4) that can be put down after any byte and taken up
// again later, by another process or another build. So a document that only grows is hashed once.
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

namespace detail {

struct Sha256 {
  using Context = SHA256_CTX;
  using Word = SHA_LONG;
  static constexpr std::string_view kName = "sha256";
  static constexpr std::size_t kSize = SHA256_DIGEST_LENGTH, kBlock = SHA256_CBLOCK;
  static void init(Context& c) { SHA256_Init(&c); }
  static void update(Context& c, std::string_view b) { SHA256_Update(&c, b.data(), b.size()); }
  static void finish(unsigned char* out, Context& c) { SHA256_Final(out, &c); }
  static const unsigned char* block(const Context& c) {
    return reinterpret_cast<const unsigned char*>(c.data);
  }
};

struct Sha384 {
  using Context = SHA512_CTX;
  using Word = SHA_LONG64;
  static constexpr std::string_view kName = "sha384";
  static constexpr std::size_t kSize = SHA384_DIGEST_LENGTH, kBlock = SHA512_CBLOCK;
  static void init(Context& c) { SHA384_Init(&c); }
  static void update(Context& c, std::string_view b) { SHA384_Update(&c, b.data(), b.size()); }
  static void finish(unsigned char* out, Context& c) { SHA384_Final(out, &c); }
  static const unsigned char* block(const Context& c) { return c.u.p; }
};

}  // namespace detail

template <class Algorithm>
class BasicDigestState {
 public:
  BasicDigestState() { Algorithm::init(context_); }

  void update(std::string_view bytes) {
    Algorithm::update(context_, bytes);
    size_ += static_cast<std::int64_t>(bytes.size());
  }
  std::int64_t size() const { return size_; }  // bytes so far

  // The raw digest of all bytes so far; the state can go on.
  std::string digest() const {
    typename Algorithm::Context copy = context_;
    std::string out(Algorithm::kSize, '\0');
    Algorithm::finish(reinterpret_cast<unsigned char*>(out.data()), copy);
    return out;
  }

  std::string encode() const {
    std::string words;
    for (const Word word : context_.h)
      for (int shift = kWordBits - 8; shift >= 0; shift -= 8)
        words += static_cast<char>(word >> shift & 0xFF);
    const std::string_view block(reinterpret_cast<const char*>(Algorithm::block(context_)),
                                 context_.num);
    return prefix() + to_hex(words) + ":" + std::to_string(size_) + ":" + to_hex(block);
  }

  // Throws Error "signature.state_unreadable".
  static BasicDigestState decode(std::string_view text) {
    constexpr std::size_t kWordsSize = 2 * kWords * sizeof(Word);
    const auto unreadable = [](const char* reason) {
      return Error("signature.state_unreadable", {{"reason", reason}});
    };
    if (!text.starts_with(prefix())) throw unreadable("not a state of this digest and version 1");
    text.remove_prefix(prefix().size());
    const auto words = from_hex(text.substr(0, kWordsSize));
    if (!words || text.size() <= kWordsSize || text[kWordsSize] != ':')
      throw unreadable("the words are damaged");
    text.remove_prefix(kWordsSize + 1);

    BasicDigestState state;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), state.size_);
    const auto digits = static_cast<std::size_t>(end - text.data());
    if (fault != std::errc() || state.size_ < 0 || digits >= text.size() || text[digits] != ':')
      throw unreadable("the size is damaged");
    const auto block = from_hex(text.substr(digits + 1));
    if (!block || block->size() != static_cast<std::size_t>(state.size_) % Algorithm::kBlock)
      throw unreadable("the unfinished block is damaged");

    for (std::size_t i = 0; i < kWords; ++i) {
      Word word = 0;
      for (std::size_t k = 0; k < sizeof(Word); ++k)
        word = word << 8 | static_cast<unsigned char>((*words)[sizeof(Word) * i + k]);
      state.context_.h[i] = word;
    }
    // The rest is fed as input: the library itself places it in its block and counts it.
    const auto whole = static_cast<std::uint64_t>(state.size_) - block->size();
    state.context_.Nl = static_cast<Word>(whole << 3);
    state.context_.Nh = sizeof(Word) == 4 ? static_cast<Word>(whole >> 29) : 0;
    Algorithm::update(state.context_, *block);
    return state;
  }

 private:
  using Word = typename Algorithm::Word;
  static constexpr std::size_t kWords = 8;
  static constexpr int kWordBits = 8 * sizeof(Word);

  static std::string prefix() { return "1:" + std::string(Algorithm::kName) + ":"; }

  typename Algorithm::Context context_;
  std::int64_t size_ = 0;
};

using DigestState = BasicDigestState<detail::Sha256>;
using DigestState384 = BasicDigestState<detail::Sha384>;

// Of one piece: 32 and 48 raw bytes.
inline std::string sha256(std::string_view bytes) {
  DigestState state;
  state.update(bytes);
  return state.digest();
}
inline std::string sha384(std::string_view bytes) {
  DigestState384 state;
  state.update(bytes);
  return state.digest();
}

}  // namespace cinnabar

#pragma GCC diagnostic pop
