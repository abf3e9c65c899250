#include "field_map.hpp"

#include <cinnabar/error.hpp>
#include <cinnabar/pdf/file.hpp>
#include <cinnabar/pdf/parser.hpp>

#include <algorithm>
#include <initializer_list>

namespace cinnabar::pdf {

namespace {

using Kind = Object::Kind;

// A name as it is written, ISO 32000-2 7.3.5.
std::string written_name(const std::string& name) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out = "/";
  for (const char c : name) {
    const int code = static_cast<unsigned char>(c);
    if (code <= 32 || code >= 127 || code == '#' || is_pdf_delimiter(code)) {
      out += '#';
      out += kHex[code >> 4];
      out += kHex[code & 15];
    } else {
      out += c;
    }
  }
  return out;
}

// The entries of a dictionary as text, values byte for byte, without those under `left_out`.
std::string entries_text(std::string_view file, const Object& dictionary,
                         std::initializer_list<std::string_view> left_out) {
  std::string out;
  for (std::size_t i = 0; i < dictionary.keys.size(); ++i) {
    const std::string& key = dictionary.keys[i];
    if (std::find(left_out.begin(), left_out.end(), key) != left_out.end()) continue;
    const Object& value = dictionary.items[i];
    if (!out.empty()) out += ' ';
    out += written_name(key) + " ";
    out += file.substr(value.begin, value.end - value.begin);
  }
  return out;
}

PreparedField prepared(const File& file, const Object& reference, const FieldPlan& plan,
                       const std::vector<Page>& pages) {
  const IndirectObject* object = file.load(reference.integer, 0);
  if (object == nullptr || object->generation != 0) throw failure("a frozen field is missing");
  const PageGeometry& page = pages[static_cast<std::size_t>(plan.page) - 1].geometry;
  PreparedField out;
  out.name = plan.name;
  out.object = object->number;
  out.dictionary = entries_text(file.bytes(), object->value, {"V", "AP"});
  out.page = plan.page;
  out.rotate = page.rotate;
  if (!plan.visible) return out;
  // True points, whatever the page's UserUnit: readers fit an appearance's box to the rectangle,
  // and a seal drawn in points keeps its true size.
  out.width = static_cast<double>(plan.rect.width) / 1000;
  out.height = static_cast<double>(plan.rect.height) / 1000;
  return out;
}

FieldMap read(std::string_view frozen, const std::vector<FieldPlan>& plans,
              const std::vector<Page>& pages) {
  const File file(frozen);
  for (const std::int64_t number : file.numbers(file.last())) file.load(number, file.last());
  if (file.revisions().size() != 1) throw failure("a frozen document has one revision");
  const Revision& revision = file.revisions().front();
  const Section& section = revision.sections.front();
  if (section.is_stream || section.subsections != 1)
    throw failure("a frozen table is in one piece");
  const Object& root = revision.trailer.at("Root");
  const Object& catalog = file.catalog(0);
  const Object& form = file.resolve_at(catalog, "AcroForm", 0);
  const std::vector<Object>& fields = file.resolve_at(form, "Fields", 0).items;
  if (fields.size() != plans.size()) throw failure("a frozen document has exactly our fields");
  FieldMap map;
  map.catalog_object = root.integer;
  if (const Object& store = catalog.at("DSS"); store.is(Kind::reference))
    map.security_store = store.integer;
  map.catalog_dictionary = entries_text(frozen, catalog, {"Perms"});
  map.trailer_dictionary = entries_text(frozen, revision.trailer, {"Size", "Prev"});
  map.next_object = revision.size;
  map.start_xref = static_cast<std::int64_t>(section.begin);
  for (std::size_t i = 0; i < fields.size(); ++i)
    map.fields.push_back(prepared(file, fields[i], plans[i], pages));
  return map;
}

}  // namespace

FieldMap read_field_map(std::string_view frozen, const std::vector<FieldPlan>& plans,
                        const std::vector<Page>& pages) {
  try {
    return read(frozen, plans, pages);
  } catch (const Malformed& e) {
    throw Error("document.damaged",
                {{"reason", std::string("it cannot be written cleanly: ") + e.what()}});
  }
}

}  // namespace cinnabar::pdf
