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
    const Object& form = at(catalog, "AcroForm");
    roles_.field_list = number_under(form, "Fields");
    for (const FormField& field : form_fields(file_, revision_)) {
      if (field.number == 0) continue;
      roles_.fields[field.number] = field;
      read_appearance(field.node->at("AP"), field.number, 0);
      if (field.type == "Tx" || field.type == "Ch") read_value(*field.node, field.number);
    }
    read_pages(catalog.at("Pages"), 0);
    read_store(catalog.at("DSS"));
    for (const char* key : {"Extensions", "Perms"})
      if (const std::int64_t number = number_under(catalog, key); number != 0)
        roles_.extensions.insert(number);
    read_resources(form);
    return std::move(roles_);
  }

 private:
  const Object& at(const Object& dictionary, std::string_view key) const {
    return file_.resolve_at(dictionary, key, revision_);
  }

  // /AP, its states, their streams.
  void read_appearance(const Object& value, std::int64_t field, int depth) {
    if (depth > 2) return;
    const Object* target = &value;
    if (value.is(Kind::reference)) {
      const IndirectObject* object = file_.load(value.integer, revision_);
      if (object == nullptr) return;
      const auto [place, first] = roles_.appearances.emplace(value.integer, field);
      if (!first) place->second = 0;  // shared by fields: it belongs to none
      if (object->is_stream) return;
      target = &object->value;
    }
    for (const Object& item : target->items) read_appearance(item, field, depth + 1);
  }

  void read_value(const Object& field, std::int64_t number) {
    const std::int64_t value = number_under(field, "V");
    if (value == 0) return;
    const auto [place, first] = roles_.values.emplace(value, number);
    if (!first) place->second = 0;
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

  // The dictionary or array that a value is or refers to, known as a part of the store.
  const Object& store_part(const Object& value) {
    static const Object none;
    if (!value.is(Kind::reference)) return value;
    const IndirectObject* object = file_.load(value.integer, revision_);
    if (object == nullptr || object->is_stream) return none;
    roles_.security_store.insert(value.integer);
    return object->value;
  }

  // Its members are streams; what a /DSS names besides is no part of it.
  void read_store_data(const Object& list) {
    for (const Object& item : list.items) {
      if (!item.is(Kind::reference)) continue;
      const IndirectObject* object = file_.load(item.integer, revision_);
      if (object != nullptr && object->is_stream) roles_.store_data.insert(item.integer);
    }
  }

  void read_store(const Object& value) {
    const Object& store = store_part(value);
    for (const char* key : {"Certs", "CRLs", "OCSPs"}) read_store_data(store_part(store.at(key)));
    const Object& entries = store_part(store.at("VRI"));
    if (!entries.is(Kind::dictionary)) return;
    for (const Object& item : entries.items) {
      const Object& entry = store_part(item);
      if (!entry.is(Kind::dictionary)) continue;
      for (const char* key : {"Cert", "CRL", "OCSP"}) read_store_data(store_part(entry.at(key)));
      Object stamp;
      stamp.items.push_back(entry.at("TS"));
      read_store_data(stamp);
    }
  }

  void read_resources(const Object& form) {
    if (const std::int64_t number = number_under(form, "DR"); number != 0)
      roles_.resources.insert(number);
    const Object& resources = at(form, "DR");
    for (const Object& kind : resources.items)
      if (kind.is(Kind::reference) && file_.resolve(kind, revision_).is(Kind::dictionary))
        roles_.resources.insert(kind.integer);
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
  if (roles.pages.count(object) || object == roles.catalog) return key != "?";
  if (object == roles.form) return key == "AcroForm";
  if (object == roles.field_list || roles.annotation_lists.count(object))
    return is_one_of({"Fields", "Annots"});
  if (roles.fields.count(object))
    return is_one_of({"Fields", "Kids", "Annots", "Parent", "Obj", "CO", "Popup", "T", "V"});
  if (roles.appearances.count(object)) return is_one_of({"AP", "N", "D", "R"});
  if (roles.values.count(object)) return key == "V";
  if (object == roles.metadata) return key == "Metadata";
  // The dictionary of a section that is a stream is an object, too, and names it.
  if (object == roles.info) return key == "Info";
  if (roles.security_store.count(object) || roles.store_data.count(object))
    return is_one_of({"DSS", "VRI", "Certs", "CRLs", "OCSPs", "Cert", "CRL", "OCSP", "TS"}) ||
           key.size() == 40;  // a VRI entry is named by a digest
  if (roles.extensions.count(object)) return is_one_of({"Extensions", "Perms"});
  if (roles.resources.count(object)) return key == "DR";
  // Structure elements hang together by these; a page shows nothing by them.
  return is_one_of({"K", "P", "Pg", "StructTreeRoot", "ParentTree", "Nums", "Kids", "IDTree"});
}

}  // namespace

Roles read_roles(const File& file, std::size_t revision) { return Reader(file, revision).read(); }

bool has_several_roles(const Roles& roles, std::int64_t object) {
  int count = 0;
  for (const std::int64_t one : {roles.catalog, roles.info, roles.metadata, roles.form})
    count += one == object;
  count += roles.fields.count(object) + roles.appearances.count(object) +
           roles.values.count(object) + roles.pages.count(object) +
           roles.extensions.count(object) + roles.resources.count(object);
  count += roles.security_store.count(object) != 0 || roles.store_data.count(object) != 0;
  // One array may serve as both lists; then it must pass as both.
  count += roles.field_list == object || roles.annotation_lists.count(object) != 0;
  return count > 1;
}

bool used_otherwise(const Uses& uses, const Roles& roles, std::int64_t object) {
  for (const auto& [holder, key] : uses.of(object)) {
    if (key_fits(roles, object, key)) continue;
    const bool is_list = holder == roles.field_list || roles.annotation_lists.count(holder) != 0;
    const bool by_list = key.empty() && is_list && roles.fields.count(object) != 0;
    const bool in_store =
        roles.security_store.count(holder) != 0 && !has_several_roles(roles, holder);
    const bool by_store = in_store && (roles.security_store.count(object) != 0 ||
                                       roles.store_data.count(object) != 0);
    const bool by_look = roles.appearances.count(holder) != 0 &&
                         roles.appearances.count(object) != 0;
    // An array of structure elements, which a number tree keeps for each page.
    const bool by_structure = key.empty() && uses.of(holder).size() > 0 &&
                              uses.of(holder)[0].key == "Nums";
    const bool by_resource =
        roles.resources.count(object) != 0 &&
        (holder == roles.form || holder == roles.catalog || roles.resources.count(holder) != 0);
    if (!by_list && !by_store && !by_look && !by_structure && !by_resource) return true;
  }
  return false;
}

}  // namespace cinnabar::pdf
