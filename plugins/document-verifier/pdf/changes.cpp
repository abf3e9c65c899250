#include "changes.hpp"

#include <cinnabar/pdf/limits.hpp>
#include <cinnabar/pdf/inflate.hpp>
#include "roles.hpp"

#include <algorithm>
#include <optional>

namespace cinnabar::pdf {

namespace {

using Kind = Object::Kind;
using Keys = std::initializer_list<std::string_view>;

// Raw bytes of an appearance without content, which are some ten when compressed.
constexpr std::size_t kBlankAppearanceMax = 64;

bool contains(Keys keys, std::string_view key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

// Two dictionaries differ at most under the given keys.
bool same_but(const Object& before, const Object& after, Keys allowed) {
  if (!before.is(Kind::dictionary) || !after.is(Kind::dictionary) || after.repeated_key)
    return false;
  const auto covered = [&](const Object& one, const Object& other) {
    for (std::size_t i = 0; i < one.keys.size(); ++i)
      if (!contains(allowed, one.keys[i]) && !(other.at(one.keys[i]) == one.items[i])) return false;
    return true;
  };
  return covered(before, after) && covered(after, before);
}

// Every entry of the one is unchanged in the other, which may have more.
bool only_grew(const Object& before, const Object& after) {
  for (std::size_t i = 0; i < before.keys.size(); ++i)
    if (!(after.at(before.keys[i]) == before.items[i])) return false;
  return !after.repeated_key;
}

class Update {
 public:
  Update(const File& file, std::size_t revision, const Permissions& permissions)
      : file_(file), now_(revision), then_(revision - 1), permissions_(permissions) {}

  std::vector<std::string> run() {
    roles_ = read_roles(file_, then_);
    check_trailer();
    collect_changes();
    // A fresh number that the signed revision already refers to would fill a gap left on purpose.
    std::set<std::int64_t> touched = changed_;
    touched.insert(fresh_.begin(), fresh_.end());
    for (const std::int64_t number : used_otherwise(file_, then_, roles_, touched))
      report("object_used_elsewhere", number);
    find_new_fields();
    for (const std::int64_t number : changed_) explain(number);
    return std::move(problems_);
  }

 private:
  void report(const std::string& code, std::int64_t number) {
    problems_.push_back(code + ":" + std::to_string(number));
  }

  const Object& before(std::int64_t number) const {
    static const Object none;
    const IndirectObject* object = file_.load(number, then_);
    return object == nullptr ? none : object->value;
  }
  const Object& after(std::int64_t number) const {
    static const Object none;
    const IndirectObject* object = file_.load(number, now_);
    return object == nullptr ? none : object->value;
  }

  void check_trailer() {
    const Object& old_trailer = file_.revisions()[then_].trailer;
    const Object& new_trailer = file_.revisions()[now_].trailer;
    if (!(old_trailer.at("Root") == new_trailer.at("Root"))) problems_.push_back("root_changed");
    if (!(old_trailer.at("Encrypt") == new_trailer.at("Encrypt")))
      problems_.push_back("encryption_changed");
    if (file_.revisions()[now_].size < file_.revisions()[then_].size)
      problems_.push_back("size_shrunk");
  }

  bool same_object(std::int64_t number) const {
    const IndirectObject* old_object = file_.load(number, then_);
    const IndirectObject* new_object = file_.load(number, now_);
    if (old_object == nullptr || new_object == nullptr) return old_object == new_object;
    if (old_object == new_object) return true;
    if (old_object->is_stream != new_object->is_stream ||
        old_object->generation != new_object->generation ||
        !(old_object->value == new_object->value))
      return false;
    return !old_object->is_stream ||
           file_.bytes().substr(old_object->data_begin, old_object->data_size) ==
               file_.bytes().substr(new_object->data_begin, new_object->data_size);
  }

  void collect_changes() {
    for (const auto& [number, entry] : file_.revisions()[now_].entries) {
      if (number == 0) continue;
      if (file_.entry(number, then_) == nullptr) {
        if (entry.kind != Entry::Kind::free) fresh_.insert(number);
        continue;
      }
      if (same_object(number)) continue;
      // A freed part of the security store is replaced, not lost.
      if (entry.kind == Entry::Kind::free && roles_.security_store.count(number)) continue;
      changed_.insert(number);
    }
  }

  const Object& form(std::size_t revision) const {
    return file_.resolve_at(file_.catalog(revision), "AcroForm", revision);
  }

  // The list of fields keeps its old entries in their order; what is new must be signature fields.
  void find_new_fields() {
    const Object& old_list = file_.resolve_at(form(then_), "Fields", then_);
    const Object& new_list = file_.resolve_at(form(now_), "Fields", now_);
    std::size_t kept = 0;
    for (const Object& item : new_list.items) {
      if (kept < old_list.items.size() && item == old_list.items[kept]) {
        ++kept;
      } else if (item.is(Kind::reference) && fresh_.count(item.integer) && is_new_field(item)) {
        new_fields_.insert(item.integer);
      } else {
        problems_.push_back("field_list_changed");
      }
    }
    if (kept != old_list.items.size()) problems_.push_back("field_removed");
  }

  bool is_invisible(const Object& field) const {
    const Object& rect = file_.resolve_at(field, "Rect", now_);
    if (rect.items.size() != 4) return !field.has("Rect");
    return rect.items[0].real == rect.items[2].real && rect.items[1].real == rect.items[3].real;
  }

  bool is_new_field(const Object& reference) {
    const Object& field = file_.resolve(reference, now_);
    const Object& name = file_.resolve_at(field, "T", now_);
    if (!field.is(Kind::dictionary) || field.repeated_key || field.has("Kids") ||
        field.has("Parent") || !field.at("FT").is_name("Sig") || !name.is(Kind::string) ||
        name.text.find('.') != std::string::npos)
      return false;
    for (const auto& [number, known] : roles_.fields)
      if (known.name == to_utf8(name.text)) return false;
    if (permissions_.certified && !is_invisible(field))
      report("field_added_after_certification", reference.integer);
    if (field.has("V")) return is_new_signature(field.at("V"));
    return is_invisible(field) || appearance_is_blank(file_.resolve_at(field, "AP", now_));
  }

  // Editors give an empty field an appearance without content; anything more looks like a seal.
  bool appearance_is_blank(const Object& appearance) const {
    if (appearance.is(Kind::null)) return true;
    const Object& normal = appearance.at("N");
    if (appearance.items.size() != 1 || !normal.is(Kind::reference)) return false;
    const IndirectObject* stream = file_.load(normal.integer, now_);
    if (stream == nullptr || !stream->is_stream || !stream->value.at("Subtype").is_name("Form") ||
        stream->value.has("F"))
      return false;
    const Object& filter = stream->value.at("Filter");
    if (stream->data_size > kBlankAppearanceMax ||
        !(filter.is(Kind::null) || filter.is_name("FlateDecode")))
      return false;
    const std::string content =
        decode_stream(stream->value, file_.bytes().substr(stream->data_begin, stream->data_size),
                      kStructureStreamMax);
    return content.find_first_not_of(" \t\r\n") == std::string::npos;
  }

  bool is_new_signature(const Object& value) const {
    if (value.is(Kind::dictionary)) return looks_like_signature(value);
    return value.is(Kind::reference) && fresh_.count(value.integer) != 0 &&
           looks_like_signature(file_.resolve(value, now_));
  }

  void explain(std::int64_t number) {
    const auto field = roles_.fields.find(number);
    bool explained = false;
    if (number == roles_.catalog) {
      explained = catalog_is_fine();
    } else if (number == roles_.form) {
      explained = form_is_fine(before(number), after(number));
    } else if (number == roles_.field_list || roles_.annotation_lists.count(number) != 0) {
      // A file may use one array for both; then it must pass as both.
      explained = after(number).is(Kind::array);
      const auto list = roles_.annotation_lists.find(number);
      if (list != roles_.annotation_lists.end()) explained &= annotations_are_fine(list->second);
    } else if (field != roles_.fields.end()) {
      explained = field_is_filled(field->second, after(number));
    } else if (roles_.pages.count(number) != 0) {
      explained =
          same_but(before(number), after(number), {"Annots"}) && annotations_are_fine(number);
    } else if (number == roles_.info) {
      explained = after(number).is(Kind::dictionary);
    } else if (number == roles_.metadata) {
      explained = after(number).at("Type").is_name("Metadata");
    } else if (roles_.security_store.count(number) != 0) {
      explained = after(number).is(before(number).kind);
    }
    if (!explained) report("object_changed", number);
  }

  bool catalog_is_fine() {
    const Object& old_catalog = file_.catalog(then_);
    const Object& new_catalog = file_.catalog(now_);
    if (!same_but(old_catalog, new_catalog,
                  {"AcroForm", "DSS", "Extensions", "Perms", "Version", "Metadata"}))
      return false;
    if (old_catalog.has("AcroForm") && !new_catalog.has("AcroForm")) return false;
    const bool perms = only_grew(file_.resolve_at(old_catalog, "Perms", then_),
                                 file_.resolve_at(new_catalog, "Perms", now_));
    return perms && form_is_fine(form(then_), form(now_));
  }

  bool form_is_fine(const Object& old_form, const Object& new_form) const {
    if (!new_form.is(Kind::dictionary)) return false;
    if (old_form.is(Kind::null)) return true;
    const Object& needs = new_form.at("NeedAppearances");
    if (needs.integer == 1 && !(old_form.at("NeedAppearances") == needs)) return false;
    if (!same_but(old_form, new_form, {"Fields", "SigFlags", "DR", "DA", "NeedAppearances"}))
      return false;
    return resources_grew(file_.resolve_at(old_form, "DR", then_),
                          file_.resolve_at(new_form, "DR", now_));
  }

  bool resources_grew(const Object& old_resources, const Object& new_resources) const {
    for (const std::string& key : old_resources.keys)
      if (!only_grew(file_.resolve_at(old_resources, key, then_),
                     file_.resolve_at(new_resources, key, now_)))
        return false;
    return true;
  }

  // A widget without a value of its own shows the value that it inherits.
  bool inherits_new_signature(std::int64_t number) {
    if (!fields_now_) {
      fields_now_.emplace();
      for (const FormField& field : form_fields(file_, now_))
        if (field.number != 0) (*fields_now_)[field.number] = field;
    }
    const auto found = fields_now_->find(number);
    if (found == fields_now_->end() || !looks_like_signature(*found->second.value)) return false;
    // One that stands inside a field came with this update: before it, nothing was inherited.
    const std::int64_t value = found->second.value_number;
    return value == 0 || fresh_.count(value) != 0;
  }

  // An empty signature field that now has a signature, and looks like it. Without a signature no
  // look may change: a page would bear a seal that nobody made.
  bool field_is_filled(const FormField& field, const Object& node) {
    if (permissions_.no_changes) return false;
    if (field.type != "Sig" || !field.value->is(Kind::null)) return false;
    if (!same_but(*field.node, node, {"V", "AP", "AS", "M", "F", "Ff", "MK", "DA"})) return false;
    return node.has("V") ? is_new_signature(node.at("V")) : inherits_new_signature(field.number);
  }

  // The page keeps its annotations; what is new are widgets of new signature fields.
  bool annotations_are_fine(std::int64_t page) const {
    const Object& old_list = file_.resolve_at(before(page), "Annots", then_);
    const Object& new_list = file_.resolve_at(after(page), "Annots", now_);
    std::size_t kept = 0;
    for (const Object& item : new_list.items) {
      if (kept < old_list.items.size() && item == old_list.items[kept]) {
        ++kept;
      } else if (!item.is(Kind::reference) || new_fields_.count(item.integer) == 0) {
        return false;
      }
    }
    return kept == old_list.items.size();
  }

  const File& file_;
  std::size_t now_;
  std::size_t then_;
  Permissions permissions_;
  Roles roles_;
  std::set<std::int64_t> fresh_;
  std::set<std::int64_t> changed_;
  std::set<std::int64_t> new_fields_;
  std::optional<std::map<std::int64_t, FormField>> fields_now_;  // once a widget needs it
  std::vector<std::string> problems_;
};

}  // namespace

std::vector<std::string> unexplained_changes(const File& file, std::size_t revision,
                                             const Permissions& permissions) {
  return Update(file, revision, permissions).run();
}

}  // namespace cinnabar::pdf
