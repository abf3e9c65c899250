#include "images.hpp"

namespace cinnabar::pdf {

namespace {

using Kind = Object::Kind;

constexpr Box kWhole{0, 0, 1, 1};
// The image is looked at in so many rows and columns of tiles.
constexpr std::size_t kTiles = 32;
// The share of a tile that is painted when it is solid, and of the image that a solid rectangle
// must have: the star of a round seal has 0.03, its ring less.
constexpr double kSolidTile = 0.95, kSolidPart = 0.1;
// Of the highest value; what shows less of the ground hides it.
constexpr double kOpaque = 0.95;
// A pixel of a mask costs a fraction of what a byte of content does.
constexpr std::size_t kPixelsAByte = 4;

double sample(const Samples& samples, std::size_t x, std::size_t y) {
  const std::size_t row = (samples.width * samples.bits + 7) / 8;
  const std::size_t bit = x * samples.bits;
  const std::size_t at = y * row + bit / 8;
  if (at >= samples.data.size()) return samples.zero_paints ? 1 : 0;
  const auto byte = static_cast<unsigned char>(samples.data[at]);
  if (samples.bits >= 8) return byte / 255.0;
  const unsigned highest = (1u << samples.bits) - 1;
  return static_cast<double>(byte >> (8 - samples.bits - bit % 8) & highest) / highest;
}

bool is_solid(const Samples& samples, std::size_t column, std::size_t row) {
  const auto range = [](std::size_t i, std::size_t size) {
    const std::size_t begin = i * size / kTiles;
    return std::pair{begin, std::max(begin + 1, (i + 1) * size / kTiles)};
  };
  const auto [left, right] = range(column, samples.width);
  const auto [top, bottom] = range(row, samples.height);
  std::size_t painted = 0;
  for (std::size_t y = top; y < bottom; ++y)
    for (std::size_t x = left; x < right; ++x) {
      const double value = sample(samples, x, y);
      painted += (samples.zero_paints ? 1 - value : value) >= kOpaque;
    }
  return static_cast<double>(painted) >=
         kSolidTile * static_cast<double>((right - left) * (bottom - top));
}

std::optional<Box> part_of_mask(const File& file, std::size_t revision, const IndirectObject& mask,
                                bool is_stencil, Work& work) {
  const auto at = [&](std::string_view key) -> const Object& {
    return file.resolve_at(mask.value, key, revision);
  };
  const std::int64_t width = at("Width").integer, height = at("Height").integer;
  const std::int64_t bits = is_stencil ? 1 : at("BitsPerComponent").integer;
  const bool known_bits = bits == 1 || bits == 2 || bits == 4 || bits == 8;
  constexpr auto kSideMax = static_cast<std::int64_t>(kMaskMax);
  if (!known_bits || width < 1 || height < 1 || width > kSideMax / height) return std::nullopt;
  const std::string data = stream_content(file, mask, kMaskMax).value_or("");
  if (data.empty()) return std::nullopt;
  work.spend(static_cast<std::size_t>(width * height) / kPixelsAByte);
  const Object& decode = at("Decode");
  const bool inverted = decode.items.size() == 2 && decode.items[0].real > decode.items[1].real;
  return solid_part({static_cast<std::size_t>(width), static_cast<std::size_t>(height),
                     static_cast<std::size_t>(bits), is_stencil != inverted, data});
}

}  // namespace

std::optional<Box> solid_part(const Samples& samples) {
  std::size_t heights[kTiles] = {};  // of solid tiles that end in this row
  std::size_t best = 0;
  Box out;
  for (std::size_t row = 0; row < kTiles; ++row) {
    for (std::size_t column = 0; column < kTiles; ++column)
      heights[column] = is_solid(samples, column, row) ? heights[column] + 1 : 0;
    for (std::size_t left = 0; left < kTiles; ++left) {
      std::size_t height = kTiles;
      for (std::size_t right = left; right < kTiles && heights[right] > 0; ++right) {
        height = std::min(height, heights[right]);
        if ((right - left + 1) * height <= best) continue;
        best = (right - left + 1) * height;
        const auto share = [](std::size_t i) { return static_cast<double>(i) / kTiles; };
        out = {share(left), 1 - share(row + 1), share(right + 1), 1 - share(row + 1 - height)};
      }
    }
  }
  if (static_cast<double>(best) < kSolidPart * kTiles * kTiles) return std::nullopt;
  return out;
}

std::optional<Box> opaque_part(const File& file, std::size_t revision, const IndirectObject& image,
                               Work& work) {
  if (file.resolve_at(image.value, "ImageMask", revision).integer == 1)
    return part_of_mask(file, revision, image, true, work);
  if (file.resolve_at(image.value, "SMaskInData", revision).integer > 0) return std::nullopt;
  for (const char* key : {"SMask", "Mask"}) {
    const Object& mask = image.value.at(key);
    if (mask.is(Kind::null)) continue;
    // A list of colours that show nothing would need the image itself.
    if (!mask.is(Kind::reference)) return std::nullopt;
    const IndirectObject* stream = file.load(mask.integer, revision);
    if (stream != nullptr && stream->is_stream)
      return part_of_mask(file, revision, *stream, key == std::string_view("Mask"), work);
  }
  return kWhole;
}

std::optional<Box> opaque_part(const Operation& inline_image) {
  Samples samples;
  bool is_stencil = false, filtered = false;
  const std::vector<Object>& items = inline_image.operands;
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    const std::string& key = items[i].text;
    const Object& value = items[i + 1];
    const auto size = static_cast<std::size_t>(std::clamp(value.real, 1.0, 4096.0));
    if (key == "W" || key == "Width") samples.width = size;
    if (key == "H" || key == "Height") samples.height = size;
    if (key == "IM" || key == "ImageMask") is_stencil = value.integer == 1;
    if (key == "F" || key == "Filter") filtered = true;
    if (key == "D" || key == "Decode")
      samples.zero_paints = value.items.size() == 2 && value.items[0].real > value.items[1].real;
  }
  if (!is_stencil) return kWhole;
  if (filtered || samples.width == 0 || samples.height == 0) return std::nullopt;
  samples.bits = 1;
  samples.zero_paints = !samples.zero_paints;
  samples.data = inline_image.data;
  return solid_part(samples);
}

}  // namespace cinnabar::pdf
