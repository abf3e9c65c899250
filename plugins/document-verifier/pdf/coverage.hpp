// Which bytes a signature covers, and whether they are what they must be.
//
// Uses the File's cache, so: one thread. Byte stage only: what the covered bytes
// mean is not asked here. Source: ISO 32000-2, 12.8.1; EN 319 142-1, 4.
#pragma once

#include <cinnabar/pdf/form.hpp>

namespace cinnabar::pdf {

struct Coverage {
  // The bytes before and after the Contents; empty when the ByteRange cannot be used.
  std::string_view before;
  std::string_view after;
  std::size_t revision = 0;     // the one that ends where the covered bytes end
  bool whole_revision = false;  // everything up to the end of that revision but the Contents
  bool whole_file = false;
  std::vector<std::string> problems;

  bool usable() const { return !before.empty(); }
};

Coverage read_coverage(const File& file, const FoundSignature& signature);

}  // namespace cinnabar::pdf
