// One incremental update as the rules see it: what it found, what it left, what it may do.
//
// Uses the File's cache, so: one thread.
#pragma once

#include "permissions.hpp"
#include "roles.hpp"

#include <initializer_list>
#include <optional>

namespace cinnabar::pdf {

struct Update {
  Update(const File& file_in, std::size_t revision, const Permissions& permissions_in)
      : file(file_in),
        now(revision),
        then(revision - 1),
        permissions(permissions_in),
        roles(read_roles(file_in, revision - 1)) {}

  const File& file;
  std::size_t now;
  std::size_t then;
  Permissions permissions;
  Roles roles;                         // as of `then`
  std::set<std::int64_t> fresh;        // numbers that were free or unknown
  std::set<std::int64_t> changed;      // numbers with another object, or freed
  std::set<std::int64_t> new_fields;   // signature fields that came with this update
  std::set<std::int64_t> filled;       // fields that got a value with this update
  std::optional<std::map<std::int64_t, FormField>> fields_now;  // once a rule needs it

  const Object& before(std::int64_t number) const { return value(number, then); }
  const Object& after(std::int64_t number) const { return value(number, now); }
  const Object& old_at(const Object& dictionary, std::string_view key) const {
    return file.resolve_at(dictionary, key, then);
  }
  const Object& new_at(const Object& dictionary, std::string_view key) const {
    return file.resolve_at(dictionary, key, now);
  }
  bool is_fresh(const Object& reference) const {
    return reference.is(Object::Kind::reference) && fresh.count(reference.integer) != 0;
  }
  const FormField* field_now(std::int64_t number) {
    if (!fields_now) {
      fields_now.emplace();
      for (const FormField& field : form_fields(file, now))
        if (field.number != 0) (*fields_now)[field.number] = field;
    }
    const auto found = fields_now->find(number);
    return found == fields_now->end() ? nullptr : &found->second;
  }

 private:
  const Object& value(std::int64_t number, std::size_t revision) const {
    static const Object none;
    const IndirectObject* object = file.load(number, revision);
    return object == nullptr ? none : object->value;
  }
};

using Keys = std::initializer_list<std::string_view>;

// Two dictionaries differ at most under the given keys.
bool same_but(const Object& before, const Object& after, Keys allowed);

// Every entry of the one is unchanged in the other, which may have more.
bool only_grew(const Object& before, const Object& after);

// The object is the same as before: value, generation and, for a stream, data.
bool same_object(const File& file, std::int64_t number, std::size_t then, std::size_t now);

}  // namespace cinnabar::pdf
