#include "arc_layout.hpp"

#include <algorithm>
#include <numeric>

namespace cinnabar {
namespace {

constexpr double kGapMin = 0.07;      // between two characters, in em
constexpr double kGapMax = 0.85;      // a short name spreads this far and no further
constexpr double kStretchMin = 0.52;  // narrower strokes run together when printed
constexpr double kShrink = 0.97;      // how finely a smaller height is looked for
// Characters stand on the inner radius and spread towards the outer one; they are fitted where
// their ink is densest, a little above the foot.
constexpr double kFitHeight = 0.3;

}  // namespace

std::optional<ArcLayout> lay_out_arc(const std::vector<double>& widths, const ArcRoom& room) {
  const double ems = std::accumulate(widths.begin(), widths.end(), 0.0);
  const double gaps = widths.empty() ? 0 : static_cast<double>(widths.size() - 1);
  if (ems <= 0) return std::nullopt;
  for (double height = room.height; height >= room.height_min; height *= kShrink) {
    const double radius = room.outer_radius - height * (1 - kFitHeight);
    const double available = room.angle_max * radius / height;  // in heights
    const double stretch = std::min(1.0, available / (ems + gaps * kGapMin));
    if (stretch < kStretchMin) continue;
    const double gap =
        gaps == 0 ? 0 : std::clamp((available - ems * stretch) / gaps, 0.0, kGapMax * stretch);
    const double total = ems * stretch + gaps * gap;
    ArcLayout layout{height, stretch, {}};
    double at = -total / 2;
    for (const double width : widths) {
      layout.angles.push_back((at + width * stretch / 2) * height / radius);
      at += width * stretch + gap;
    }
    return layout;
  }
  return std::nullopt;
}

}  // namespace cinnabar
