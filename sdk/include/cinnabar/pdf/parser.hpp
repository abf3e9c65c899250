// Reads PDF objects from bytes, strictly and within bounds.
//
// One parser, one thread. Every read is checked against the end of the buffer; what
// does not follow the grammar is thrown as Malformed. Source: ISO 32000-2, 7.2 and 7.3.
#pragma once

#include <cinnabar/pdf/limits.hpp>
#include <cinnabar/pdf/object.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace cinnabar::pdf {

inline bool is_pdf_space(int c) {
  return c == 0 || c == 9 || c == 10 || c == 12 || c == 13 || c == 32;
}

inline bool is_pdf_delimiter(int c) {
  return c == '(' || c == ')' || c == '<' || c == '>' || c == '[' || c == ']' || c == '{' ||
         c == '}' || c == '/' || c == '%';
}

class Parser {
 public:
  // source: of the objects that are read.
  explicit Parser(std::string_view bytes, std::size_t at = 0, std::uint32_t source = 0)
      : bytes_(bytes), at_(at), source_(source) {
    if (at_ > bytes_.size()) throw Malformed("offset beyond the end", at_);
  }

  std::size_t at() const { return at_; }
  bool at_end() const { return at_ >= bytes_.size(); }

  // Skips white space and comments; the bytes of comments are added up in comment_bytes().
  void skip_space();
  std::size_t comment_bytes() const { return comment_bytes_; }

  // The next token is this keyword, whole: consumes it.
  bool accept(std::string_view keyword);
  void expect(std::string_view keyword);

  std::int64_t read_unsigned();  // decimal digits only
  Object read_object();
  std::size_t values() const { return values_; }  // in the object that was read last

  // "n g obj" value ["stream" ... "endstream"] "endobj". `length_of` resolves an indirect /Length;
  // it returns a negative number when it cannot. What readers agree to read over, a wrong /Length
  // or a missing endobj, is told as `repaired`.
  template <class LengthOf>
  IndirectObject read_indirect(const LengthOf& length_of) {
    IndirectObject object = read_indirect_head();
    if (!begin_stream(object)) return object;
    const Object& length = object.value.at("Length");
    std::int64_t size = -1;
    if (length.is(Object::Kind::integer)) size = length.integer;
    if (length.is(Object::Kind::reference)) size = length_of(length);
    finish_stream(object, size);
    return object;
  }

 private:
  IndirectObject read_indirect_head();
  bool begin_stream(IndirectObject& object);
  void finish_stream(IndirectObject& object, std::int64_t size);
  void close_object(IndirectObject& object);

  Object read_value(int depth);
  void read_array(Object& out, int depth);
  void read_dictionary(Object& out, int depth);
  void read_name(std::string& out);
  void read_literal_string(std::string& out);
  void read_escape(std::string& out);
  void read_hex_string(std::string& out);
  void read_hex_pairs(std::string& out);
  void read_number(Object& out);
  void read_reference_tail(Object& out);

  int peek(std::size_t ahead = 0) const {
    return at_ + ahead < bytes_.size() ? static_cast<unsigned char>(bytes_[at_ + ahead]) : -1;
  }

  std::string_view bytes_;
  std::size_t at_;
  std::uint32_t source_;
  std::size_t comment_bytes_ = 0;
  std::size_t values_ = 0;
};

namespace detail {

constexpr int hex_digit(int c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Both digits of a byte; below 0 unless both are digits.
inline int hex_byte(char high, char low) {
  static constexpr auto kDigits = [] {
    std::array<std::int16_t, 256> out{};
    for (int c = 0; c < 256; ++c)
      out[static_cast<std::size_t>(c)] = static_cast<std::int16_t>(hex_digit(c));
    return out;
  }();
  return kDigits[static_cast<unsigned char>(high)] * 16 | kDigits[static_cast<unsigned char>(low)];
}

inline bool is_digit(int c) { return c >= '0' && c <= '9'; }

inline bool has_repetition(const std::vector<std::string>& keys) {
  std::vector<std::string_view> sorted(keys.begin(), keys.end());
  std::sort(sorted.begin(), sorted.end());
  return std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
}

// The value of "[-]digits[.digits]". By hand: from_chars knows no doubles in every library.
inline double decimal(std::string_view text) {
  double value = 0, scale = 1;
  bool fraction = false;
  for (const char c : text) {
    if (c == '.') fraction = true;
    if (!is_digit(c)) continue;
    value = value * 10 + (c - '0');
    if (fraction) scale *= 10;
  }
  if (!std::isfinite(value) || !std::isfinite(scale)) return 0;
  return (text.front() == '-' ? -value : value) / scale;
}

inline bool is_regular(int c) { return c >= 0 && !is_pdf_space(c) && !is_pdf_delimiter(c); }

}  // namespace detail

inline void Parser::skip_space() {
  for (;;) {
    while (is_pdf_space(peek())) ++at_;
    if (peek() != '%') return;
    const std::size_t begin = at_;
    while (!at_end() && peek() != '\n' && peek() != '\r') ++at_;
    comment_bytes_ += at_ - begin;
  }
}

inline bool Parser::accept(std::string_view keyword) {
  skip_space();
  if (bytes_.substr(at_, keyword.size()) != keyword) return false;
  if (detail::is_regular(peek(keyword.size()))) return false;
  at_ += keyword.size();
  return true;
}

inline void Parser::expect(std::string_view keyword) {
  if (!accept(keyword)) throw Malformed("expected " + std::string(keyword), at_);
}

inline std::int64_t Parser::read_unsigned() {
  skip_space();
  const std::size_t begin = at_;
  std::int64_t value = 0;
  while (detail::is_digit(peek())) {
    if (at_ - begin >= 18) throw Malformed("number too large", begin);
    value = value * 10 + (peek() - '0');
    ++at_;
  }
  if (at_ == begin || detail::is_regular(peek()))
    throw Malformed("expected an unsigned integer", begin);
  return value;
}

inline Object Parser::read_object() {
  values_ = 0;
  return read_value(0);
}

inline Object Parser::read_value(int depth) {
  if (depth > kNestingMax) throw TooComplex("nested too deeply", at_);
  if (++values_ > kValuesPerObjectMax) throw TooComplex("object too large", at_);
  skip_space();
  Object out;
  out.source = source_;
  out.begin = at_;
  const int c = peek();
  if (c < 0) throw Malformed("unexpected end", at_);
  if (c == '/') {
    out.kind = Object::Kind::name;
    read_name(out.text);
  } else if (c == '(') {
    out.kind = Object::Kind::string;
    read_literal_string(out.text);
  } else if (c == '<' && peek(1) == '<') {
    read_dictionary(out, depth);
  } else if (c == '<') {
    out.kind = Object::Kind::string;
    read_hex_string(out.text);
  } else if (c == '[') {
    read_array(out, depth);
  } else if (detail::is_digit(c) || c == '+' || c == '-' || c == '.') {
    read_number(out);
  } else if (accept("true") || accept("false")) {
    out.kind = Object::Kind::boolean;
    out.integer = c == 't';
  } else if (!accept("null")) {
    throw Malformed("unknown token", at_);
  }
  out.end = at_;
  return out;
}

inline void Parser::read_array(Object& out, int depth) {
  out.kind = Object::Kind::array;
  ++at_;
  for (;;) {
    skip_space();
    if (peek() == ']') break;
    out.items.push_back(read_value(depth + 1));
  }
  ++at_;
}

inline void Parser::read_dictionary(Object& out, int depth) {
  out.kind = Object::Kind::dictionary;
  at_ += 2;
  for (;;) {
    skip_space();
    if (peek() == '>' && peek(1) == '>') break;
    if (peek() != '/') throw Malformed("expected a key", at_);
    std::string key;
    read_name(key);
    Object value = read_value(depth + 1);
    out.repeated_key |= value.is(Object::Kind::dictionary) && value.repeated_key;
    out.keys.push_back(std::move(key));
    out.items.push_back(std::move(value));
  }
  at_ += 2;
  out.repeated_key |= detail::has_repetition(out.keys);
}

inline void Parser::read_name(std::string& out) {
  ++at_;
  while (detail::is_regular(peek())) {
    const int high = peek() == '#' ? detail::hex_digit(peek(1)) : -1;
    const int low = high >= 0 ? detail::hex_digit(peek(2)) : -1;
    if (low >= 0) {
      out += static_cast<char>(high * 16 + low);
      at_ += 3;
    } else {
      out += static_cast<char>(peek());
      ++at_;
    }
  }
}

inline void Parser::read_literal_string(std::string& out) {
  ++at_;
  for (int open = 1;;) {
    const int c = peek();
    if (c < 0) throw Malformed("string without an end", at_);
    ++at_;
    if (c == '\\') {
      read_escape(out);
      continue;
    }
    if (c == '(') ++open;
    if (c == ')' && --open == 0) return;
    if (c == '\r') {  // an end of line inside a string reads as a line feed
      if (peek() == '\n') ++at_;
      out += '\n';
    } else {
      out += static_cast<char>(c);
    }
  }
}

inline void Parser::read_escape(std::string& out) {
  const int c = peek();
  if (c < 0) throw Malformed("string without an end", at_);
  ++at_;
  switch (c) {
    case 'n': out += '\n'; return;
    case 'r': out += '\r'; return;
    case 't': out += '\t'; return;
    case 'b': out += '\b'; return;
    case 'f': out += '\f'; return;
    case '\n': return;
    case '\r':
      if (peek() == '\n') ++at_;
      return;
    default: break;
  }
  if (c < '0' || c > '7') {
    out += static_cast<char>(c);
    return;
  }
  int value = c - '0';
  for (int i = 0; i < 2 && peek() >= '0' && peek() <= '7'; ++i) {
    value = value * 8 + (peek() - '0');
    ++at_;
  }
  out += static_cast<char>(value & 255);
}

// As far as digits stand in pairs: a signature is some 30,000 digits without anything between.
inline void Parser::read_hex_pairs(std::string& out) {
  const std::string_view rest = bytes_.substr(at_);
  std::array<char, 512> pairs;
  std::size_t at = 0, count = pairs.size();
  while (count == pairs.size()) {
    for (count = 0; count < pairs.size() && at + 1 < rest.size(); ++count, at += 2) {
      const int byte = detail::hex_byte(rest[at], rest[at + 1]);
      if (byte < 0) break;
      pairs[count] = static_cast<char>(byte);
    }
    out.append(pairs.data(), count);
  }
  at_ += at;
}

inline void Parser::read_hex_string(std::string& out) {
  ++at_;
  read_hex_pairs(out);
  int pending = -1;
  for (;; ++at_) {
    const int c = peek();
    if (c < 0) throw Malformed("string without an end", at_);
    if (c == '>') break;
    if (is_pdf_space(c)) continue;
    const int digit = detail::hex_digit(c);
    if (digit < 0) throw Malformed("not a hexadecimal digit", at_);
    if (pending < 0) {
      pending = digit;
    } else {
      out += static_cast<char>(pending * 16 + digit);
      pending = -1;
    }
  }
  if (pending >= 0) out += static_cast<char>(pending * 16);
  ++at_;
}

inline void Parser::read_number(Object& out) {
  const std::size_t begin = at_;
  bool point = false, digits = false;
  if (peek() == '+' || peek() == '-') ++at_;
  for (;; ++at_) {
    if (detail::is_digit(peek())) {
      digits = true;
    } else if (peek() == '.' && !point) {
      point = true;
    } else {
      break;
    }
  }
  if (!digits || detail::is_regular(peek())) throw Malformed("not a number", begin);
  std::string_view text = bytes_.substr(begin, at_ - begin);
  if (text.front() == '+') text.remove_prefix(1);
  out.real = detail::decimal(text);
  const auto whole = std::from_chars(text.data(), text.data() + text.size(), out.integer);
  if (point || whole.ec != std::errc()) {
    out.kind = Object::Kind::real;
    out.integer = 0;
    return;
  }
  out.kind = Object::Kind::integer;
  if (detail::is_digit(static_cast<unsigned char>(text.front()))) read_reference_tail(out);
}

// An integer may turn out to be the start of a reference, "12 0 R".
inline void Parser::read_reference_tail(Object& out) {
  const std::size_t back = at_;
  const std::size_t comments_back = comment_bytes_;
  skip_space();
  std::int64_t generation = 0;
  std::size_t digits = 0;
  for (; detail::is_digit(peek()) && digits < 6; ++digits, ++at_)
    generation = generation * 10 + peek() - '0';
  const bool separate = is_pdf_space(peek()) || peek() == '%';
  if (digits > 0 && digits < 6 && separate && accept("R")) {
    out.kind = Object::Kind::reference;
    out.generation = generation;
    out.real = 0;
    return;
  }
  at_ = back;
  comment_bytes_ = comments_back;
}

inline IndirectObject Parser::read_indirect_head() {
  IndirectObject out;
  skip_space();
  out.begin = at_;
  out.number = read_unsigned();
  out.generation = read_unsigned();
  expect("obj");
  out.value = read_object();
  out.values = values_;
  return out;
}

inline bool Parser::begin_stream(IndirectObject& object) {
  if (!accept("stream")) {
    close_object(object);
    return false;
  }
  if (!object.value.is(Object::Kind::dictionary)) throw Malformed("stream without dictionary", at_);
  if (peek() == '\r') ++at_;
  if (peek() == '\n') {
    ++at_;
  } else if (bytes_[at_ - 1] != '\r') {
    throw Malformed("stream keyword without end of line", at_);
  }
  object.is_stream = true;
  object.data_begin = at_;
  return true;
}

inline void Parser::finish_stream(IndirectObject& object, std::int64_t size) {
  const bool fits = size >= 0 && static_cast<std::uint64_t>(size) <= bytes_.size() - at_;
  if (fits) at_ += static_cast<std::size_t>(size);
  const std::size_t data_end = at_;
  if (fits && accept("endstream")) {
    object.data_size = static_cast<std::size_t>(size);
    close_object(object);
    return;
  }
  // Where the length is wrong every reader looks for the end.
  const std::size_t end = bytes_.find("endstream", object.data_begin);
  if (end == std::string_view::npos)
    throw Malformed("stream with a wrong length", fits ? data_end : object.data_begin);
  object.repaired = true;
  object.data_size = end - object.data_begin;
  if (object.data_size > 0 && bytes_[end - 1] == '\n') --object.data_size;
  if (object.data_size > 0 && bytes_[object.data_begin + object.data_size - 1] == '\r')
    --object.data_size;
  at_ = end;
  expect("endstream");
  close_object(object);
}

inline void Parser::close_object(IndirectObject& object) {
  object.end = at_;
  if (!accept("endobj")) {
    // The next object, section or end stands where endobj should.
    skip_space();
    const int c = peek();
    if (!detail::is_digit(c) && c != 'x' && c != 's' && c != 't') expect("endobj");
    object.repaired = true;
    return;
  }
  object.end = at_;
}

}  // namespace cinnabar::pdf
