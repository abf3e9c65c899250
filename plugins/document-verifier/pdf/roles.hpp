// What the objects of a revision are for, as far as a later update may change them.
//
// Uses the File's cache, so: one thread. An update may only change objects whose whole use is
// known: the same object used elsewhere too (as a page's content, say) has no role.
// Source: ISO 32000-2, 7.7.2, 12.7.3, 12.8.4.3.
#pragma once

#include "uses.hpp"

#include <cinnabar/pdf/form.hpp>

namespace cinnabar::pdf {

struct Roles {
  std::int64_t catalog = 0;
  std::int64_t info = 0;
  std::int64_t metadata = 0;
  std::int64_t form = 0;                     // 0: direct in the catalog, or none
  std::int64_t field_list = 0;               // 0: direct in the form
  std::map<std::int64_t, FormField> fields;  // by object number
  // The streams and dictionaries under a field's /AP -> the field.
  std::map<std::int64_t, std::int64_t> appearances;
  // The /V of a text or choice field as an object of its own -> the field it stands in.
  std::map<std::int64_t, std::int64_t> values;
  std::set<std::int64_t> pages;
  std::map<std::int64_t, std::int64_t> annotation_lists;  // indirect /Annots -> its page
  std::set<std::int64_t> security_store;                  // dictionaries and arrays of the /DSS
  std::set<std::int64_t> store_data;                      // its streams
  std::set<std::int64_t> extensions;                      // /Extensions and /Perms as objects
  std::set<std::int64_t> resources;                       // /DR and its dictionaries
};

Roles read_roles(const File& file, std::size_t revision);

// The object has several roles, each of which could hide what an update does to it in the other.
bool has_several_roles(const Roles& roles, std::int64_t object);

// The object is also used in ways that its role does not explain.
bool used_otherwise(const Uses& uses, const Roles& roles, std::int64_t object);

}  // namespace cinnabar::pdf
