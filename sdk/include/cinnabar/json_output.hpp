// Where RapidJSON's writer writes to: small documents on the stack, larger ones on the heap.
// Internal to the SDK. One object a document; no sharing.
#pragma once

#include <cinnabar/json_vector.hpp>

#include <rapidjson/writer.h>

#include <memory>
#include <string_view>

namespace cinnabar::detail {

class JsonOutput {  // a Stream, as RapidJSON calls it
 public:
  using Ch = char;

  JsonOutput() = default;
  JsonOutput(const JsonOutput&) = delete;
  JsonOutput& operator=(const JsonOutput&) = delete;

  void Put(char c) {
    PutReserve(*this, 1);
    *at_++ = c;
  }
  void Flush() {}
  // Makes room for so many characters that are put unchecked.
  friend void PutReserve(JsonOutput& out, std::size_t count) {
    if (static_cast<std::size_t>(out.end_ - out.at_) < count) out.grow(count);
  }
  friend void PutUnsafe(JsonOutput& out, char c) { *out.at_++ = c; }

  // Puts, unchecked, what needs no escape; where it stopped.
  const char* put_plain(const char* from, const char* end) {
    while (static_cast<std::size_t>(end - from) >= sizeof(CharBlock)) {
      const CharBlock block = block_at(from);
      if (!are_written_as_they_are(block)) break;
      std::memcpy(at_, &block, sizeof block);
      at_ += sizeof block;
      from += sizeof block;
    }
    while (from < end && is_written_as_it_is(*from)) *at_++ = *from++;
    return from;
  }

  std::string_view text() const { return {begin_, static_cast<std::size_t>(at_ - begin_)}; }

 private:
  // Six characters for one is what an escape takes, and RapidJSON asks for it beforehand.
  static constexpr std::size_t kSmall = 8'192;

  void grow(std::size_t count) {
    const std::string_view written = text();
    const std::size_t capacity = std::max(written.size() + count, 2 * written.size());
    // No make_unique_for_overwrite: libc++ 14 has none.
    std::unique_ptr<char[]> larger(new char[capacity]);
    std::memcpy(larger.get(), written.data(), written.size());
    large_ = std::move(larger);
    begin_ = large_.get();
    at_ = begin_ + written.size();
    end_ = begin_ + capacity;
  }

  char small_[kSmall];
  std::unique_ptr<char[]> large_;
  char* begin_ = small_;
  char* at_ = small_;
  char* end_ = small_ + kSmall;
};

using JsonWriter = rapidjson::Writer<JsonOutput>;

}  // namespace cinnabar::detail

namespace rapidjson {

// The hook for writing many characters at once. RapidJSON 1.1's own, for its own buffer, takes 0x1A
// to 0x1F for characters that need no escape.
template <>
inline bool cinnabar::detail::JsonWriter::ScanWriteUnescapedString(StringStream& text,
                                                                   std::size_t size) {
  text.src_ = os_->put_plain(text.src_, text.head_ + size);
  return text.src_ < text.head_ + size;
}

}  // namespace rapidjson
