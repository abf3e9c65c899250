// The rules for form fields: new ones, signed ones, filled ones.
//
// Uses the File's cache, so: one thread. Source: ISO 32000-2, 12.7 and 12.8.
#pragma once

#include "update.hpp"

namespace cinnabar::pdf {

// Empty: the field is a signature field that may be added; otherwise why not.
std::string new_field_fault(Update& update, const Object& reference);

// The value of a field is a signature that came with this update.
bool is_new_signature(const Update& update, const Object& value);

// An empty signature field that now has a signature, and looks like it. Without a signature no look
// may change: a page would bear a seal that nobody made.
bool field_was_signed(Update& update, const FormField& field, const Object& node);

// A form field that got another value, and looks like it, where that is allowed.
bool field_was_filled(Update& update, const FormField& field, const Object& node);

// The value of a text or choice field, an object of its own, that became another text.
bool value_may_change(Update& update, std::int64_t number);

// A stream or dictionary under a field's /AP, changed in place.
bool appearance_may_change(Update& update, std::int64_t number);

}  // namespace cinnabar::pdf
