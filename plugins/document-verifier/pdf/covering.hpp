// What fields that were signed or filled, and new notes, hide of the pages that were signed before.
//
// Uses the File's cache, so: one thread. A second signer's seal may lie on text, as seals do: what
// it paints must let the text show. Content of pages is read only when a field paints something
// that does not, or writes. Source: ISO 32000-2, 12.5.5.
#pragma once

#include "painting.hpp"
#include "update.hpp"

namespace cinnabar::pdf {

// What the pages of a file show. Pages keep their contents from the first signature on, so it is
// kept from update to update.
class PageContents {
 public:
  explicit PageContents(const File& file) : file_(file), work_(file.bytes().size()) {}

  // Valid until the next call.
  const Painting& of(std::int64_t page, std::size_t revision);
  Work& work() { return work_; }

 private:
  const File& file_;
  Work work_;
  std::map<std::int64_t, Painting> pages_;
  std::size_t letters_ = 0;
};

struct Covering {
  std::string code;
  std::int64_t object = 0;
};

// To be asked once the fields of the update are known.
std::vector<Covering> find_coverings(const Update& update, PageContents& contents);

}  // namespace cinnabar::pdf
