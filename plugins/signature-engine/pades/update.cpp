#include "update.hpp"

#include "pdf_text.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace cinnabar::pades {
namespace {

// Room for "[0 a b c]" with offsets of ten digits each.
constexpr std::size_t kByteRangeSize = 40;
// Each mark adds an appearance and a field of some 300 bytes each, and their entries.
constexpr std::size_t kMarkSizeHint = 1'024;
constexpr std::size_t kFixedSizeHint = 2'048;
constexpr std::size_t kDrawingSizeHintMax = 262'144;

Error map_invalid(std::string reason) {
  return Error("signature.map_invalid", {{"reason", std::move(reason)}});
}

bool sound(const PreparedField& field, std::int64_t next_object) {
  const auto side = [](double value) {
    return std::isfinite(value) && value >= 0 && value <= 15'000;
  };
  return field.object > 0 && field.object < next_object && side(field.width) &&
         side(field.height) && field.rotate % 90 == 0 && field.rotate >= 0 && field.rotate < 360;
}

// Fields of the marks, in their order. An act has one mark or a page seal of hundreds; a contract
// has up to thousands of fields.
std::vector<const PreparedField*> fields_of(const SignRequest& request) {
  constexpr std::size_t kFewMarks = 8;
  std::vector<const PreparedField*> found;
  found.reserve(request.marks.size());
  std::unordered_map<std::string_view, const PreparedField*> index;
  if (request.marks.size() > kFewMarks)
    for (const PreparedField& field : request.map.fields) index.emplace(field.name, &field);
  for (const Mark& mark : request.marks) {
    const PreparedField* field = nullptr;
    if (index.empty()) {
      for (const PreparedField& candidate : request.map.fields)
        if (candidate.name == mark.field) field = &candidate;
    } else if (const auto at = index.find(mark.field); at != index.end()) {
      field = at->second;
    }
    if (!field) throw Error("signature.field_unknown", {{"field", mark.field}});
    found.push_back(field);
  }
  return found;
}

// A field without extent, like that of the certification, shows nothing.
bool invisible(const PreparedField& field) { return field.width == 0 || field.height == 0; }

void check_marks(const SignRequest& request) {
  const auto fault = [](const char* reason) {
    return Error("signature.marks_invalid", {{"reason", reason}});
  };
  if (request.marks.empty()) throw fault("an act needs at least one field");
  if (request.certify && request.marks.size() != 1) throw fault("certifying takes one field");
  std::unordered_set<std::int64_t> objects;
  const auto fields = fields_of(request);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (!sound(*fields[i], request.map.next_object)) throw map_invalid(fields[i]->name);
    if (!objects.insert(fields[i]->object).second) throw fault("a field is named twice");
    if (invisible(*fields[i])) continue;
    const int drawing = request.marks[i].drawing;
    if (drawing < -1 || drawing >= static_cast<int>(request.drawings.size()))
      throw Error("signature.drawing_unknown", {{"field", fields[i]->name}});
  }
}

void append_reference(std::string& out, std::string_view key, std::int64_t object) {
  out += key;
  append_integer(out, object);
  out += " 0 R";
}

void write_field(SegmentWriter& out, const PreparedField& field, std::int64_t signature,
                 std::int64_t appearance) {
  std::string dictionary = field.dictionary;
  append_reference(dictionary, "\n/V ", signature);
  if (appearance != 0) {
    append_reference(dictionary, " /AP <</N ", appearance);
    dictionary += ">>";
  }
  out.write_dictionary(field.object, dictionary);
}

// Fields and appearances of all marks, and the drawings that they show, each once.
void write_marks(SegmentWriter& out, const SignRequest& request, std::int64_t signature,
                 DrawingCache& cache) {
  const auto fields = fields_of(request);
  std::vector<std::int64_t> drawings(request.drawings.size(), 0);  // object numbers, once written
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const PreparedField& field = *fields[i];
    const Mark& mark = request.marks[i];
    std::int64_t appearance = 0;
    if (!invisible(field)) {
      const Drawing* drawing = nullptr;
      std::int64_t drawing_object = 0;
      if (mark.drawing >= 0) {
        const auto at = static_cast<std::size_t>(mark.drawing);
        drawing = &request.drawings[at];
        if (drawings[at] == 0) {
          check_drawing(*drawing, at);
          drawings[at] = out.new_object();
          write_drawing(out, drawings[at], *drawing, cache);
        }
        drawing_object = drawings[at];
      }
      appearance = out.new_object();
      write_appearance(out, appearance, field, mark, drawing, drawing_object);
    }
    write_field(out, field, signature, appearance);
  }
}

// ISO 32000-2 table 255. /Contents comes last, so that little has to be hashed after it.
void write_signature(SegmentWriter& out, const SignRequest& request, std::int64_t number,
                     std::size_t contents_size, Update& update, std::size_t& byte_range) {
  out.begin_object(number);
  std::string& bytes = out.bytes;
  bytes += "<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M ";
  bytes += date(request.time_ms);
  const auto text = [&](std::string_view key, const std::string& value) {
    if (value.empty()) return;
    bytes += key;
    bytes += text_string(value);
  };
  text(" /Name ", request.signer_name);
  text(" /Reason ", request.reason);
  text(" /Location ", request.location);
  if (request.certify)
    bytes +=
        " /Reference [<</Type /SigRef /TransformMethod /DocMDP /TransformParams "
        "<</Type /TransformParams /P 2 /V /1.2>>>>]";
  bytes += "\n/ByteRange ";
  byte_range = bytes.size();
  bytes.append(kByteRangeSize, ' ');
  bytes += "\n/Contents ";
  update.gap_begin = bytes.size();
  bytes += '<';
  bytes.append(2 * contents_size, '0');
  bytes += '>';
  update.gap_end = bytes.size();
  bytes += ">>";
  out.end_object();
}

}  // namespace

void check_request(const SignRequest& request) {
  const FieldMap& map = request.map;
  const DocumentState& state = request.state;
  if (map.version != 1) throw map_invalid("version");
  if (map.xref_kind != "table" && map.xref_kind != "stream") throw map_invalid("xref_kind");
  if (map.next_object <= 0) throw map_invalid("next_object");
  if (state.version != 1 || state.length <= 0 || state.next_object < map.next_object ||
      state.start_xref < map.start_xref || state.start_xref >= state.length)
    throw Error("signature.state_mismatch", {{"reason", "the state is not of this document"}});
  if (request.certify && (map.catalog_object <= 0 || map.catalog_object >= map.next_object))
    throw map_invalid("catalog_object");
  check_marks(request);
}

Update build_update(const SignRequest& request, std::size_t contents_size, DrawingCache& cache) {
  std::size_t size_hint = 2 * contents_size + kFixedSizeHint + kMarkSizeHint * request.marks.size();
  for (const Drawing& drawing : request.drawings)
    size_hint += std::min(drawing.content.size() / 2, kDrawingSizeHintMax);

  SegmentWriter out(request.state, request.map, size_hint);
  const std::int64_t signature = out.new_object();
  write_marks(out, request, signature, cache);
  if (request.certify) {
    std::string catalog = request.map.catalog_dictionary;
    append_reference(catalog, "\n/Perms <</DocMDP ", signature);
    out.write_dictionary(request.map.catalog_object, catalog + ">>");
  }
  Update update;
  std::size_t byte_range = 0;
  write_signature(out, request, signature, contents_size, update, byte_range);
  out.finish();

  // Both ranges are known now: up to '<', and from behind '>' to the end of the file.
  const std::int64_t length = request.state.length;
  std::string range = "[0 ";
  append_integer(range, length + static_cast<std::int64_t>(update.gap_begin));
  range += ' ';
  append_integer(range, length + static_cast<std::int64_t>(update.gap_end));
  range += ' ';
  append_integer(range, static_cast<std::int64_t>(out.bytes.size() - update.gap_end));
  range += ']';
  out.bytes.replace(byte_range, range.size(), range);

  update.bytes = std::move(out.bytes);
  update.start_xref = out.start_xref();
  update.next_object = out.next_object();
  return update;
}

}  // namespace cinnabar::pades
