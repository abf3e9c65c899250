// Sixteen characters at a time: has RapidJSON read so where the processor can, and finds what a
// text of JSON may not hold as it is (RFC 8259 section 7). Internal to the SDK; included before any
// header of RapidJSON. Pure; any thread.
#pragma once

#include <cstdint>
#include <cstring>

#if !defined(RAPIDJSON_SSE2) && !defined(RAPIDJSON_SSE42) && !defined(RAPIDJSON_NEON)
#if defined(__SSE2__)
#define RAPIDJSON_SSE2
#elif defined(__ARM_NEON)
#define RAPIDJSON_NEON
#endif
#endif

namespace cinnabar::detail {

using CharBlock = unsigned char __attribute__((vector_size(16)));

inline CharBlock block_at(const char* text) {
  CharBlock block;
  std::memcpy(&block, text, sizeof block);
  return block;
}

// `found`: what a comparison of blocks gives.
template <class Comparison>
bool any_of(const Comparison& found) {
  std::uint64_t halves[2];
  static_assert(sizeof halves == sizeof found);
  std::memcpy(halves, &found, sizeof halves);
  return (halves[0] | halves[1]) != 0;
}

inline bool is_written_as_it_is(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
}
inline bool are_written_as_they_are(const CharBlock& block) {
  return !any_of((block < 0x20) | (block == '"') | (block == '\\'));
}

// Control characters of which RapidJSON 1.1 misses some when it reads sixteen at a time: 0x1A to
// 0x1F, which stand nowhere in JSON. The text is followed by sixteen zeros.
inline bool has_missed_control(const char* text, std::size_t size) {
  for (std::size_t i = 0; i < size; i += sizeof(CharBlock)) {
    const CharBlock block = block_at(text + i);
    if (any_of((block >= 0x1A) & (block < 0x20))) return true;
  }
  return false;
}

}  // namespace cinnabar::detail
