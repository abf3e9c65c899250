// What the objects of a revision are for, as far as a later update may change them.
//
// Uses the File's cache, so: one thread. An update may only change objects whose
// whole use is known: the same object used elsewhere too (as a page's content, say) has no role.
// Source: ISO 32000-2, 7.7.2, 12.7.3, 12.8.4.3.
#pragma once

#include <cinnabar/pdf/form.hpp>

#include <map>
#include <set>

namespace cinnabar::pdf {

struct Roles {
  std::int64_t catalog = 0;
  std::int64_t info = 0;
  std::int64_t metadata = 0;
  std::int64_t form = 0;                     // 0: direct in the catalog, or none
  std::int64_t field_list = 0;               // 0: direct in the form
  std::map<std::int64_t, FormField> fields;  // by object number
  std::set<std::int64_t> pages;
  std::map<std::int64_t, std::int64_t> annotation_lists;  // indirect /Annots -> its page
  std::set<std::int64_t> security_store;                  // dictionaries and arrays of the /DSS
};

Roles read_roles(const File& file, std::size_t revision);

// Of these objects, those that are also used in ways their role does not explain.
std::set<std::int64_t> used_otherwise(const File& file, std::size_t revision, const Roles& roles,
                                      const std::set<std::int64_t>& objects);

}  // namespace cinnabar::pdf
