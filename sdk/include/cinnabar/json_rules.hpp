// The rules that reading JSON goes by: how strictly, how deep, how long, in which form. Pure; any
// thread.
#pragma once

#include <cinnabar/describe.hpp>
#include <cinnabar/error.hpp>
#include <cinnabar/text.hpp>

namespace cinnabar {

enum class Reading { strict, lenient };

// Deeper than any described type; keeps a hostile document from exhausting the stack.
inline constexpr std::size_t kJsonDepthMax = 32;

// What the free members of one document may hold altogether when it is read strictly: as much as a
// script takes for its input. Each value costs some forty bytes of memory, however few of text.
inline constexpr std::size_t kFreeValuesMax = 50'000;

using Spans = std::vector<Bytes>;

namespace detail {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// The pointer may lead through names that the sender made up, of any length.
inline Error invalid(std::string_view pointer, std::string reason) {
  return Error("request.invalid", {{"reason", std::move(reason)}},
               shortened_text(pointer, kErrorTextSizeMax));
}

inline std::int64_t characters_of(std::string_view text) {
  std::int64_t count = 0;
  // All bytes but those of the form 10xxxxxx, eight at a time.
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  std::size_t continued = 0;
  for (; text.size() >= 8; text.remove_prefix(8), count += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data(), 8);
    continued += ((word >> 7 & ~word >> 6 & kOnes) * kOnes) >> 56;
  }
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count - static_cast<std::int64_t>(continued);
}

// RFC 3986-safe ids, mobile numbers: the small formats that fields name.
inline bool fits_format(std::string_view format, std::string_view text) {
  const auto all = [&](auto good) {
    for (const char c : text)
      if (!good(c)) return false;
    return true;
  };
  if (format == "mobile") {
    const std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
    return digits.size() >= 5 && digits.size() <= 20 && digits.find_first_not_of("0123456789") ==
           std::string_view::npos;
  }
  if (format == "id")
    return !text.empty() && text.size() <= 64 && all([](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '_' || c == '-' || c == '.' || c == ':';
    });
  if (format == "line")
    return all([](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
  return true;
}

}  // namespace detail
}  // namespace cinnabar
