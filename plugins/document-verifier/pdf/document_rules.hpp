// The rules for what is no form field: catalog, form, pages, structure, metadata, security store.
//
// Uses the File's cache, so: one thread. Source: ISO 32000-2, 7.7, 12.5, 14.3, 14.7.
#pragma once

#include "update.hpp"

namespace cinnabar::pdf {

bool catalog_may_change(Update& update);
bool form_may_change(const Update& update, const Object& old_form, const Object& new_form);
bool resources_may_change(const Update& update, const Object& before, const Object& after);

// The page keeps its annotations; what is new are widgets of new signature fields, and notes where
// a certification allows them.
bool page_may_change(const Update& update, std::int64_t page);
bool annotations_may_change(const Update& update, std::int64_t page);

// /Info and XMP say when and with what a file was written; its title and author stay.
bool info_may_change(const Update& update, const Object& before, const Object& after);
bool metadata_may_change(const Update& update, std::int64_t number);

// The structure tree only takes in the new fields.
bool structure_may_change(const Update& update, std::int64_t number);

}  // namespace cinnabar::pdf
