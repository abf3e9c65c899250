// Inflates the structural streams of a PDF within a limit: FlateDecode with PNG predictors.
//
// Pure function: any thread. Source: ISO 32000-2, 7.4.4; RFC 1950.
#pragma once

#include <cinnabar/pdf/object.hpp>
#include <zlib.h>

#include <cstdlib>
#include <memory>

namespace cinnabar::pdf {

// The decoded data of a cross-reference or object stream. Throws Malformed for any filter but none
// and a single FlateDecode, for damaged data, and when the result would pass `limit` bytes.
std::string decode_stream(const Object& dictionary, std::string_view raw, std::size_t limit);

namespace detail {

inline std::string inflate_bounded(std::string_view raw, std::size_t limit) {
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) throw Malformed("inflate cannot start", 0);
  const std::unique_ptr<z_stream, int (*)(z_stream*)> guard(&stream, inflateEnd);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(raw.data()));
  stream.avail_in = static_cast<uInt>(raw.size());
  std::string out;
  char buffer[1 << 16];
  for (int status = Z_OK; status != Z_STREAM_END;) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer);
    stream.avail_out = sizeof buffer;
    status = inflate(&stream, Z_NO_FLUSH);
    if (status != Z_OK && status != Z_STREAM_END) throw Malformed("damaged deflate data", 0);
    out.append(buffer, sizeof buffer - stream.avail_out);
    if (out.size() > limit) throw TooComplex("stream inflates beyond the limit", 0);
    if (status == Z_OK && stream.avail_in == 0 && stream.avail_out != 0)
      throw Malformed("deflate data ends early", 0);
  }
  return out;
}

inline int paeth(int left, int up, int corner) {
  const int estimate = left + up - corner;
  const int by_left = std::abs(estimate - left), by_up = std::abs(estimate - up);
  const int by_corner = std::abs(estimate - corner);
  if (by_left <= by_up && by_left <= by_corner) return left;
  return by_up <= by_corner ? up : corner;
}

// Undoes the PNG filters (RFC 2083, 6) over rows of `row` bytes with `step` bytes a pixel.
inline std::string undo_png(std::string_view data, std::size_t row, std::size_t step) {
  if (row == 0 || data.size() % (row + 1) != 0) throw Malformed("predictor rows do not fit", 0);
  std::string out, previous(row, '\0'), current(row, '\0');
  out.reserve(data.size());
  for (std::size_t at = 0; at < data.size(); at += row + 1) {
    const int filter = static_cast<unsigned char>(data[at]);
    if (filter > 4) throw Malformed("unknown predictor", at);
    for (std::size_t i = 0; i < row; ++i) {
      const int left = i >= step ? static_cast<unsigned char>(current[i - step]) : 0;
      const int corner = i >= step ? static_cast<unsigned char>(previous[i - step]) : 0;
      const int up = static_cast<unsigned char>(previous[i]);
      const int add[] = {0, left, up, (left + up) / 2, paeth(left, up, corner)};
      current[i] = static_cast<char>(data[at + 1 + i] + add[filter]);
    }
    out += current;
    previous.swap(current);
  }
  return out;
}

inline std::int64_t integer_or(const Object& object, std::int64_t fallback) {
  return object.is(Object::Kind::integer) ? object.integer : fallback;
}

}  // namespace detail

inline std::string decode_stream(const Object& dictionary, std::string_view raw,
                                 std::size_t limit) {
  const Object* filter = &dictionary.at("Filter");
  const Object* parms = &dictionary.at("DecodeParms");
  static const Object none;
  if (filter->is(Object::Kind::array) && filter->items.size() <= 2) {
    // What /Crypt says was done when the stream was decrypted.
    const bool crypt = !filter->items.empty() && filter->items[0].is_name("Crypt");
    const std::size_t at = crypt ? 1 : 0;
    if (filter->items.size() <= at + 1) {
      const bool listed = parms->is(Object::Kind::array);
      if (listed) parms = at < parms->items.size() ? &parms->items[at] : &none;
      filter = at < filter->items.size() ? &filter->items[at] : &none;
    }
  }
  if (filter->is(Object::Kind::null) || filter->is_name("Crypt")) {
    if (raw.size() > limit) throw TooComplex("stream beyond the limit", 0);
    return std::string(raw);
  }
  if (!filter->is_name("FlateDecode"))
    throw Malformed("unexpected filter of a structure stream", 0);
  std::string data = detail::inflate_bounded(raw, limit);
  const std::int64_t predictor = detail::integer_or(parms->at("Predictor"), 1);
  if (predictor == 1) return data;
  if (predictor < 10 || predictor > 15) throw Malformed("unsupported predictor", 0);
  const std::int64_t colors = detail::integer_or(parms->at("Colors"), 1);
  const std::int64_t bits = detail::integer_or(parms->at("BitsPerComponent"), 8);
  const std::int64_t columns = detail::integer_or(parms->at("Columns"), 1);
  if (colors < 1 || colors > 32 || bits < 1 || bits > 16 || columns < 1 || columns > 100'000)
    throw Malformed("predictor parameters out of range", 0);
  const auto row = static_cast<std::size_t>((columns * colors * bits + 7) / 8);
  const auto step = static_cast<std::size_t>((colors * bits + 7) / 8);
  return detail::undo_png(data, row, step);
}

}  // namespace cinnabar::pdf
