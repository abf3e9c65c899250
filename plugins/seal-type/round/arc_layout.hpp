// Where the characters of a text stand along an arc. Pure; any thread.
#pragma once

#include <optional>
#include <vector>

namespace cinnabar {

// What the arc allows. Lengths in millimetres, angles in radians.
struct ArcRoom {
  double outer_radius = 0;  // where the characters' heads are
  double angle_max = 0;     // from the first character's edge to the last one's
  double height = 0;        // of a character, as it should be
  double height_min = 0;    // as it may become
};

// Where to put them: `angles` from the top, clockwise, of each character's middle.
struct ArcLayout {
  double height = 0;
  double stretch = 1;  // width of a character of one em, in heights
  std::vector<double> angles;
};

// Sets a text whose characters are `widths` em wide. A short text is spread, a longer one set
// tight, then condensed to half its width, then made smaller. Nothing: it does not fit.
std::optional<ArcLayout> lay_out_arc(const std::vector<double>& widths, const ArcRoom& room);

}  // namespace cinnabar
