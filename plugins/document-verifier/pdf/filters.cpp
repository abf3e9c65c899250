#include "filters.hpp"

#include <cinnabar/pdf/inflate.hpp>
#include <cinnabar/pdf/parser.hpp>

#include <vector>

namespace cinnabar::pdf {

namespace {

using Kind = Object::Kind;

// Filters of one stream; writers use two.
constexpr std::size_t kFiltersMax = 8;

// What is decoded before an error is shown, so it is returned.
struct Out {
  std::size_t limit;
  std::string text;
  bool full = false;

  bool add(std::string_view bytes) {
    full = full || bytes.size() > limit - text.size();
    if (!full) text += bytes;
    return !full;
  }
};

void inflate_leniently(std::string_view raw, Out& out) {
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) throw std::bad_alloc();
  const std::unique_ptr<z_stream, int (*)(z_stream*)> guard(&stream, inflateEnd);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(raw.data()));
  stream.avail_in = static_cast<uInt>(raw.size());
  std::vector<char> buffer(1 << 14);
  for (int status = Z_OK; status == Z_OK;) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = static_cast<uInt>(buffer.size());
    status = inflate(&stream, Z_NO_FLUSH);
    const std::size_t got = buffer.size() - stream.avail_out;
    if (!out.add({buffer.data(), got}) || got == 0) return;
  }
}

void decode_hex(std::string_view raw, Out& out) {
  int high = -1;
  for (const char c : raw) {
    if (c == '>') break;
    const int digit = detail::hex_digit(c);
    if (digit < 0) continue;
    if (high < 0) {
      high = digit;
    } else {
      const char byte = static_cast<char>(high << 4 | digit);
      if (!out.add({&byte, 1})) return;
      high = -1;
    }
  }
  const char last = static_cast<char>(high << 4);
  if (high >= 0) out.add({&last, 1});
}

void decode_ascii85(std::string_view raw, Out& out) {
  std::uint32_t group = 0;
  int digits = 0;
  const auto flush = [&](int bytes) {
    const char four[] = {static_cast<char>(group >> 24), static_cast<char>(group >> 16),
                         static_cast<char>(group >> 8), static_cast<char>(group)};
    group = 0;
    digits = 0;
    return out.add({four, static_cast<std::size_t>(bytes)});
  };
  for (const char c : raw) {
    if (c == '~') break;
    if (c == 'z' && digits == 0) {
      if (!flush(4)) return;
    } else if (c >= '!' && c <= 'u') {
      group = group * 85 + static_cast<std::uint32_t>(c - '!');
      if (++digits == 5 && !flush(4)) return;
    }
  }
  if (digits < 2) return;
  const int bytes = digits - 1;
  for (; digits < 5; ++digits) group = group * 85 + 84;
  flush(bytes);
}

void decode_run_length(std::string_view raw, Out& out) {
  for (std::size_t at = 0; at < raw.size();) {
    const auto length = static_cast<unsigned char>(raw[at++]);
    if (length == 128) return;
    if (length < 128) {
      if (!out.add(raw.substr(at, length + 1u))) return;
      at += length + 1u;
    } else if (at < raw.size()) {
      if (!out.add(std::string(257u - length, raw[at++]))) return;
    }
  }
}

void decode_lzw(std::string_view raw, int early, Out& out) {
  constexpr int kClear = 256, kEnd = 257, kCodesMax = 4096;
  std::vector<std::string> table;
  std::string previous;
  const auto clear = [&] {
    table.assign(258, {});
    for (int i = 0; i < 256; ++i) table[static_cast<std::size_t>(i)] = static_cast<char>(i);
    previous.clear();
  };
  clear();
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : raw) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    held += 8;
    const int size = static_cast<int>(table.size()) + early;
    const int width = size < 512 ? 9 : size < 1024 ? 10 : size < 2048 ? 11 : 12;
    if (held < width) continue;
    held -= width;
    const auto code = static_cast<std::size_t>(bits >> held & ((1u << width) - 1));
    if (code == kEnd) return;
    if (code == kClear) {
      clear();
      continue;
    }
    if (code > table.size() || (code == table.size() && previous.empty())) return;
    const std::string word = code < table.size() ? table[code] : previous + previous[0];
    if (!out.add(word)) return;
    if (!previous.empty() && table.size() < kCodesMax) table.push_back(previous + word[0]);
    previous = word;
  }
}

std::optional<std::string> undo_predictor(const Object& parameters, std::string data) {
  const std::int64_t predictor = detail::integer_or(parameters.at("Predictor"), 1);
  if (predictor == 1) return data;
  const std::int64_t columns = detail::integer_or(parameters.at("Columns"), 1);
  const std::int64_t colors = detail::integer_or(parameters.at("Colors"), 1);
  const std::int64_t bits = detail::integer_or(parameters.at("BitsPerComponent"), 8);
  if (predictor < 10 || columns < 1 || columns > 100'000 || colors < 1 || colors > 32 ||
      bits < 1 || bits > 16)
    return std::nullopt;
  const auto row = static_cast<std::size_t>((columns * colors * bits + 7) / 8);
  data.resize(data.size() - data.size() % (row + 1));
  return detail::undo_png(data, row, static_cast<std::size_t>((colors * bits + 7) / 8));
}

std::optional<std::string> decode_one(const Object& filter, const Object& parameters,
                                      std::string_view raw, std::size_t limit) {
  const auto is = [&](std::string_view name, std::string_view shorter) {
    return filter.is_name(name) || filter.is_name(shorter);
  };
  if (is("Crypt", "Crypt")) return std::string(raw);
  Out out{limit, {}};
  const bool packed = is("FlateDecode", "Fl") || is("LZWDecode", "LZW");
  if (is("FlateDecode", "Fl")) {
    inflate_leniently(raw, out);
  } else if (packed) {
    decode_lzw(raw, detail::integer_or(parameters.at("EarlyChange"), 1) == 0 ? 0 : 1, out);
  } else if (is("ASCIIHexDecode", "AHx")) {
    decode_hex(raw, out);
  } else if (is("ASCII85Decode", "A85")) {
    decode_ascii85(raw, out);
  } else if (is("RunLengthDecode", "RL")) {
    decode_run_length(raw, out);
  } else {
    return std::nullopt;
  }
  if (out.full) return std::nullopt;
  return packed ? undo_predictor(parameters, std::move(out.text)) : std::move(out.text);
}

}  // namespace

std::optional<std::string> decode_content(const Object& dictionary, std::string_view raw,
                                          std::size_t limit) {
  const Object& filters = dictionary.at("Filter");
  const Object& all = dictionary.at("DecodeParms");
  if (filters.is(Kind::null))
    return raw.size() > limit ? std::nullopt : std::optional(std::string(raw));
  if (!filters.is(Kind::array)) return decode_one(filters, all, raw, limit);
  if (filters.items.size() > kFiltersMax) return std::nullopt;
  static const Object none;
  std::optional<std::string> out = std::string(raw);
  for (std::size_t i = 0; i < filters.items.size() && out; ++i) {
    const std::string before = std::move(*out);
    out = decode_one(filters.items[i], i < all.items.size() ? all.items[i] : none, before, limit);
  }
  return out;
}

}  // namespace cinnabar::pdf
