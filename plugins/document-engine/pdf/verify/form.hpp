// The form fields and the signature dictionaries of a file, revision by revision.
//
// Owner: verify/. Uses the File's cache, so: one thread. Source: ISO 32000-2, 12.7.4 and 12.8.1.
#pragma once

#include "file.hpp"

namespace cinnabar::pdf {

// A node of the field tree with what it inherits.
struct FormField {
  std::int64_t number = 0;  // of its object; 0 when it is a direct object
  std::string name;         // fully qualified, UTF-8
  std::string type;         // /FT, inherited
  const Object* node = nullptr;
  const Object* value = nullptr;  // /V resolved, inherited; the null object when there is none
  std::int64_t value_number = 0;  // object number of /V; 0 when direct or absent
  bool terminal = false;          // no kids that are fields or widgets
};

// All nodes of the field tree as of a revision. Throws Malformed when the tree is none.
std::vector<FormField> form_fields(const File& file, std::size_t revision);

struct FoundSignature {
  const Object* dictionary = nullptr;
  std::int64_t number = 0;                 // its object; 0 when it stands inside the field
  const IndirectObject* holder = nullptr;  // the object its bytes stand in; null: object stream
  std::size_t revision = 0;                // the first that knows it
  std::vector<std::string> fields;         // those that have it as value; empty: in no form
};

// The signatures of all revisions, oldest first: also those a later revision let vanish, and
// dictionaries that look like signatures but belong to no field.
std::vector<FoundSignature> find_signatures(const File& file);

bool looks_like_signature(const Object& dictionary);

// A text string (ISO 32000-2, 7.9.2.2) as UTF-8.
std::string to_utf8(const std::string& text);

}  // namespace cinnabar::pdf
