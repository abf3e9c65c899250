#include "graphics.hpp"

namespace cinnabar::pdf {

namespace {

using Kind = Object::Kind;

// The share of light from which on a colour is white, or pale.
constexpr double kWhite = 0.98, kPale = 0.6;

// Black stays black under these, as it does under a stamp. The other modes can hide it: by Lighten,
// white paints over everything.
bool keeps_the_ground(const Object& mode) {
  for (const char* name : {"Multiply", "Darken", "ColorBurn", "Overlay", "SoftLight"})
    if (mode.is_name(name)) return true;
  return false;
}

}  // namespace

double Graphics::lets_through(double own_alpha) const {
  if (masked || group_blends || (blends && !isolated)) return 1;
  return 1 - own_alpha * group_alpha;
}

Ink Graphics::ink() const {
  if (colour == Ink::white) return Ink::white;
  return alpha * group_alpha < 0.5 ? Ink::pale : colour;
}

void Graphics::set_parameters(const File& file, std::size_t revision, const Object& parameters) {
  const auto at = [&](std::string_view key) -> const Object& {
    return file.resolve_at(parameters, key, revision);
  };
  if (at("ca").is_number()) alpha = std::clamp(at("ca").real, 0.0, 1.0);
  if (at("CA").is_number()) line_alpha = std::clamp(at("CA").real, 0.0, 1.0);
  if (at("LW").is_number()) line_width = at("LW").real;
  const Object& mode = at("BM");
  if (mode.is(Kind::array) && !mode.items.empty()) {
    blends = keeps_the_ground(file.resolve(mode.items[0], revision));
  } else if (!mode.is(Kind::null)) {
    blends = keeps_the_ground(mode);
  }
  if (!at("SMask").is(Kind::null)) masked = at("SMask").is(Kind::dictionary);
}

bool Graphics::set_colour(const File& file, std::size_t revision, const Operation& operation,
                          const Object& resources) {
  const std::string_view word = operation.word;
  if (word == "cs") {
    const Object& spaces = file.resolve_at(resources, "ColorSpace", revision);
    const Object& space = file.resolve_at(spaces, operation.name(), revision);
    const std::string family = space.items.empty() ? std::string(operation.name())
                                                   : file.resolve(space.items[0], revision).text;
    light_is_one = family == "DeviceGray" || family == "DeviceRGB" || family == "DeviceCMYK" ||
                   family == "ICCBased" || family.starts_with("Cal");
    colour = Ink::full;
    return true;
  }
  const bool plain = word == "g" || word == "rg" || word == "k";
  if (!plain && word != "sc" && word != "scn") return false;
  const std::vector<Object>& parts = operation.operands;
  double light = parts.empty() || (!plain && !light_is_one) ? 0 : 1;
  for (const Object& part : parts) {
    if (!part.is_number()) light = 0;
    light = std::min(light, parts.size() == 4 ? 1 - part.real : part.real);
  }
  colour = light >= kWhite ? Ink::white : light >= kPale ? Ink::pale : Ink::full;
  if (plain) light_is_one = true;
  return true;
}

void Graphics::enter_group(const File& file, std::size_t revision, const Object& group) {
  if (!file.resolve_at(group, "S", revision).is_name("Transparency")) return;
  group_blends = lets_through(alpha) == 1;
  group_alpha *= alpha;
  alpha = line_alpha = 1;
  blends = masked = false;
  isolated = isolated || file.resolve_at(group, "I", revision).integer == 1;
}

}  // namespace cinnabar::pdf
