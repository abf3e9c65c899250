// A PDF object as the strict reader sees it, with the bytes it came from.
//
// Values: any thread. The spans are offsets into the buffer that was parsed: the
// file for plain objects, the inflated stream for members of an object stream.
// Source: ISO 32000-2, 7.3.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace cinnabar::pdf {

// The bytes are not the PDF they claim to be. Never repaired: a reader that repairs sees another
// document than the signer did.
class Malformed : public std::runtime_error {
 public:
  Malformed(const std::string& what, std::size_t offset)
      : std::runtime_error(what + " at offset " + std::to_string(offset)) {}
};

// A limit was passed, not the grammar broken.
class TooComplex : public Malformed {
 public:
  using Malformed::Malformed;
};

struct Object {
  enum class Kind { null, boolean, integer, real, string, name, array, dictionary, reference };

  Kind kind = Kind::null;
  std::int64_t integer = 0;       // integer; boolean as 0 or 1; reference: object number
  std::int64_t generation = 0;    // reference
  double real = 0;                // real, and integer too
  std::string text;               // string (decoded) or name (decoded, without the slash)
  std::vector<std::string> keys;  // dictionary, in file order
  std::vector<Object> items;      // array elements, or dictionary values beside keys
  bool repeated_key = false;      // a key stands twice: readers disagree on what it means
  std::uint32_t source = 0;       // what the spans count in: 0 the file, else an object stream
  std::size_t begin = 0;
  std::size_t end = 0;

  // Not one like the other, but the very same bytes of one file.
  bool is_same_place(const Object& other) const {
    return source == other.source && begin == other.begin && end == other.end;
  }

  bool is(Kind wanted) const { return kind == wanted; }
  bool is_name(std::string_view wanted) const { return kind == Kind::name && text == wanted; }
  bool is_number() const { return kind == Kind::integer || kind == Kind::real; }

  // The value under a key of a dictionary; the null object when there is none.
  const Object& at(std::string_view key) const {
    static const Object none;
    for (std::size_t i = 0; i < keys.size(); ++i)
      if (keys[i] == key) return items[i];
    return none;
  }
  bool has(std::string_view key) const { return !at(key).is(Kind::null); }

  // Same value, wherever it stands and in whatever order a dictionary has its keys. Writers that
  // copy an object may turn 1.0 into 1, or keep no more of a real than its first seven digits.
  bool operator==(const Object& other) const {
    if (is_number() && other.is_number()) return same_number(other);
    if (kind != other.kind || integer != other.integer || generation != other.generation ||
        text != other.text || items.size() != other.items.size())
      return false;
    if (kind != Kind::dictionary || keys == other.keys) return items == other.items;
    const std::vector<std::size_t> mine = by_key(), theirs = other.by_key();
    for (std::size_t i = 0; i < mine.size(); ++i)
      if (keys[mine[i]] != other.keys[theirs[i]] || !(items[mine[i]] == other.items[theirs[i]]))
        return false;
    return true;
  }

 private:
  bool same_number(const Object& other) const {
    constexpr double kRounding = 2e-7;  // half a digit of a 32-bit float, and some
    if (is(Kind::integer) && other.is(Kind::integer)) return integer == other.integer;
    return std::fabs(real - other.real) <=
           kRounding * std::max(std::fabs(real), std::fabs(other.real));
  }

  std::vector<std::size_t> by_key() const {
    std::vector<std::size_t> order(keys.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [this](std::size_t a, std::size_t b) { return keys[a] < keys[b]; });
    return order;
  }
};

// "n g obj ... endobj". The value of a stream is its dictionary.
struct IndirectObject {
  std::int64_t number = 0;
  std::int64_t generation = 0;
  Object value;
  bool is_stream = false;
  bool compressed = false;     // a member of an object stream: its spans are not the file's
  bool repaired = false;       // a wrong /Length or a missing endobj was read over
  std::size_t values = 0;      // in the value, itself included
  std::size_t data_begin = 0;  // stream: raw bytes in the file
  std::size_t data_size = 0;
  std::size_t begin = 0;  // of the object number
  std::size_t end = 0;    // behind endobj
};

}  // namespace cinnabar::pdf
