#include "check/odd_documents.hpp"

#include <cinnabar/json.hpp>

namespace cinnabar::authoring {
namespace {

constexpr std::size_t kLong = 1 << 20;
constexpr std::size_t kDeep = 100'000;
constexpr std::size_t kCharacters = 3'000;

std::string repeated(std::string_view what, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += what;
  return out;
}

// Characters of three and of four bytes that begin at each of the offsets: wherever a text is cut,
// one of them is cut within a character.
std::vector<Json> odd_values() {
  std::vector<Json> values{{},
                           7,
                           true,
                           "",
                           "x",
                           Json::array(),
                           Json::object(),
                           -1,
                           std::int64_t{9'000'000'000'000'000'000},
                           0.5};
  for (const char* before : {"", "a", "ab"})
    values.emplace_back(before + repeated("印", kCharacters));
  for (const char* text : {"\xF0\x9F\x98\x80\xEE\x80\x80", "../../etc/passwd", "' OR '1'='1",
                           "%s%n", "<script>", "line\nbreak", "zero\x01"})
    values.emplace_back(text);
  for (const char* before : {"", "a", "ab", "abc"})
    values.emplace_back(before + repeated("\xF0\x9F\x98\x80", kCharacters));
  values.emplace_back(std::string(kLong, 'x'));
  return values;
}

// Each place of the document once.
void places(const Json& json, std::vector<std::vector<std::size_t>>& out,
            std::vector<std::size_t> at = {}) {
  const std::size_t count = json.is_object() ? json.members().size() : json.items().size();
  for (std::size_t i = 0; i < count; ++i) {
    at.push_back(i);
    out.push_back(at);
    places(json.is_object() ? json.members()[i].second : json.items()[i], out, at);
    at.pop_back();
  }
}

// The document with the value at the place replaced; without it when there is none.
Json replaced(const Json& json, const std::vector<std::size_t>& at, std::size_t depth,
              const Json* value) {
  Json out = json.is_object() ? Json::object() : Json::array();
  const std::size_t count = json.is_object() ? json.members().size() : json.items().size();
  for (std::size_t i = 0; i < count; ++i) {
    const Json& old = json.is_object() ? json.members()[i].second : json.items()[i];
    const bool here = i == at[depth];
    if (here && depth + 1 == at.size() && !value) continue;
    Json item = !here ? old : depth + 1 == at.size() ? *value : replaced(old, at, depth + 1, value);
    if (json.is_object())
      out.set(json.members()[i].first, std::move(item));
    else
      out.add(std::move(item));
  }
  return out;
}

bool broken_texts(const std::string& right, const std::function<bool(const OddDocument&)>& each) {
  for (const char* text :
       {"", "{", "}", "nul", "{\"x\":", "[", "\"", "{\"x\":1}x", "{'x':1}", "\xEF\xBB"})
    if (!each({text, false})) return false;
  for (std::size_t part = 1; part < 8; ++part)
    if (!each({right.substr(0, right.size() * part / 8), false})) return false;
  if (!each({right + "x", false}) || !each({right + right, false}) ||
      !each({right + std::string(1, '\0'), true}))
    return false;
  if (!each({repeated("[", kDeep), false}) || !each({repeated("{\"a\":", kDeep), false}))
    return false;
  // Bytes that are no UTF-8, in the first texts of the document.
  std::size_t texts = 0;
  for (std::size_t at = right.find(":\""); at != std::string::npos && texts < 8;
       at = right.find(":\"", at + 2), ++texts)
    for (const char* bad : {"\xC3\x28", "\xFF", "\xED\xA0\x80", "\xE5\x8D"})
      if (!each({right.substr(0, at + 2) + bad + right.substr(at + 2), false})) return false;
  return true;
}

}  // namespace

void odd_documents(const std::string& right, const std::function<bool(const OddDocument&)>& each) {
  if (!broken_texts(right, each)) return;
  Json json;
  try {
    json = from_json<Json>(right);
  } catch (const Error&) {
    return;
  }
  std::vector<std::vector<std::size_t>> all;
  places(json, all);
  const std::vector<Json> values = odd_values();
  for (const auto& place : all)
    if (!each({to_json(replaced(json, place, 0, nullptr)), true})) return;
  for (const Json& value : values)
    for (const auto& place : all)
      if (!each({to_json(replaced(json, place, 0, &value)), true})) return;
}

}  // namespace cinnabar::authoring
