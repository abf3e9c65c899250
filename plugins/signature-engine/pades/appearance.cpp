#include "appearance.hpp"

#include "pdf_text.hpp"

#include <zlib.h>

#include <cmath>
#include <initializer_list>

namespace cinnabar::pades {
namespace {

// Compressed drawings kept: some thousand seals.
constexpr std::size_t kCacheSizeMax = 32 * 1'048'576;
// A seal is 5 to 30 KB of operators; a signature by hand less.
constexpr std::size_t kDrawingSizeMax = 4 * 1'048'576;
// The largest page (ISO 32000-2 Annex C), in points.
constexpr double kSideMax = 14'400;

constexpr std::string_view kBlendState =
    "/ExtGState <</Multiply <</Type /ExtGState /BM /Multiply>>>>";

std::string deflate_once(std::string_view content) {
  uLongf size = compressBound(content.size());
  std::string out(size, '\0');
  if (compress2(reinterpret_cast<Bytef*>(out.data()), &size,
                reinterpret_cast<const Bytef*>(content.data()), content.size(),
                Z_BEST_COMPRESSION) != Z_OK)
    throw failure("zlib could not compress a drawing");
  out.resize(size);
  return out;
}

void append_numbers(std::string& out, std::initializer_list<double> values) {
  for (const double value : values) {
    append_number(out, value);
    out += ' ';
  }
}

// Turns a box of the displayed size so that it stands upright on a page shown turned clockwise by
// that much, and moves it back to the origin.
void append_matrix(std::string& out, int rotate, double width, double height) {
  switch (rotate) {
    case 90: append_numbers(out, {0, 1, -1, 0, height, 0}); break;
    case 180: append_numbers(out, {-1, 0, 0, -1, width, height}); break;
    case 270: append_numbers(out, {0, -1, 1, 0, 0, width}); break;
    default: append_numbers(out, {1, 0, 0, 1, 0, 0});
  }
}

std::string number_text(double value) {
  std::string out;
  append_number(out, value);
  return out;
}

}  // namespace

DrawingCache::DrawingCache() : cache_(kCacheSizeMax) {}

std::shared_ptr<const std::string> DrawingCache::deflated(std::string_view content) {
  if (auto found = cache_.find(content)) return found;
  auto made = std::make_shared<const std::string>(deflate_once(content));
  const std::size_t weight = content.size() + made->size();
  return cache_.insert(content, std::move(made), weight);
}

void check_drawing(const Drawing& drawing, std::size_t index) {
  const auto side = [](double value) {
    return std::isfinite(value) && value > 0 && value <= kSideMax;
  };
  if (side(drawing.width) && side(drawing.height) && drawing.content.size() <= kDrawingSizeMax)
    return;
  throw Error("signature.drawing_invalid", {{"index", std::to_string(index)}});
}

void write_drawing(SegmentWriter& out, std::int64_t number, const Drawing& drawing,
                   DrawingCache& cache) {
  std::string dictionary = "/Type /XObject /Subtype /Form /BBox [0 0 ";
  append_numbers(dictionary, {drawing.width, drawing.height});
  dictionary += "] /Resources <<";
  dictionary += kBlendState;
  dictionary += ">> /Filter /FlateDecode";
  out.write_stream(number, dictionary, *cache.deflated(drawing.content.view()));
}

void write_appearance(SegmentWriter& out, std::int64_t number, const PreparedField& field,
                      const Mark& mark, const Drawing* drawing, std::int64_t drawing_object) {
  std::string dictionary = "/Type /XObject /Subtype /Form /BBox [0 0 ";
  append_numbers(dictionary, {field.width, field.height});
  dictionary += "] /Matrix [";
  append_matrix(dictionary, field.rotate, field.width, field.height);
  if (!drawing) {
    out.write_stream(number, dictionary + "] /Resources <<>>", "");
    return;
  }
  if (mark.slice_count < 1 || mark.slice_index < 0 || mark.slice_index >= mark.slice_count)
    throw Error("signature.slice_invalid", {{"field", field.name}});
  const double width = drawing->width / mark.slice_count;
  const double height = drawing->height;
  if (width > field.width + kFitTolerance || height > field.height + kFitTolerance)
    throw Error("signature.too_large",
                {{"field", field.name},
                 {"drawing", number_text(width) + " x " + number_text(height)},
                 {"room", number_text(field.width) + " x " + number_text(field.height)}});

  dictionary += "] /Resources <</XObject <</D " + reference(drawing_object) + ">> ";
  dictionary += kBlendState;
  dictionary += ">>";
  // Everything multiplies with the page, so that text under a seal stays readable.
  std::string content = "q /Multiply gs 1 0 0 1 ";
  append_numbers(content, {(field.width - width) / 2, (field.height - height) / 2});
  content += "cm ";
  if (mark.slice_count > 1) {
    content += "0 0 ";
    append_numbers(content, {width, height});
    content += "re W n 1 0 0 1 ";
    append_numbers(content, {-mark.slice_index * width, 0});
    content += "cm ";
  }
  content += "/D Do Q";
  out.write_stream(number, dictionary, content);
}

}  // namespace cinnabar::pades
