// How wide the letters of a font are, and which of them are there to be written over.
//
// Values: any thread. Source: ISO 32000-2, 9.6, 9.7 and 9.10.3.
#pragma once

#include "work.hpp"

#include <cinnabar/pdf/file.hpp>

#include <map>

namespace cinnabar::pdf {

enum class Mark { none, blank, line, dot };  // a space; "_" and the like; "." and "-"

class Font {
 public:
  Font(const File& file, std::size_t revision, const Object& font, Work& work);

  // The next code of a string, of one byte or two.
  int next_code(std::string_view text, std::size_t& at) const;
  double width(int code) const;  // for a font size of 1
  Mark mark(int code) const;
  bool vertical() const { return vertical_; }
  // Its glyphs may be areas: a Type 3 font draws what it likes, Dingbats have a black box.
  bool draws_areas() const { return draws_areas_; }

 private:
  enum class Codes { one_byte, two_bytes, mixed };

  void read_simple(const Object& font);
  void read_composite(const Object& font);
  void read_widths(const Object& list);
  void read_differences(const Object& list);
  void read_unicode(std::string_view map, Work& work);
  void note_mark(int code, std::uint32_t unicode);
  const Object& at(const Object& dictionary, std::string_view key) const {
    return file_.resolve_at(dictionary, key, revision_);
  }

  const File& file_;
  std::size_t revision_;
  Codes codes_ = Codes::one_byte;
  bool vertical_ = false;
  bool draws_areas_ = false;
  double missing_ = 0.5;
  std::map<int, float> widths_;
  std::map<int, Mark> marks_;
  std::map<std::uint32_t, int> marked_by_;  // a mark that two codes claim is none
};

}  // namespace cinnabar::pdf
