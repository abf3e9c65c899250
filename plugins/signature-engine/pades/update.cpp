#include "update.hpp"

#include "pdf_text.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace cinnabar::pades {
namespace {

// Each mark adds an appearance and a field of some 300 bytes each, and their entries.
constexpr std::size_t kMarkSizeHint = 1'024;
constexpr std::size_t kFixedSizeHint = 2'048;
constexpr std::size_t kDrawingSizeHintMax = 262'144;

Error map_invalid(std::string reason) {
  return Error("signature.map_invalid", {{"reason", std::move(reason)}});
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

void check_marks(const SignRequest& request) {
  const auto fault = [](const char* reason) {
    return Error("signature.marks_invalid", {{"reason", reason}});
  };
  if (request.marks.empty()) throw fault("an act needs at least one field");
  if (request.certify && request.marks.size() != 1) throw fault("certifying takes one field");
  std::unordered_set<std::int64_t> objects;
  const auto fields = fields_of(request);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    check_field(*fields[i], request.map);
    if (!objects.insert(fields[i]->object).second) throw fault("a field is named twice");
    if (invisible(*fields[i])) continue;
    const int drawing = request.marks[i].drawing;
    if (drawing < -1 || drawing >= static_cast<int>(request.drawings.size()))
      throw Error("signature.drawing_unknown", {{"field", fields[i]->name}});
  }
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

// ISO 32000-2 table 255.
std::string entries_of(const SignRequest& request) {
  std::string out = "/Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M ";
  out += date(request.time_ms);
  const auto text = [&](std::string_view key, const std::string& value) {
    if (value.empty()) return;
    out += key;
    out += text_string(value);
  };
  text(" /Name ", request.signer_name);
  text(" /Reason ", request.reason);
  text(" /Location ", request.location);
  if (request.certify)
    out +=
        " /Reference [<</Type /SigRef /TransformMethod /DocMDP /TransformParams "
        "<</Type /TransformParams /P 2 /V /1.2>>>>]";
  return out;
}

}  // namespace

void check_place(const FieldMap& map, const DocumentState& state) {
  if (map.version != 1) throw map_invalid("version");
  if (map.xref_kind != "table" && map.xref_kind != "stream") throw map_invalid("xref_kind");
  if (map.next_object <= 0) throw map_invalid("next_object");
  if (state.version < 1 || state.version > 2 || state.length <= 0 || state.archives < 0 ||
      state.next_object < map.next_object || state.start_xref < map.start_xref ||
      state.start_xref >= state.length)
    throw Error("signature.state_mismatch", {{"reason", "the state is not of this document"}});
}

void check_request(const SignRequest& request) {
  check_place(request.map, request.state);
  const FieldMap& map = request.map;
  if (request.certify && (map.catalog_object <= 0 || map.catalog_object >= map.next_object))
    throw map_invalid("catalog_object");
  check_marks(request);
}

Revision build_update(const SignRequest& request, const Place& place, std::size_t contents_size,
                      DrawingCache& cache) {
  std::size_t size_hint = 2 * contents_size + kFixedSizeHint + kMarkSizeHint * request.marks.size();
  for (const Drawing& drawing : request.drawings)
    size_hint += std::min(drawing.content.size() / 2, kDrawingSizeHintMax);

  SegmentWriter out(place, request.map, size_hint);
  const std::int64_t signature = out.new_object();
  write_marks(out, request, signature, cache);
  if (request.certify)
    out.write_dictionary(
        request.map.catalog_object,
        request.map.catalog_dictionary + "\n/Perms <</DocMDP " + reference(signature) + ">>");
  const OpenSignature open =
      write_signature(out, signature, entries_of(request), contents_size);
  return finish_revision(out, place, open);
}

}  // namespace cinnabar::pades
