// Builds small PDF files around the part that a target wants mutated: that part arrives plain and
// is packed here, since a mutated packed one is hardly ever read. For the fuzz targets; pure
// functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cinnabar::fuzz {

// The bytes of an input, one after the other; zeros behind its end.
class Shape {
 public:
  explicit Shape(std::string_view bytes) : bytes_(bytes) {}
  std::string number(std::size_t at) const { return std::to_string(byte(at)); }
  unsigned byte(std::size_t at) const {
    return at < bytes_.size() ? static_cast<unsigned char>(bytes_[at]) : 0;
  }

 private:
  std::string_view bytes_;
};

std::string packed(std::string_view data);

// That many megabytes of zeros, packed.
std::string packed_zeros(unsigned megabytes);

// "n 0 obj" to "endobj" of a stream with these entries beside its /Length.
std::string stream_object(int number, const std::string& entries, std::string_view data);

// /DecodeParms with a predictor chosen by the shape's bytes from `at` on: kind, columns, colours.
std::string parms(const Shape& shape, std::size_t at);

// Catalog, pages and one page, as objects 1 to 3 behind a header.
std::string small_document(const std::string& catalog_entries);

}  // namespace cinnabar::fuzz
