// Reads PDF objects from bytes, strictly and within bounds.
//
// Owner: verify/. One parser, one thread. Every read is checked against the end of the buffer; what
// does not follow the grammar is thrown as Malformed. Source: ISO 32000-2, 7.2 and 7.3.
#pragma once

#include "object.hpp"

namespace cinnabar::pdf {

class Parser {
 public:
  explicit Parser(std::string_view bytes, std::size_t at = 0) : bytes_(bytes), at_(at) {
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

  // "n g obj" value ["stream" ... "endstream"] "endobj". `length_of` resolves an indirect /Length;
  // it returns a negative number when it cannot.
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

  Object read_value(int depth);
  void read_array(Object& out, int depth);
  void read_dictionary(Object& out, int depth);
  void read_name(std::string& out);
  void read_literal_string(std::string& out);
  void read_escape(std::string& out);
  void read_hex_string(std::string& out);
  void read_number(Object& out);
  void read_reference_tail(Object& out);

  int peek(std::size_t ahead = 0) const {
    return at_ + ahead < bytes_.size() ? static_cast<unsigned char>(bytes_[at_ + ahead]) : -1;
  }

  std::string_view bytes_;
  std::size_t at_;
  std::size_t comment_bytes_ = 0;
  std::size_t values_ = 0;
};

bool is_pdf_space(int c);
bool is_pdf_delimiter(int c);

}  // namespace cinnabar::pdf
