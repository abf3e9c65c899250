#include "parser.hpp"

#include "../limits.hpp"

#include <algorithm>
#include <charconv>

namespace cinnabar::pdf {

namespace {

int hex_digit(int c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_digit(int c) { return c >= '0' && c <= '9'; }

bool has_repetition(const std::vector<std::string>& keys) {
  std::vector<std::string_view> sorted(keys.begin(), keys.end());
  std::sort(sorted.begin(), sorted.end());
  return std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
}

bool is_regular(int c) { return c >= 0 && !is_pdf_space(c) && !is_pdf_delimiter(c); }

}  // namespace

bool is_pdf_space(int c) { return c == 0 || c == 9 || c == 10 || c == 12 || c == 13 || c == 32; }

bool is_pdf_delimiter(int c) {
  return c == '(' || c == ')' || c == '<' || c == '>' || c == '[' || c == ']' || c == '{' ||
         c == '}' || c == '/' || c == '%';
}

void Parser::skip_space() {
  for (;;) {
    while (is_pdf_space(peek())) ++at_;
    if (peek() != '%') return;
    const std::size_t begin = at_;
    while (!at_end() && peek() != '\n' && peek() != '\r') ++at_;
    comment_bytes_ += at_ - begin;
  }
}

bool Parser::accept(std::string_view keyword) {
  skip_space();
  if (bytes_.substr(at_, keyword.size()) != keyword) return false;
  if (is_regular(peek(keyword.size()))) return false;
  at_ += keyword.size();
  return true;
}

void Parser::expect(std::string_view keyword) {
  if (!accept(keyword)) throw Malformed("expected " + std::string(keyword), at_);
}

std::int64_t Parser::read_unsigned() {
  skip_space();
  const std::size_t begin = at_;
  std::int64_t value = 0;
  while (is_digit(peek())) {
    if (at_ - begin >= 18) throw Malformed("number too large", begin);
    value = value * 10 + (peek() - '0');
    ++at_;
  }
  if (at_ == begin || is_regular(peek())) throw Malformed("expected an unsigned integer", begin);
  return value;
}

Object Parser::read_object() {
  values_ = 0;
  return read_value(0);
}

Object Parser::read_value(int depth) {
  if (depth > kNestingMax) throw TooComplex("nested too deeply", at_);
  if (++values_ > kValuesPerObjectMax) throw TooComplex("object too large", at_);
  skip_space();
  Object out;
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
  } else if (is_digit(c) || c == '+' || c == '-' || c == '.') {
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

void Parser::read_array(Object& out, int depth) {
  out.kind = Object::Kind::array;
  ++at_;
  for (;;) {
    skip_space();
    if (peek() == ']') break;
    out.items.push_back(read_value(depth + 1));
  }
  ++at_;
}

void Parser::read_dictionary(Object& out, int depth) {
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
  out.repeated_key |= has_repetition(out.keys);
}

void Parser::read_name(std::string& out) {
  ++at_;
  while (is_regular(peek())) {
    const int high = peek() == '#' ? hex_digit(peek(1)) : -1;
    const int low = high >= 0 ? hex_digit(peek(2)) : -1;
    if (low >= 0) {
      out += static_cast<char>(high * 16 + low);
      at_ += 3;
    } else {
      out += static_cast<char>(peek());
      ++at_;
    }
  }
}

void Parser::read_literal_string(std::string& out) {
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

void Parser::read_escape(std::string& out) {
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

void Parser::read_hex_string(std::string& out) {
  ++at_;
  int pending = -1;
  for (;; ++at_) {
    const int c = peek();
    if (c < 0) throw Malformed("string without an end", at_);
    if (c == '>') break;
    if (is_pdf_space(c)) continue;
    const int digit = hex_digit(c);
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

void Parser::read_number(Object& out) {
  const std::size_t begin = at_;
  bool point = false, digits = false;
  if (peek() == '+' || peek() == '-') ++at_;
  for (;; ++at_) {
    if (is_digit(peek())) {
      digits = true;
    } else if (peek() == '.' && !point) {
      point = true;
    } else {
      break;
    }
  }
  if (!digits || is_regular(peek())) throw Malformed("not a number", begin);
  std::string_view text = bytes_.substr(begin, at_ - begin);
  if (text.front() == '+') text.remove_prefix(1);
  std::from_chars(text.data(), text.data() + text.size(), out.real);
  const auto whole = std::from_chars(text.data(), text.data() + text.size(), out.integer);
  if (point || whole.ec != std::errc()) {
    out.kind = Object::Kind::real;
    out.integer = 0;
    return;
  }
  out.kind = Object::Kind::integer;
  if (is_digit(static_cast<unsigned char>(text.front()))) read_reference_tail(out);
}

// An integer may turn out to be the start of a reference, "12 0 R".
void Parser::read_reference_tail(Object& out) {
  const std::size_t back = at_;
  const std::size_t comments_back = comment_bytes_;
  skip_space();
  std::int64_t generation = 0;
  std::size_t digits = 0;
  for (; is_digit(peek()) && digits < 6; ++digits, ++at_)
    generation = generation * 10 + peek() - '0';
  if (digits > 0 && digits < 6 && is_pdf_space(peek()) && accept("R")) {
    out.kind = Object::Kind::reference;
    out.generation = generation;
    out.real = 0;
    return;
  }
  at_ = back;
  comment_bytes_ = comments_back;
}

IndirectObject Parser::read_indirect_head() {
  IndirectObject out;
  skip_space();
  out.begin = at_;
  out.number = read_unsigned();
  out.generation = read_unsigned();
  expect("obj");
  out.value = read_object();
  return out;
}

bool Parser::begin_stream(IndirectObject& object) {
  if (!accept("stream")) {
    expect("endobj");
    object.end = at_;
    return false;
  }
  if (!object.value.is(Object::Kind::dictionary)) throw Malformed("stream without dictionary", at_);
  if (peek() == '\r') ++at_;
  if (peek() != '\n') throw Malformed("stream keyword without end of line", at_);
  ++at_;
  object.is_stream = true;
  object.data_begin = at_;
  return true;
}

void Parser::finish_stream(IndirectObject& object, std::int64_t size) {
  if (size < 0 || static_cast<std::uint64_t>(size) > bytes_.size() - at_)
    throw Malformed("stream with a wrong length", object.data_begin);
  object.data_size = static_cast<std::size_t>(size);
  at_ += object.data_size;
  expect("endstream");
  expect("endobj");
  object.end = at_;
}

}  // namespace cinnabar::pdf
