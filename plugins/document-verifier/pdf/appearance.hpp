// What appearance streams show, as far as it must be known.
//
// Uses the File's cache, so: one thread. Source: ISO 32000-2, 12.5.5 and 9.4.
#pragma once

#include <cinnabar/pdf/file.hpp>

#include <string>
#include <vector>

namespace cinnabar::pdf {

// Editors give an empty field an appearance without content; anything more looks like a seal.
bool appearance_is_blank(const File& file, const Object& appearance, std::size_t revision);

// What a field with a value may show.
struct ShownTexts {
  std::vector<std::string> any;    // one of these, UTF-8
  std::vector<std::string> lines;  // or any number of these: the options of a list
  bool masked = false;             // or stars: a password
};

// The stream draws text that can be seen, over lines and areas alone, and where its strings can be
// read as they stand, they say what is expected.
bool shows_only_text(const File& file, std::int64_t number, std::size_t revision,
                     const ShownTexts& expected);

}  // namespace cinnabar::pdf
