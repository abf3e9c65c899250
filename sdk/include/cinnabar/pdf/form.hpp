// The form fields and the signature dictionaries of a file, revision by revision.
//
// Uses the File's cache, so: one thread. Source: ISO 32000-2, 12.7.4 and 12.8.1.
#pragma once

#include <cinnabar/pdf/file.hpp>
#include <cinnabar/pdf/limits.hpp>

#include <algorithm>
#include <set>

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
  Object dictionary;
  std::int64_t number = 0;          // its object; 0 when it stands inside the field
  std::size_t revision = 0;         // the first that knows it
  std::vector<std::string> fields;  // those that have it as value; empty: in no form

  // Its bytes are the file's own; a member of an object stream cannot be signed around.
  bool in_file() const { return dictionary.source == 0; }
};

// The signatures of all revisions, oldest first: also those a later revision let vanish, and
// dictionaries that look like signatures but belong to no field.
std::vector<FoundSignature> find_signatures(const File& file);

bool looks_like_signature(const Object& dictionary);

// A text string (ISO 32000-2, 7.9.2.2) as UTF-8.
std::string to_utf8(const std::string& text);

namespace detail {

using Kind = Object::Kind;

class FieldWalk {
 public:
  FieldWalk(const File& file, std::size_t revision) : file_(file), revision_(revision) {}

  void visit(const Object& reference, const FormField& parent, int depth) {
    if (depth > kTreeDepthMax) throw TooComplex("field tree too deep", reference.begin);
    if (out.size() >= kFieldsMax) throw TooComplex("too many fields", reference.begin);
    FormField field;
    if (reference.is(Kind::reference)) {
      field.number = reference.integer;
      if (!seen_.insert(field.number).second)
        throw Malformed("field tree refers to itself", reference.begin);
    }
    const Object& node = file_.resolve(reference, revision_);
    if (node.is(Kind::null)) return;
    if (!node.is(Kind::dictionary)) throw Malformed("field is no dictionary", reference.begin);
    field.node = &node;
    fill(field, parent);
    const Object& kids = at(node, "Kids");
    field.terminal = !kids.is(Kind::array) || kids.items.empty();
    out.push_back(field);
    if (kids.is(Kind::array))
      for (const Object& kid : kids.items) visit(kid, field, depth + 1);
  }

  std::vector<FormField> out;

 private:
  const Object& at(const Object& dictionary, std::string_view key) const {
    return file_.resolve_at(dictionary, key, revision_);
  }

  void fill(FormField& field, const FormField& parent) const {
    const Object& node = *field.node;
    field.name = parent.name;
    const Object& partial = at(node, "T");
    if (partial.is(Kind::string)) {
      if (!field.name.empty()) field.name += '.';
      field.name += to_utf8(partial.text);
    }
    const Object& type = at(node, "FT");
    field.type = type.is(Kind::name) ? type.text : parent.type;
    const Object& value = at(node, "V");
    field.value = &value;
    if (node.at("V").is(Kind::reference)) field.value_number = node.at("V").integer;
    if (value.is(Kind::null) && parent.value != nullptr) {
      field.value = parent.value;
      field.value_number = parent.value_number;
    }
  }

  const File& file_;
  std::size_t revision_;
  std::set<std::int64_t> seen_;
};

// Without keeping the object: this is asked of every object of a file. What cannot be read is no
// signature; in a later revision it is found where the changes are explained.
inline bool may_be_signature(const File& file, std::int64_t number, std::size_t revision) {
  try {
    const std::unique_ptr<IndirectObject> object = file.read(number, revision);
    return object != nullptr && !object->is_stream && looks_like_signature(object->value);
  } catch (const TooComplex&) {
    throw;
  } catch (const Malformed&) {
    return false;
  }
}

inline void append_utf8(std::string& out, std::uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 63));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 63));
    out += static_cast<char>(0x80 | (c & 63));
  } else {
    out += static_cast<char>(0xF0 | c >> 18);
    out += static_cast<char>(0x80 | (c >> 12 & 63));
    out += static_cast<char>(0x80 | (c >> 6 & 63));
    out += static_cast<char>(0x80 | (c & 63));
  }
}

inline std::string from_utf16(const std::string& text) {
  const auto unit = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i]) << 8 |
                                      static_cast<unsigned char>(text[i + 1]));
  };
  std::string out;
  for (std::size_t i = 2; i + 1 < text.size(); i += 2) {
    std::uint32_t c = unit(i);
    if (c >= 0xD800 && c < 0xDC00 && i + 3 < text.size()) {
      const std::uint32_t low = unit(i + 2);
      if (low >= 0xDC00 && low < 0xE000) {
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        i += 2;
      }
    }
    append_utf8(out, c >= 0xD800 && c < 0xE000 ? 0xFFFD : c);
  }
  return out;
}

}  // namespace detail

inline std::string to_utf8(const std::string& text) {
  if (text.size() >= 2 && text[0] == '\xFE' && text[1] == '\xFF') return detail::from_utf16(text);
  if (text.substr(0, 3) == "\xEF\xBB\xBF") return text.substr(3);
  std::string out;
  for (const char c : text) detail::append_utf8(out, static_cast<unsigned char>(c));
  return out;
}

inline std::vector<FormField> form_fields(const File& file, std::size_t revision) {
  const Object& form = file.resolve_at(file.catalog(revision), "AcroForm", revision);
  const Object& fields = file.resolve_at(form, "Fields", revision);
  detail::FieldWalk walk(file, revision);
  for (const Object& field : fields.items) walk.visit(field, {}, 0);
  return std::move(walk.out);
}

inline bool looks_like_signature(const Object& dictionary) {
  if (!dictionary.is(Object::Kind::dictionary)) return false;
  const Object& type = dictionary.at("Type");
  if (type.is_name("Sig") || type.is_name("DocTimeStamp"))
    return dictionary.has("Contents") || dictionary.has("ByteRange");
  return dictionary.has("ByteRange") && dictionary.has("Contents");
}

inline std::vector<FoundSignature> find_signatures(const File& file) {
  std::vector<FoundSignature> out;
  const auto note = [&](const Object& dictionary) -> FoundSignature& {
    for (FoundSignature& known : out)
      if (known.dictionary.is_same_place(dictionary)) return known;
    if (out.size() >= kSignaturesMax) throw TooComplex("too many signatures", dictionary.begin);
    out.emplace_back().dictionary = dictionary;
    return out.back();
  };
  for (std::size_t revision = 0; revision <= file.last(); ++revision) {
    for (const FormField& field : form_fields(file, revision)) {
      if (field.type != "Sig" || !field.value->is(Object::Kind::dictionary)) continue;
      FoundSignature& found = note(*field.value);
      if (found.fields.empty()) {
        found.revision = revision;
        found.number = field.value_number;
      }
      if (std::find(found.fields.begin(), found.fields.end(), field.name) == found.fields.end())
        found.fields.push_back(field.name);
    }
    for (const auto& [number, entry] : file.revisions()[revision].entries) {
      if (entry.kind == Entry::Kind::free || number == 0) continue;
      if (!detail::may_be_signature(file, number, revision)) continue;
      const IndirectObject* object = file.load(number, revision);
      FoundSignature& found = note(object->value);
      if (found.number != 0 || !found.fields.empty()) continue;
      found.revision = revision;
      found.number = number;
    }
    file.forget();
  }
  std::stable_sort(out.begin(), out.end(), [](const FoundSignature& a, const FoundSignature& b) {
    return a.revision < b.revision;
  });
  return out;
}

}  // namespace cinnabar::pdf
