#include "changes.hpp"

#include "covering.hpp"
#include "document_rules.hpp"
#include "field_rules.hpp"

#include <algorithm>

namespace cinnabar::pdf {

namespace {

using Kind = Object::Kind;

class Explanation {
 public:
  Explanation(const File& file, std::size_t revision, const Uses& uses,
               const Permissions& permissions, PageContents& contents)
      : update_(file, revision, permissions), uses_(uses), contents_(contents) {}

  std::vector<ChangeReport> run() {
    check_trailer();
    collect_changes();
    for (const std::int64_t number : update_.changed)
      if (has_several_roles(update_.roles, number) ||
          used_otherwise(uses_, update_.roles, number))
        forbid("object_used_elsewhere", number);
    // A fresh number that is referred to already would fill a gap left on purpose.
    for (const std::int64_t number : update_.fresh)
      if (!uses_.of(number).empty() || holds_older_objects(number))
        forbid("object_used_elsewhere", number);
    for (const std::int64_t number : update_.changed)
      if (holds_older_objects(number)) forbid("object_stream_changed", number);
    find_new_fields();
    for (const std::int64_t number : update_.changed) explain(number);
    check_coverings();
    tell_signatures();
    return std::move(out_);
  }

 private:
  void tell(const std::string& code, std::int64_t object, const std::string& field = {}) {
    for (const ChangeReport& known : out_)
      if (known.code == code && known.field == field && known.allowed) return;
    out_.push_back({revision(), code, field, object, true});
  }
  void forbid(const std::string& code, std::int64_t object) {
    const auto field = update_.roles.fields.find(object);
    const std::string name = field == update_.roles.fields.end() ? "" : field->second.name;
    out_.push_back({revision(), code, name, object, false});
  }
  std::int64_t revision() const { return static_cast<std::int64_t>(update_.now) + 1; }

  void check_trailer() {
    const Revision& before = update_.file.revisions()[update_.then];
    const Revision& after = update_.file.revisions()[update_.now];
    if (!(before.trailer.at("Root") == after.trailer.at("Root"))) forbid("root_changed", 0);
    // Where the one names nothing, readers stop at it.
    const Object& old_encryption = update_.old_at(before.trailer, "Encrypt");
    const Object& new_encryption = update_.new_at(after.trailer, "Encrypt");
    if (!(before.trailer.at("Encrypt") == after.trailer.at("Encrypt")) &&
        (new_encryption.is(Kind::null) || !(old_encryption == new_encryption)))
      forbid("encryption_changed", 0);
    // Some writers count what the update holds, and no reader minds.
    const bool own = !after.entries.empty() && after.size == after.entries.rbegin()->first + 1;
    if (after.size < before.size && !own) forbid("size_shrunk", 0);
    // A new /Info is an object of its own; what it must keep is what a changed one must.
    const Object& old_info = update_.old_at(before.trailer, "Info");
    const Object& new_info = update_.new_at(after.trailer, "Info");
    if (!(before.trailer.at("Info") == after.trailer.at("Info")) && !new_info.is(Kind::null) &&
        !info_may_change(update_, old_info, new_info))
      forbid("information_changed", 0);
  }

  bool unchanged(std::int64_t number) const {
    try {
      return same_object(update_.file, number, update_.then, update_.now);
    } catch (const TooComplex&) {
      throw;
    } catch (const Malformed&) {
      return false;
    }
  }

  void collect_changes() {
    for (const auto& [number, entry] : update_.file.revisions()[update_.now].entries) {
      if (number == 0) continue;
      if (update_.file.entry(number, update_.then) == nullptr) {
        if (entry.kind != Entry::Kind::free) update_.fresh.insert(number);
      } else if (!unchanged(number)) {
        update_.changed.insert(number);
      }
    }
  }

  const Object& form(std::size_t revision) const {
    return update_.file.resolve_at(update_.file.catalog(revision), "AcroForm", revision);
  }

  // The list of fields keeps its old entries in their order; what is new must be signature fields.
  void find_new_fields() {
    const Object& old_list = update_.old_at(form(update_.then), "Fields");
    const Object& new_list = update_.new_at(form(update_.now), "Fields");
    std::size_t kept = 0;
    for (const Object& item : new_list.items) {
      if (kept < old_list.items.size() && item == old_list.items[kept]) {
        ++kept;
        continue;
      }
      const std::string fault =
          update_.is_fresh(item) ? new_field_fault(update_, item) : "field_list_changed";
      if (!fault.empty()) forbid(fault, item.is(Kind::reference) ? item.integer : 0);
    }
    if (kept != old_list.items.size()) forbid("field_removed", 0);
  }

  bool holds_older_objects(std::int64_t number) const {
    return update_.file.has_members(number, update_.then, update_.now);
  }

  // Something that is gone: allowed where it was a part that an update replaces.
  bool may_be_freed(std::int64_t number) {
    const Roles& roles = update_.roles;
    return roles.security_store.count(number) != 0 || roles.store_data.count(number) != 0 ||
           roles.extensions.count(number) != 0 || roles.resources.count(number) != 0 ||
           number == roles.metadata || number == roles.info || number == roles.form ||
           number == roles.field_list || roles.annotation_lists.count(number) != 0 ||
           uses_.of(number).empty() || appearance_may_change(update_, number);
  }

  bool list_may_change(std::int64_t number) {
    // A file may use one array for both; then it must pass as both.
    const auto list = update_.roles.annotation_lists.find(number);
    return update_.after(number).is(Kind::array) &&
           (list == update_.roles.annotation_lists.end() ||
            annotations_may_change(update_, list->second));
  }

  // The code of the rule that explains the object; empty when none does.
  std::string rule_for(std::int64_t number) {
    const Roles& roles = update_.roles;
    const IndirectObject* now = update_.file.load(number, update_.now);
    if (now == nullptr) return may_be_freed(number) ? "object_freed" : "";
    const IndirectObject* then = update_.file.load(number, update_.then);
    if (then == nullptr || now->generation != then->generation || now->repaired) return "";
    const Object& before = then->value;
    const Object& after = now->value;
    const auto field = roles.fields.find(number);
    if (number == roles.catalog) return catalog_may_change(update_) ? "catalog_updated" : "";
    if (number == roles.form)
      return form_may_change(update_, before, after) ? "form_updated" : "";
    if (number == roles.field_list || roles.annotation_lists.count(number) != 0)
      return list_may_change(number) ? "form_updated" : "";
    if (field != roles.fields.end()) {
      if (field_was_signed(update_, field->second, after)) return "field_signed";
      return field_was_filled(update_, field->second, after) ? "form_filled" : "";
    }
    if (roles.appearances.count(number) != 0)
      return appearance_may_change(update_, number) ? "form_filled" : "";
    if (roles.values.count(number) != 0)
      return value_may_change(update_, number) ? "form_filled" : "";
    if (roles.pages.count(number) != 0)
      return page_may_change(update_, number) ? "page_got_fields" : "";
    if (number == roles.info)
      return info_may_change(update_, before, after) ? "metadata_updated" : "";
    if (number == roles.metadata)
      return metadata_may_change(update_, number) ? "metadata_updated" : "";
    if (roles.security_store.count(number) != 0)
      return after.is(before.kind) && !now->is_stream ? "validation_data_added" : "";
    if (roles.extensions.count(number) != 0)
      return only_grew(before, after) ? "catalog_updated" : "";
    if (roles.resources.count(number) != 0)
      return only_grew(before, after) || resources_may_change(update_, before, after)
                 ? "form_updated"
                 : "";
    return structure_may_change(update_, number) ? "structure_updated" : "";
  }

  void explain(std::int64_t number) {
    std::string code;
    try {
      code = rule_for(number);
    } catch (const TooComplex&) {
      throw;
    } catch (const Malformed&) {
      code.clear();
    }
    if (code.empty()) {
      forbid("object_changed", number);
    } else if (code != "field_signed") {
      const auto field = update_.roles.fields.find(number);
      tell(code, number, field == update_.roles.fields.end() ? "" : field->second.name);
    }
  }

  void check_coverings() {
    try {
      for (const Covering& one : find_coverings(update_, contents_)) forbid(one.code, one.object);
    } catch (const TooComplex&) {
      throw;
    } catch (const Malformed&) {
      forbid("object_changed", 0);  // a new annotation that cannot be read
    }
  }

  // The signatures of this update, by their fields.
  void tell_signatures() {
    for (const FormField& field : form_fields(update_.file, update_.now)) {
      if (field.type != "Sig" || !field.value->is(Kind::dictionary)) continue;
      const bool came = update_.new_fields.count(field.number) != 0 ||
                        update_.filled.count(field.number) != 0;
      if (!came) continue;
      const bool stamp = field.value->at("Type").is_name("DocTimeStamp");
      tell(stamp ? "timestamp_added" : "signature_added", field.number, field.name);
    }
    const Object& before = update_.file.catalog(update_.then);
    const Object& after = update_.file.catalog(update_.now);
    if (!before.has("DSS") && after.has("DSS")) tell("validation_data_added", 0);
  }

  Update update_;
  const Uses& uses_;
  PageContents& contents_;
  std::vector<ChangeReport> out_;
};

}  // namespace

std::vector<ChangeReport> explain_update(const File& file, std::size_t revision, const Uses& uses,
                                         const Permissions& permissions, PageContents& contents) {
  return Explanation(file, revision, uses, permissions, contents).run();
}

}  // namespace cinnabar::pdf
