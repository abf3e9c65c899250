#include "document_rules.hpp"

#include "appearance.hpp"

#include <cinnabar/pdf/limits.hpp>

#include <algorithm>
#include <cmath>

namespace cinnabar::pdf {

namespace {

using Kind = Object::Kind;

// The side of a note's icon; what is larger could cover what was signed.
constexpr double kNoteSideMax = 48;
constexpr std::size_t kMetadataMax = 4u << 20;

bool all_numbers(const Object& list) {
  return std::all_of(list.items.begin(), list.items.end(),
                     [](const Object& item) { return item.is_number(); });
}

// A note that shows no more than an icon, or the window of one.
bool is_note(const Update& update, const Object& reference) {
  const Object& annotation = update.file.resolve(reference, update.now);
  if (!update.is_fresh(reference) || annotation.repeated_key || annotation.has("A") ||
      annotation.has("AA"))
    return false;
  const Object& subtype = update.new_at(annotation, "Subtype");
  if (subtype.is_name("Popup")) return !annotation.has("AP");
  if (!subtype.is_name("Text")) return false;
  const Object& rect = update.new_at(annotation, "Rect");
  return rect.items.size() == 4 && all_numbers(rect) &&
         std::fabs(rect.items[2].real - rect.items[0].real) <= kNoteSideMax &&
         std::fabs(rect.items[3].real - rect.items[1].real) <= kNoteSideMax;
}

bool same_text(const Object& before, const Object& after) {
  return before.kind == after.kind && to_utf8(before.text) == to_utf8(after.text);
}

// What stands between the tags of an XMP property, without white space.
std::string property(const std::string& xmp, const std::string& name) {
  const std::size_t begin = xmp.find("<" + name);
  if (begin == std::string::npos) return {};
  const std::size_t end = xmp.find("</" + name, begin);
  std::string out;
  if (end == std::string::npos) return out;
  for (const char c : xmp.substr(begin, end - begin))
    if (!is_pdf_space(static_cast<unsigned char>(c))) out += c;
  return out;
}

// A structure element for a new field: it refers to nothing else and replaces no text.
bool is_field_element(const Update& update, const Object& value, int depth) {
  const Object& element = update.file.resolve(value, update.now);
  if (depth > 8 || !element.is(Kind::dictionary) || element.repeated_key) return false;
  if (value.is(Kind::reference) && update.fresh.count(value.integer) == 0)
    return update.new_fields.count(value.integer) != 0;
  if (element.at("Type").is_name("OBJR")) {
    const Object& object = element.at("Obj");
    return object.is(Kind::reference) && update.new_fields.count(object.integer) != 0;
  }
  for (const char* key : {"ActualText", "E", "AF"})
    if (element.has(key)) return false;
  const Object& kids = update.new_at(element, "K");
  if (kids.is(Kind::null)) return true;
  if (!kids.is(Kind::array)) return is_field_element(update, element.at("K"), depth + 1);
  return std::all_of(kids.items.begin(), kids.items.end(), [&](const Object& kid) {
    return is_field_element(update, kid, depth + 1);
  });
}

// An array, or a single value that became one: all of the old in its order, and fields.
bool kids_grew(const Update& update, const Object& before, const Object& after) {
  const Object& old_list = update.file.resolve(before, update.then);
  const Object& new_list = update.file.resolve(after, update.now);
  if (before == after && !after.is(Kind::reference)) return true;
  const auto is_list = [](const Object& value) { return value.is(Kind::array); };
  const std::vector<Object> old_items =
      before.is(Kind::null) ? std::vector<Object>{}
                            : is_list(old_list) ? old_list.items : std::vector<Object>{before};
  const std::vector<Object> new_items =
      is_list(new_list) ? new_list.items : std::vector<Object>{after};
  std::size_t kept = 0;
  for (const Object& item : new_items) {
    if (kept < old_items.size() && item == old_items[kept]) {
      ++kept;
    } else if (!is_field_element(update, item, 0)) {
      return false;
    }
  }
  return kept == old_items.size();
}

// A number tree: the old pairs are there, new ones name elements of fields.
bool numbers_grew(const Update& update, const Object& before, const Object& after) {
  const Object& old_node = update.file.resolve(before, update.then);
  const Object& new_node = update.file.resolve(after, update.now);
  if (!new_node.is(Kind::dictionary)) return false;
  const Object& old_pairs = update.old_at(old_node, "Nums");
  const Object& new_pairs = update.new_at(new_node, "Nums");
  std::map<std::int64_t, const Object*> had;
  for (std::size_t i = 0; i + 1 < old_pairs.items.size(); i += 2)
    had[old_pairs.items[i].integer] = &old_pairs.items[i + 1];
  std::size_t kept = 0;
  for (std::size_t i = 0; i + 1 < new_pairs.items.size(); i += 2) {
    const auto known = had.find(new_pairs.items[i].integer);
    if (known != had.end()) {
      if (!(*known->second == new_pairs.items[i + 1])) return false;
      ++kept;
    } else if (!is_field_element(update, new_pairs.items[i + 1], 0)) {
      return false;
    }
  }
  return kept == had.size() && same_but(old_node, new_node, {"Nums", "Limits"});
}

bool structure_grew(const Update& update, const Object& before, const Object& after) {
  if (before.is(Kind::array)) return kids_grew(update, before, after);
  if (before.has("Nums")) return numbers_grew(update, before, after);
  if (!same_but(before, after, {"K", "ParentTree", "ParentTreeNextKey"})) return false;
  if (!kids_grew(update, before.at("K"), after.at("K"))) return false;
  const Object& tree = after.at("ParentTree");
  if (tree == before.at("ParentTree")) return true;
  return before.at("ParentTree").is(Kind::null) ||
         numbers_grew(update, before.at("ParentTree"), tree);
}

// What a document permits stays as it is; a certification that comes later is all that may come.
bool permissions_may_change(const Update& update, const Object& before, const Object& after) {
  const Object& old_perms = update.old_at(before, "Perms");
  const Object& new_perms = update.new_at(after, "Perms");
  if (old_perms == new_perms) return true;
  return same_but(old_perms.is(Kind::null) ? new_perms : old_perms, new_perms, {"DocMDP"}) &&
         !old_perms.has("DocMDP") && update.is_fresh(new_perms.at("DocMDP")) &&
         (!old_perms.is(Kind::null) || new_perms.keys.size() == 1);
}

}  // namespace

bool form_may_change(const Update& update, const Object& old_form, const Object& new_form) {
  if (!new_form.is(Kind::dictionary) || new_form.repeated_key) return false;
  const Object& needs = new_form.at("NeedAppearances");
  if (old_form.is(Kind::null)) return needs.integer == 0 && !new_form.has("XFA");
  if (!same_but(old_form, new_form, {"Fields", "SigFlags", "DR", "DA", "NeedAppearances"}))
    return false;
  // Whether readers draw fields anew is part of what is shown.
  if ((update.new_at(new_form, "NeedAppearances").integer == 1) !=
      (update.old_at(old_form, "NeedAppearances").integer == 1))
    return false;
  if (old_form.has("DA") && !(old_form.at("DA") == new_form.at("DA"))) return false;
  return resources_may_change(update, update.old_at(old_form, "DR"), update.new_at(new_form, "DR"));
}

bool resources_may_change(const Update& update, const Object& before, const Object& after) {
  if (before.is(Kind::null)) return after.is(Kind::null) || after.is(Kind::dictionary);
  for (const std::string& key : before.keys) {
    const Object& old_part = update.old_at(before, key);
    const Object& new_part = update.new_at(after, key);
    if (old_part.is(Kind::dictionary) ? !only_grew(old_part, new_part) : !(old_part == new_part))
      return false;
  }
  return !after.repeated_key;
}

bool catalog_may_change(Update& update) {
  const Object& before = update.file.catalog(update.then);
  const Object& after = update.file.catalog(update.now);
  if (!same_but(before, after,
                {"AcroForm", "DSS", "Extensions", "Perms", "Version", "Metadata", "MarkInfo"}))
    return false;
  if (before.has("AcroForm") && !after.has("AcroForm")) return false;
  if (before.has("MarkInfo") && !(before.at("MarkInfo") == after.at("MarkInfo"))) return false;
  if (before.has("Metadata") && !after.has("Metadata")) return false;
  if (before.has("Version") && after.at("Version").text < before.at("Version").text) return false;
  if (!permissions_may_change(update, before, after)) return false;
  if (!(before.at("Metadata") == after.at("Metadata")) && before.has("Metadata")) {
    // A new stream for the metadata says what the old one said.
    const Object& reference = after.at("Metadata");
    if (!reference.is(Kind::reference) || !metadata_may_change(update, reference.integer))
      return false;
  }
  return form_may_change(update, update.old_at(before, "AcroForm"),
                         update.new_at(after, "AcroForm"));
}

bool page_may_change(const Update& update, std::int64_t page) {
  const Object& before = update.before(page);
  const Object& after = update.after(page);
  if (!same_but(before, after, {"Annots", "Tabs", "LastModified", "StructParents"})) return false;
  for (const char* key : {"Tabs", "StructParents"})
    if (before.has(key) && !(before.at(key) == after.at(key))) return false;
  return annotations_may_change(update, page);
}

bool annotations_may_change(const Update& update, std::int64_t page) {
  const Object& old_list = update.old_at(update.before(page), "Annots");
  const Object& new_list = update.new_at(update.after(page), "Annots");
  std::size_t kept = 0;
  for (const Object& item : new_list.items) {
    if (kept < old_list.items.size() && item == old_list.items[kept]) {
      ++kept;
    } else if (!item.is(Kind::reference)) {
      return false;
    } else if (update.new_fields.count(item.integer) == 0) {
      if (!update.permissions.may_annotate || !is_note(update, item)) return false;
    }
  }
  return kept == old_list.items.size();
}

bool info_may_change(const Update& update, const Object& before, const Object& after) {
  if (!after.is(Kind::dictionary) || after.repeated_key) return false;
  for (const char* key : {"Title", "Author", "Subject", "Keywords"}) {
    const Object& old_text = update.old_at(before, key);
    if (!old_text.is(Kind::null) && !same_text(old_text, update.new_at(after, key))) return false;
  }
  return true;
}

bool metadata_may_change(const Update& update, std::int64_t number) {
  const IndirectObject* before = update.file.load(update.roles.metadata, update.then);
  const IndirectObject* after = update.file.load(number, update.now);
  if (after == nullptr || !after->is_stream || after->repaired ||
      !after->value.at("Type").is_name("Metadata") || after->value.has("F"))
    return false;
  if (before == nullptr) return true;
  const std::string old_text =
      decode_stream(before->value, update.file.stream_data(*before), kMetadataMax);
  const std::string new_text =
      decode_stream(after->value, update.file.stream_data(*after), kMetadataMax);
  for (const char* name : {"dc:title", "dc:creator", "dc:description", "dc:subject"}) {
    const std::string said = property(old_text, name);
    if (!said.empty() && said != property(new_text, name)) return false;
  }
  return true;
}

bool structure_may_change(const Update& update, std::int64_t number) {
  const IndirectObject* object = update.file.load(number, update.now);
  if (object == nullptr || object->is_stream || update.new_fields.empty()) return false;
  const Object& before = update.before(number);
  const Object& root = update.file.catalog(update.then).at("StructTreeRoot");
  const bool is_root = root.is(Kind::reference) && root.integer == number;
  const bool is_element = before.is(Kind::dictionary) && before.has("S") && before.has("P");
  if (!is_root && !is_element && !before.has("Nums") && !before.is(Kind::array)) return false;
  return structure_grew(update, before, object->value);
}

}  // namespace cinnabar::pdf
