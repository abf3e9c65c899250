#include "revision.hpp"

#include "pdf_text.hpp"

#include <cinnabar/error.hpp>

#include <cmath>

namespace cinnabar::pades {
namespace {

// Room for "[0 a b c]" with offsets of ten digits each.
constexpr std::size_t kByteRangeSize = 40;

bool sound(const PreparedField& field, std::int64_t next_object) {
  const auto side = [](double value) {
    return std::isfinite(value) && value >= 0 && value <= 15'000;
  };
  return field.object > 0 && field.object < next_object && side(field.width) &&
         side(field.height) && field.rotate % 90 == 0 && field.rotate >= 0 && field.rotate < 360;
}

}  // namespace

void Revision::fill(std::string_view content) {
  constexpr char kDigits[] = "0123456789abcdef";
  char* out = bytes.data() + gap_begin + 1;
  for (const char c : content) {
    *out++ = kDigits[static_cast<unsigned char>(c) >> 4];
    *out++ = kDigits[static_cast<unsigned char>(c) & 15];
  }
}

OpenSignature write_signature(SegmentWriter& out, std::int64_t number, std::string_view entries,
                              std::size_t contents_size) {
  OpenSignature open;
  out.begin_object(number);
  std::string& bytes = out.bytes;
  bytes += "<<";
  bytes += entries;
  bytes += "\n/ByteRange ";
  open.byte_range = bytes.size();
  bytes.append(kByteRangeSize, ' ');
  bytes += "\n/Contents ";
  open.gap_begin = bytes.size();
  bytes += '<';
  bytes.append(2 * contents_size, '0');
  bytes += '>';
  open.gap_end = bytes.size();
  bytes += ">>";
  out.end_object();
  return open;
}

Revision finish_revision(SegmentWriter& out, const Place& before, const OpenSignature& signature) {
  out.finish();
  std::string range = "[0 ";
  append_integer(range, before.length + static_cast<std::int64_t>(signature.gap_begin));
  range += ' ';
  append_integer(range, before.length + static_cast<std::int64_t>(signature.gap_end));
  range += ' ';
  append_integer(range, static_cast<std::int64_t>(out.bytes.size() - signature.gap_end));
  range += ']';
  out.bytes.replace(signature.byte_range, range.size(), range);
  const Place end = out.end();
  return {std::move(out.bytes), signature.gap_begin, signature.gap_end, end};
}

void write_field(SegmentWriter& out, const PreparedField& field, std::int64_t signature,
                 std::int64_t appearance) {
  std::string dictionary = field.dictionary + "\n/V " + reference(signature);
  if (appearance != 0) dictionary += " /AP <</N " + reference(appearance) + ">>";
  out.write_dictionary(field.object, dictionary);
}

const PreparedField& field_named(const FieldMap& map, std::string_view name) {
  for (const PreparedField& field : map.fields)
    if (field.name == name) return field;
  throw Error("signature.field_unknown", {{"field", std::string(name)}});
}

void check_field(const PreparedField& field, const FieldMap& map) {
  if (!sound(field, map.next_object))
    throw Error("signature.map_invalid", {{"reason", field.name}});
}

}  // namespace cinnabar::pades
