// DER (ITU-T X.690): a small writer made of functions that return encodings, and a reader that
// never looks past its input. Enough for certificates, CMS and timestamps, built by hand.
//
//   der::sequence(der::integer(1), der::oid("1.2.840.113549.1.7.1"))
//
// An encoding is a std::string of bytes. Stateless, except that a Reader belongs to one thread.
#pragma once

#include <cinnabar/error.hpp>
#include <cinnabar/time.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace cinnabar::der {

using Tag = unsigned char;

inline constexpr Tag kBoolean = 0x01;
inline constexpr Tag kInteger = 0x02;
inline constexpr Tag kBitString = 0x03;
inline constexpr Tag kOctetString = 0x04;
inline constexpr Tag kNull = 0x05;
inline constexpr Tag kOid = 0x06;
inline constexpr Tag kUtf8String = 0x0C;
inline constexpr Tag kPrintableString = 0x13;
inline constexpr Tag kUtcTime = 0x17;
inline constexpr Tag kGeneralizedTime = 0x18;
inline constexpr Tag kSequence = 0x30;
inline constexpr Tag kSet = 0x31;

// Context-specific tags: [n] around a whole encoding, and [n] in place of a primitive's own tag.
constexpr Tag context(int number) { return static_cast<Tag>(0xA0 + number); }
constexpr Tag context_primitive(int number) { return static_cast<Tag>(0x80 + number); }

// --- writing -------------------------------------------------------------------------------------

inline void append_header(std::string& out, Tag tag, std::size_t size) {
  out += static_cast<char>(tag);
  if (size < 0x80) {
    out += static_cast<char>(size);
    return;
  }
  int octets = 1;
  for (std::size_t rest = size >> 8; rest != 0; rest >>= 8) ++octets;
  out += static_cast<char>(0x80 | octets);
  while (octets-- > 0) out += static_cast<char>(size >> (8 * octets) & 0xFF);
}

// One element whose content is the parts, one after the other.
inline std::string element(Tag tag, std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (const std::string_view part : parts) size += part.size();
  std::string out;
  out.reserve(size + 6);
  append_header(out, tag, size);
  for (const std::string_view part : parts) out.append(part);
  return out;
}
inline std::string element(Tag tag, std::string_view content) { return element(tag, {content}); }

template <class... Parts>
std::string sequence(const Parts&... parts) {
  return element(kSequence, {std::string_view(parts)...});
}

// SET OF in DER: the members in ascending order of their encodings (X.690 11.6).
inline std::string set_of(std::vector<std::string> members, Tag tag = kSet) {
  std::sort(members.begin(), members.end());
  std::string content;
  for (const std::string& member : members) content += member;
  return element(tag, content);
}

// A non-negative INTEGER from its big-endian bytes.
inline std::string unsigned_integer(std::string_view big_endian) {
  while (big_endian.size() > 1 && big_endian[0] == 0) big_endian.remove_prefix(1);
  const bool padded = big_endian.empty() || (big_endian[0] & 0x80) != 0;
  return element(kInteger, {padded ? std::string_view("\0", 1) : std::string_view(), big_endian});
}
inline std::string integer(std::uint64_t value) {
  char bytes[8];
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<char>(value >> (56 - 8 * i));
  return unsigned_integer(std::string_view(bytes, 8));
}

inline std::string boolean(bool value) {
  return element(kBoolean, std::string_view(value ? "\xFF" : "\0", 1));
}
inline std::string null() { return element(kNull, ""); }
inline std::string octet_string(std::string_view content) { return element(kOctetString, content); }
inline std::string utf8_string(std::string_view text) { return element(kUtf8String, text); }
inline std::string printable_string(std::string_view text) {
  return element(kPrintableString, text);
}
inline std::string bit_string(std::string_view content, int unused_bits = 0) {
  const char unused = static_cast<char>(unused_bits);
  return element(kBitString, {std::string_view(&unused, 1), content});
}

// An OBJECT IDENTIFIER from its dotted text, of at least two arcs. Arcs may be of any size: those
// under 2.25 are numbers of 128 bits (X.667).
inline std::string oid(std::string_view dotted) {
  if (dotted.size() < 3 || dotted[0] < '0' || dotted[0] > '2' || dotted[1] != '.')
    throw Error("der.malformed", {{"reason", "not an object identifier"}});
  unsigned first =
      static_cast<unsigned>(dotted[0] - '0') * 40;  // joins the second arc (X.690 8.19)
  dotted.remove_prefix(2);
  std::string content;
  while (!dotted.empty()) {
    const std::string_view arc = dotted.substr(0, dotted.find('.'));
    dotted.remove_prefix(std::min(dotted.size(), arc.size() + 1));
    std::string groups(1, '\0');  // base 128, the lowest first
    const auto times_plus = [&](unsigned factor, unsigned carry) {
      for (char& group : groups) {
        carry += static_cast<unsigned char>(group) * factor;
        group = static_cast<char>(carry & 0x7F);
        carry >>= 7;
      }
      if (carry != 0) groups += static_cast<char>(carry);
    };
    for (const char c : arc) {
      if (c < '0' || c > '9')
        throw Error("der.malformed", {{"reason", "not an object identifier"}});
      times_plus(10, static_cast<unsigned>(c - '0'));
    }
    times_plus(1, first);
    first = 0;
    for (std::size_t i = groups.size(); i-- > 0;)
      content += static_cast<char>(groups[i] | (i > 0 ? 0x80 : 0));
  }
  return element(kOid, content);
}

namespace detail {
inline std::string calendar(Time time) {
  std::string text = to_rfc3339(time);  // 2025-11-21T12:00:00.000Z
  return text.substr(0, 4) + text.substr(5, 2) + text.substr(8, 2) + text.substr(11, 2) +
         text.substr(14, 2) + text.substr(17, 2);
}
}  // namespace detail

// GeneralizedTime with milliseconds where there are any (RFC 3161 2.4.2: no trailing zeros).
inline std::string generalized_time(Time time) {
  std::string text = detail::calendar(time);
  if (const auto fraction = ((time.ms % 1000) + 1000) % 1000; fraction != 0) {
    char digits[8];
    std::snprintf(digits, sizeof digits, ".%03d", static_cast<int>(fraction));
    text += digits;
    while (text.back() == '0') text.pop_back();
  }
  return element(kGeneralizedTime, text + "Z");
}

// Time of RFC 5280 4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050, whole seconds.
inline std::string certificate_time(Time time) {
  const std::string text = detail::calendar(time);
  if (text >= "1950" && text < "2050") return element(kUtcTime, text.substr(2) + "Z");
  return element(kGeneralizedTime, text + "Z");
}

// --- reading -------------------------------------------------------------------------------------

struct Element {
  Tag tag = 0;
  std::string_view whole;  // header and content
  std::string_view content;
};

// Reads elements one after the other. Definite lengths in their shortest form and low tag numbers
// only, as DER and all that we read have them. Throws Error "der.malformed".
class Reader {
 public:
  explicit Reader(std::string_view input) : rest_(input) {}

  bool at_end() const { return rest_.empty(); }
  bool next_is(Tag tag) const { return !rest_.empty() && static_cast<Tag>(rest_[0]) == tag; }

  Element next() {
    if (rest_.size() < 2) fail("an element ends early");
    const auto octet = [&](std::size_t at) { return static_cast<unsigned char>(rest_[at]); };
    if ((octet(0) & 0x1F) == 0x1F) fail("a tag number above 30");
    std::size_t header = 2, size = octet(1);
    if (size >= 0x80) {
      const std::size_t octets = size & 0x7F;
      if (octets == 0 || octets > 4 || rest_.size() < 2 + octets) fail("a length it cannot have");
      size = 0;
      for (std::size_t i = 0; i < octets; ++i) size = size << 8 | octet(2 + i);
      if (size < 0x80 || size >> (8 * (octets - 1)) == 0) fail("a length not in its shortest form");
      header += octets;
    }
    if (size > rest_.size() - header) fail("an element longer than its surroundings");
    const Element element{octet(0), rest_.substr(0, header + size), rest_.substr(header, size)};
    rest_.remove_prefix(header + size);
    return element;
  }
  Element expect(Tag tag) {
    if (!next_is(tag)) fail("an element of another kind than expected");
    return next();
  }
  // The content of the next element as a reader of its own.
  Reader enter(Tag tag = kSequence) { return Reader(expect(tag).content); }

 private:
  [[noreturn]] static void fail(const char* reason) {
    throw Error("der.malformed", {{"reason", reason}});
  }

  std::string_view rest_;
};

// A UTCTime or GeneralizedTime in UTC with seconds, as RFC 5280 4.1.2.5 has them.
inline Time parse_time(std::string_view encoded) {
  const Element element = Reader(encoded).next();
  std::string digits(element.content);
  if (element.tag == kUtcTime && digits.size() == 13)
    digits.insert(0, digits[0] < '5' ? "20" : "19");
  if (digits.size() == 15 && digits.back() == 'Z') {
    const auto part = [&](std::size_t at) { return digits.substr(at, 2); };
    const auto time = from_rfc3339(digits.substr(0, 4) + "-" + part(4) + "-" + part(6) + "T" +
                                   part(8) + ":" + part(10) + ":" + part(12) + "Z");
    if (time) return *time;
  }
  throw Error("der.malformed", {{"reason", "a time that is none"}});
}

// What issuing and signing need to know of a certificate (RFC 5280 4.1), as encoded in it.
struct CertificateParts {
  std::string_view serial;      // INTEGER, whole
  std::string_view issuer;      // Name, whole
  std::string_view not_before;  // Time, whole
  std::string_view not_after;
  std::string_view subject;     // Name, whole
  std::string_view public_key;  // SubjectPublicKeyInfo, whole
};

// The views point into the certificate that was given.
inline CertificateParts parse_certificate(std::string_view certificate) {
  Reader outer = Reader(certificate).enter();
  Reader tbs = outer.enter();
  if (tbs.next_is(context(0))) tbs.next();
  CertificateParts parts;
  parts.serial = tbs.expect(kInteger).whole;
  tbs.expect(kSequence);  // the signature's algorithm, again given outside
  parts.issuer = tbs.expect(kSequence).whole;
  Reader validity = tbs.enter();
  parts.not_before = validity.next().whole;
  parts.not_after = validity.next().whole;
  parts.subject = tbs.expect(kSequence).whole;
  parts.public_key = tbs.expect(kSequence).whole;
  return parts;
}

}  // namespace cinnabar::der
