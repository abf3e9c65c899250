#include "tile_path.hpp"

#include <charconv>
#include <cstdio>

namespace cinnabar::tlog {
namespace {

constexpr int kLevelMax = 63;
constexpr int kFullWidth = 256;
constexpr std::string_view kEntries = "entries";

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string grouped(std::uint64_t number) {
  constexpr std::uint64_t kGroup = 1'000;
  char digits[8];
  std::snprintf(digits, sizeof digits, "%03u", static_cast<unsigned>(number % kGroup));
  std::string out = digits;
  while (number >= kGroup) {
    number /= kGroup;
    std::snprintf(digits, sizeof digits, "x%03u", static_cast<unsigned>(number % kGroup));
    out = std::string(digits) + "/" + out;
  }
  return out;
}

}  // namespace

std::string tile_path(const TilePath& tile) {
  std::string out = tile.level < 0 ? std::string(kEntries) : std::to_string(tile.level);
  out += "/" + grouped(tile.number);
  if (tile.width != kFullWidth) out += ".p/" + std::to_string(tile.width);
  return out;
}

std::optional<TilePath> parse_tile_path(std::string_view path) {
  TilePath tile;
  const std::size_t slash = path.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view level = path.substr(0, slash);
  std::string_view rest = path.substr(slash + 1);
  if (level == kEntries) {
    tile.level = -1;
  } else {
    const auto value = number_of(level);
    if (!value || *value > kLevelMax) return std::nullopt;
    tile.level = static_cast<int>(*value);
  }
  if (const std::size_t partial = rest.find(".p/"); partial != std::string_view::npos) {
    const auto width = number_of(rest.substr(partial + 3));
    if (!width || *width < 1 || *width >= kFullWidth) return std::nullopt;
    tile.width = static_cast<int>(*width);
    rest = rest.substr(0, partial);
  }
  std::string digits;
  for (const char c : rest)
    if (c != 'x' && c != '/') digits += c;
  const auto number = number_of(digits);
  if (!number) return std::nullopt;
  tile.number = *number;
  if (tile_path(tile) != path) return std::nullopt;  // one way to write each
  return tile;
}

}  // namespace cinnabar::tlog
