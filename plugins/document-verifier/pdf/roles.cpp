#include "roles.hpp"

#include <cinnabar/pdf/limits.hpp>

#include <algorithm>

namespace cinnabar::pdf {

namespace {

using Kind = Object::Kind;

std::int64_t number_under(const Object& dictionary, std::string_view key) {
  const Object& value = dictionary.at(key);
  return value.is(Kind::reference) ? value.integer : 0;
}

class Reader {
 public:
  Reader(const File& file, std::size_t revision) : file_(file), revision_(revision) {}

  Roles read() {
    const Object& trailer = file_.revisions()[revision_].trailer;
    const Object& catalog = file_.catalog(revision_);
    roles_.catalog = number_under(trailer, "Root");
    roles_.info = number_under(trailer, "Info");
    roles_.metadata = number_under(catalog, "Metadata");
    roles_.form = number_under(catalog, "AcroForm");
    roles_.field_list = number_under(at(catalog, "AcroForm"), "Fields");
    for (const FormField& field : form_fields(file_, revision_))
      if (field.number != 0) roles_.fields[field.number] = field;
    read_pages(catalog.at("Pages"), 0);
    read_store(catalog.at("DSS"), 0);
    return std::move(roles_);
  }

 private:
  const Object& at(const Object& dictionary, std::string_view key) const {
    return file_.resolve_at(dictionary, key, revision_);
  }

  void read_pages(const Object& reference, int depth) {
    if (depth > kTreeDepthMax) throw TooComplex("page tree too deep", reference.begin);
    if (!reference.is(Kind::reference)) return;
    if (!seen_.insert(reference.integer).second) return;
    const Object& node = file_.resolve(reference, revision_);
    const Object& kids = at(node, "Kids");
    if (kids.is(Kind::array)) {
      for (const Object& kid : kids.items) read_pages(kid, depth + 1);
      return;
    }
    roles_.pages.insert(reference.integer);
    if (const std::int64_t list = number_under(node, "Annots"); list != 0)
      roles_.annotation_lists[list] = reference.integer;
  }

  // The store's dictionaries and arrays; its streams are data and never change.
  void read_store(const Object& value, int depth) {
    if (depth > 4) return;  // DSS, VRI, one VRI entry, its arrays
    const Object* target = &value;
    if (value.is(Kind::reference)) {
      const IndirectObject* object = file_.load(value.integer, revision_);
      if (object == nullptr || object->is_stream) return;
      if (!roles_.security_store.insert(value.integer).second) return;
      target = &object->value;
    }
    for (const Object& item : target->items) read_store(item, depth + 1);
  }

  const File& file_;
  std::size_t revision_;
  Roles roles_;
  std::set<std::int64_t> seen_;
};

// Keys under which an object of a role may be referred to.
bool key_fits(const Roles& roles, std::int64_t object, const std::string& key) {
  const auto is_one_of = [&](std::initializer_list<std::string_view> keys) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
  };
  if (roles.pages.count(object) || object == roles.catalog) return true;
  if (object == roles.form) return key == "AcroForm";
  if (object == roles.field_list || roles.annotation_lists.count(object))
    return is_one_of({"Fields", "Annots"});
  if (roles.fields.count(object))
    return is_one_of({"Fields", "Kids", "Annots", "Parent", "Obj", "CO", "Popup"});
  if (object == roles.metadata) return key == "Metadata";
  if (roles.security_store.count(object))
    return is_one_of({"DSS", "VRI", "Certs", "CRLs", "OCSPs", "Cert", "CRL", "OCSP"});
  return false;
}

// Calls visit(number, key) for each reference in a value; key is the nearest dictionary's.
template <class Visit>
void each_reference(const Object& value, const std::string& key, const Visit& visit) {
  if (value.is(Kind::reference)) visit(value.integer, key);
  for (std::size_t i = 0; i < value.items.size(); ++i)
    each_reference(value.items[i], value.is(Kind::dictionary) ? value.keys[i] : key, visit);
}

}  // namespace

Roles read_roles(const File& file, std::size_t revision) { return Reader(file, revision).read(); }

std::set<std::int64_t> used_otherwise(const File& file, std::size_t revision, const Roles& roles,
                                      const std::set<std::int64_t>& objects) {
  std::set<std::int64_t> out;
  for (const std::int64_t holder : file.numbers(revision)) {
    const IndirectObject* object = file.load(holder, revision);
    if (object == nullptr) continue;
    const bool is_list = holder == roles.field_list || roles.annotation_lists.count(holder) != 0;
    const bool is_store = roles.security_store.count(holder) != 0;
    each_reference(object->value, "", [&](std::int64_t number, const std::string& key) {
      if (objects.count(number) == 0) return;
      const bool by_list = key.empty() && is_list && roles.fields.count(number) != 0;
      const bool by_store = is_store && roles.security_store.count(number) != 0;
      if (!by_list && !by_store && !key_fits(roles, number, key)) out.insert(number);
    });
  }
  return out;
}

}  // namespace cinnabar::pdf
