// Json: a JSON value of any shape, for what is not described: custom data, event payloads, what
// scripts see. Objects keep the order of their members. A value type; no sharing, no thread rules.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace cinnabar {

class Json {
 public:
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;

  Json() = default;
  Json(std::nullptr_t) {}
  Json(bool value) : value_(value) {}
  Json(int value) : value_(std::int64_t{value}) {}
  Json(std::int64_t value) : value_(value) {}
  Json(double value) : value_(value) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(Array value) : value_(std::move(value)) {}
  Json(Object value) : value_(std::move(value)) {}

  static Json object() { return Json(Object{}); }
  static Json array() { return Json(Array{}); }

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  bool is_boolean() const { return std::holds_alternative<bool>(value_); }
  bool is_integer() const { return std::holds_alternative<std::int64_t>(value_); }
  bool is_number() const { return is_integer() || std::holds_alternative<double>(value_); }
  bool is_text() const { return std::holds_alternative<std::string>(value_); }
  bool is_array() const { return std::holds_alternative<Array>(value_); }
  bool is_object() const { return std::holds_alternative<Object>(value_); }

  // The value if it is of that kind, else the fallback.
  bool boolean(bool fallback = false) const {
    const auto* v = std::get_if<bool>(&value_);
    return v ? *v : fallback;
  }
  std::int64_t integer(std::int64_t fallback = 0) const {
    if (const auto* v = std::get_if<std::int64_t>(&value_)) return *v;
    return fallback;
  }
  double number(double fallback = 0) const {
    if (const auto* v = std::get_if<std::int64_t>(&value_)) return static_cast<double>(*v);
    const auto* v = std::get_if<double>(&value_);
    return v ? *v : fallback;
  }
  const std::string& text() const {
    static const std::string kEmpty;
    const auto* v = std::get_if<std::string>(&value_);
    return v ? *v : kEmpty;
  }
  const Array& items() const {
    static const Array kEmpty;
    const auto* v = std::get_if<Array>(&value_);
    return v ? *v : kEmpty;
  }
  const Object& members() const {
    static const Object kEmpty;
    const auto* v = std::get_if<Object>(&value_);
    return v ? *v : kEmpty;
  }

  // The member of that name, or null.
  const Json& operator[](std::string_view name) const {
    static const Json kNull;
    for (const auto& member : members())
      if (member.first == name) return member.second;
    return kNull;
  }
  bool contains(std::string_view name) const {
    for (const auto& member : members())
      if (member.first == name) return true;
    return false;
  }
  // Sets a member; a value that is not an object becomes one.
  Json& set(std::string_view name, Json value) {
    if (!is_object()) value_ = Object{};
    for (auto& member : std::get<Object>(value_))
      if (member.first == name) {
        member.second = std::move(value);
        return *this;
      }
    std::get<Object>(value_).emplace_back(std::string(name), std::move(value));
    return *this;
  }
  // Appends an item; a value that is not an array becomes one.
  Json& add(Json value) {
    if (!is_array()) value_ = Array{};
    std::get<Array>(value_).push_back(std::move(value));
    return *this;
  }
  // For who reads a whole object: appends a member without looking for one of that name. After the
  // last one, settle_members() does once what set() would have done each time.
  Json& append_member(std::string name, Json value) {
    if (!is_object()) value_ = Object{};
    std::get<Object>(value_).emplace_back(std::move(name), std::move(value));
    return *this;
  }
  // Where a name was given several times, the first place stays, with the last value.
  void settle_members();

  bool operator==(const Json&) const = default;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> value_;
};

inline void Json::settle_members() {
  auto* all = std::get_if<Object>(&value_);
  if (!all || all->size() < 2) return;
  std::vector<Member*> sorted;
  sorted.reserve(all->size());
  for (Member& member : *all) sorted.push_back(&member);
  std::sort(sorted.begin(), sorted.end(), [](const Member* a, const Member* b) {
    const int order = a->first.compare(b->first);
    return order != 0 ? order < 0 : a < b;  // members of one name as they were given
  });
  std::vector<bool> repeated;
  Member* first = sorted.front();
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    if (sorted[i]->first != first->first) {
      first = sorted[i];
      continue;
    }
    first->second = std::move(sorted[i]->second);
    repeated.resize(all->size());
    repeated[static_cast<std::size_t>(sorted[i] - all->data())] = true;
  }
  if (repeated.empty()) return;
  Object kept;
  for (std::size_t i = 0; i < all->size(); ++i)
    if (!repeated[i]) kept.push_back(std::move((*all)[i]));
  *all = std::move(kept);
}

}  // namespace cinnabar
