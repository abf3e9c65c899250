// Reads a content stream operator by operator, as readers do: over what they cannot read.
//
// One reader, one thread; it borrows the content. Source: ISO 32000-2, 7.8.2 and 8.9.7.
#pragma once

#include "work.hpp"

#include <cinnabar/pdf/file.hpp>

#include <optional>

namespace cinnabar::pdf {

// The decoded data of a stream; nothing when it cannot be had, or is longer than `limit`.
std::optional<std::string> stream_content(const File& file, const IndirectObject& stream,
                                          std::size_t limit);

struct Operation {
  std::string_view word;
  std::vector<Object> operands;
  // Of an inline image, whose word is "BI": operands are its keys and values.
  std::string_view data;

  double number(std::size_t i) const { return i < operands.size() ? operands[i].real : 0; }
  // The last operand, as a name; empty when it is none.
  std::string_view name() const;
};

class ContentReader {
 public:
  ContentReader(std::string_view content, Work& work) : content_(content), work_(work) {}

  // False at the end.
  bool next(Operation& out);

 private:
  void read_operand(Operation& out);
  void read_image(Operation& out);
  std::string_view regular() const;  // the regular characters from here on

  std::string_view content_;
  Work& work_;
  std::size_t at_ = 0;
};

}  // namespace cinnabar::pdf
