#include "permissions.hpp"

#include <algorithm>
#include <optional>

namespace cinnabar::pdf {

namespace {

using Kind = Object::Kind;

// The parameters of a transform of the signature; null when it has none.
const Object* transform(const File& file, const FoundSignature& signature,
                        std::string_view method) {
  const std::size_t revision = signature.revision;
  for (const Object& item : file.resolve_at(signature.dictionary, "Reference", revision).items) {
    const Object& reference = file.resolve(item, revision);
    if (file.resolve_at(reference, "TransformMethod", revision).is_name(method))
      return &file.resolve_at(reference, "TransformParams", revision);
  }
  return nullptr;
}

// Of /TransformParams or of a field's /Lock, which are alike.
std::optional<FieldLock> lock_of(const File& file, const Object& parameters,
                                 std::size_t revision) {
  const Object& action = file.resolve_at(parameters, "Action", revision);
  FieldLock out;
  if (action.is_name("Include")) {
    out.action = FieldLock::Action::include;
  } else if (action.is_name("Exclude")) {
    out.action = FieldLock::Action::exclude;
  } else if (!action.is_name("All")) {
    return std::nullopt;
  }
  for (const Object& item : file.resolve_at(parameters, "Fields", revision).items)
    out.fields.push_back(to_utf8(file.resolve(item, revision).text));
  return out;
}

}  // namespace

bool FieldLock::covers(const std::string& field) const {
  const bool named = std::any_of(fields.begin(), fields.end(), [&](const std::string& one) {
    return field == one || (field.size() > one.size() && field.compare(0, one.size(), one) == 0 &&
                            field[one.size()] == '.');
  });
  return action == Action::all || named == (action == Action::include);
}

bool Permissions::locked(const std::string& field) const {
  return std::any_of(locks.begin(), locks.end(),
                     [&](const FieldLock& lock) { return lock.covers(field); });
}

std::int64_t certification_level(const File& file, const FoundSignature& signature) {
  const Object* parameters = transform(file, signature, "DocMDP");
  if (parameters == nullptr) return 0;
  const Object& level = file.resolve_at(*parameters, "P", signature.revision);
  if (level.is(Kind::null) && !parameters->has("P")) return 2;
  // What cannot be meant allows nothing.
  const bool clear = level.is(Kind::integer) && level.integer >= 1 && level.integer <= 3;
  return clear && !parameters->repeated_key ? level.integer : 1;
}

void PermissionHistory::add(const File& file, const FoundSignature& signature) {
  const std::int64_t level = certification_level(file, signature);
  if (level != 0) {
    out_.certified = true;
    out_.level = std::min(out_.level, level);
  }
  const bool has_lock = add_locks(file, signature);
  if (signature.dictionary.at("Type").is_name("DocTimeStamp")) return;
  if (!signed_) first_level_ = level;
  signed_ = true;
  all_lock_fields_ = all_lock_fields_ && has_lock;
}

// By the transform of the signature, and by the fields that have it as value.
bool PermissionHistory::add_locks(const File& file, const FoundSignature& signature) {
  const std::size_t before = out_.locks.size();
  const std::size_t revision = signature.revision;
  if (const Object* parameters = transform(file, signature, "FieldMDP"))
    if (const auto lock = lock_of(file, *parameters, revision)) out_.locks.push_back(*lock);
  for (const FormField& field : form_fields(file, revision)) {
    if (!signature.dictionary.is_same_place(*field.value)) continue;
    const Object& lock = file.resolve_at(*field.node, "Lock", revision);
    if (const auto closed = lock_of(file, lock, revision)) out_.locks.push_back(*closed);
    const Object& level_after = file.resolve_at(lock, "P", revision);
    if (level_after.is(Kind::integer))
      out_.level = std::min(out_.level, std::clamp<std::int64_t>(level_after.integer, 1, 3));
  }
  return out_.locks.size() > before;
}

Permissions PermissionHistory::now() const {
  Permissions out = out_;
  if (!signed_) return out;
  // An explicit word is needed: a certification that everything else stands on, or signers who said
  // which fields they close.
  const bool explicit_word = first_level_ >= 2 || all_lock_fields_;
  out.may_fill = explicit_word && out.level >= 2;
  out.may_annotate = first_level_ == 3 && out.level == 3;
  return out;
}

}  // namespace cinnabar::pdf
