#include "people.hpp"

#include "identity.hpp"

#include <cinnabar/password_hash.hpp>

namespace cinnabar {
namespace {

// A name of blanks only names nobody.
std::string required_name(const std::string& given) {
  std::string name = trimmed(given);
  if (name.empty()) throw Error("request.invalid", {{"reason", "must not be blank"}}, "/name");
  return name;
}

std::string required_mobile(const std::string& given) {
  if (!detail::fits_format("mobile", given))
    throw Error("request.invalid", {{"reason", "is not a well-formed mobile"}}, "/mobile");
  return normal_mobile(given);
}

EventDraft event_of(const char* type, const std::string& person) {
  return {type, person, person, person, Json::object()};
}

}  // namespace

std::optional<PersonRow> PeopleTable::by_id(const std::string& id) const {
  auto found = rows_.by_ids({id});
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::optional<PersonRow> PeopleTable::by_mobile(const std::string& mobile) const {
  auto found = rows_.by_mobiles({normal_mobile(mobile)});
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

PersonRow PeopleTable::make(std::string name, std::string mobile) const {
  PersonRow row;
  row.id = host_.new_id("per");
  row.name = std::move(name);
  row.mobile = std::move(mobile);
  row.created = host_.now();
  return row;
}

PersonRow PeopleTable::register_person(const NewPerson& in, WriteSet& writes) const {
  const std::string name = required_name(in.name), mobile = required_mobile(in.mobile);
  const auto known = by_mobile(mobile);
  if (known && known->registered) throw Error("organisation.mobile_taken", {{"mobile", mobile}});
  if (known && known->name != name) throw Error("organisation.name_differs", {{"mobile", mobile}});
  PersonRow row = known ? *known : make(name, mobile);
  row.registered = true;
  row.password = hash_password(in.password, host_.random(kPasswordSaltSize));
  if (known) {
    ++row.version;
    rows_.update(row, writes);
  } else {
    rows_.insert({row}, writes);
  }
  writes.events.push_back(event_of("person.registered", row.id));
  return row;
}

PersonRow PeopleTable::resolve(const std::string& given_name, const std::string& given_mobile,
                               WriteSet& writes) const {
  const std::string name = required_name(given_name), mobile = required_mobile(given_mobile);
  if (const auto known = by_mobile(mobile)) {
    if (known->name != name) throw Error("organisation.name_differs", {{"mobile", mobile}});
    return *known;
  }
  const PersonRow row = make(name, mobile);
  rows_.insert({row}, writes);
  return row;
}

}  // namespace cinnabar
