// Page content streams: are they balanced, and how to add to a page without inheriting their state.
//
// Owner: the document engine. Not thread-safe (qpdf objects are not). The original streams stay as
// they are, byte for byte; what we add stands in streams before and after them. Source: ISO
// 32000-2, 7.8.2 (content streams), 8.4.2 (graphics state stack), 8.9.7 (inline images).
#pragma once

#include "load.hpp"

#include <string>
#include <vector>

namespace cinnabar::pdf {

struct ContentBalance {
  int missing = 0;         // Q without q: how far the stack falls below its start
  int open = 0;            // q without Q, counted from the start; negative with Q without q
  bool open_text = false;  // BT without ET
  bool broken = false;     // ends inside a string, an array or an inline image
};

ContentBalance scan_content(std::string_view content);

// What is drawn on a page beside its own content.
struct Addition {
  std::string operators;                                        // in user space
  std::vector<std::pair<std::string, QPDFObjectHandle>> forms;  // resource name and form
};

// Adds to the pages of one document.
class Composer {
 public:
  explicit Composer(Document& document);

  // A resource name that no page of the document uses.
  std::string name(const std::string& use) const { return prefix_ + use; }

  // Draws the addition over the page, in the page's initial graphics state whatever its own content
  // does. Errors: document.damaged, document.too_complex.
  void add_over(const Page& page, const Addition& addition);

 private:
  std::vector<QPDFObjectHandle> as_form(const Page& page);

  QPDF& pdf_;
  std::string prefix_;
  std::size_t budget_;  // bytes of content that may still be decoded
};

}  // namespace cinnabar::pdf
