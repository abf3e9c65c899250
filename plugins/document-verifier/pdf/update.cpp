#include "update.hpp"

#include <algorithm>

namespace cinnabar::pdf {

using Kind = Object::Kind;

bool same_but(const Object& before, const Object& after, Keys allowed) {
  if (!before.is(Kind::dictionary) || !after.is(Kind::dictionary) || after.repeated_key)
    return false;
  const auto rest = [&](const Object& full) {
    Object out;
    out.kind = Kind::dictionary;
    for (std::size_t i = 0; i < full.keys.size(); ++i) {
      const bool skip =
          std::find(allowed.begin(), allowed.end(), full.keys[i]) != allowed.end() ||
          full.items[i].is(Kind::null);
      if (skip) continue;
      out.keys.push_back(full.keys[i]);
      out.items.push_back(full.items[i]);
    }
    return out;
  };
  return rest(before) == rest(after);
}

bool only_grew(const Object& before, const Object& after) {
  if (after.repeated_key) return false;
  for (std::size_t i = 0; i < before.keys.size(); ++i)
    if (!(after.at(before.keys[i]) == before.items[i])) return false;
  return true;
}

bool same_object(const File& file, std::int64_t number, std::size_t then, std::size_t now) {
  const IndirectObject* old_object = file.load(number, then);
  const IndirectObject* new_object = file.load(number, now);
  if (old_object == nullptr || new_object == nullptr) return old_object == new_object;
  if (old_object == new_object) return true;
  if (old_object->is_stream != new_object->is_stream ||
      old_object->generation != new_object->generation || new_object->repaired)
    return false;
  if (!old_object->is_stream) return old_object->value == new_object->value;
  // An encrypted stream may be longer or shorter by its padding, and /Length may be indirect.
  if (!same_but(old_object->value, new_object->value, {"Length"})) return false;
  return file.stream_data(*old_object) == file.stream_data(*new_object);
}

}  // namespace cinnabar::pdf
