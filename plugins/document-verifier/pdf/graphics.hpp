// The graphics state, as far as it says where something is painted and what shows through it.
//
// Values; they use the File's cache, so: one thread. Source: ISO 32000-2, 8.4, 8.6 and 11.6.
#pragma once

#include "text.hpp"

namespace cinnabar::pdf {

struct Graphics {
  Matrix page;
  TextState text;
  double line_width = 1;
  double alpha = 1, line_alpha = 1;
  bool blends = false, masked = false;  // what lies below still shows
  bool isolated = false;                // in a group whose colours blend with nothing below it
  double group_alpha = 1;               // of the groups that this is a part of
  bool group_blends = false;
  bool light_is_one = true;  // a colour of ones is white
  Ink colour = Ink::full;
  std::vector<std::shared_ptr<const Path>> clips;

  // What still shows of the ground below something painted with this alpha: 0 nothing, 1 all.
  double lets_through(double own_alpha) const;
  // Of text.
  Ink ink() const;

  // Operator gs, but for the font that it may set.
  void set_parameters(const File& file, std::size_t revision, const Object& parameters);
  // True when the operator is one of colours for areas.
  bool set_colour(const File& file, std::size_t revision, const Operation& operation,
                  const Object& resources);
  void enter_group(const File& file, std::size_t revision, const Object& group);
};

}  // namespace cinnabar::pdf
