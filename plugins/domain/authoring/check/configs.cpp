#include "check/configs.hpp"

#include <cinnabar/json.hpp>

#include <algorithm>
#include <functional>

namespace cinnabar::authoring {
namespace {

constexpr std::size_t kLongText = 1 << 20;
constexpr const char* kUnknownKey = "no_such_key";

bool named(const std::string& name, std::initializer_list<const char*> parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](const char* part) { return name.find(part) != std::string::npos; });
}

bool is_secret(const std::string& name, const Json& schema) {
  return schema["x-secret"].boolean() ||
         (schema["type"].text() == "string" && !named(name, {"file", "path", "url"}) &&
          named(name, {"secret", "password", "token", "api_key", "apikey", "private_key"}));
}

// Places outside, which another value would not reach.
bool is_place(const std::string& name) {
  return named(name, {"url", "uri", "endpoint", "host", "address", "file", "path", "folder",
                      "module", "library", "socket", "server", "store", "region", "bucket"});
}

std::string text_value(const std::string& name, const Json& schema, bool other) {
  std::string text = other ? "Another " + name : "Usual " + name;
  if (is_secret(name, schema))
    text = other ? "Yb4nHs9wRk3tJc6v" : "Zw8rKt5mQx2pLv7n";
  else if (named(name, {"url", "uri", "endpoint"}))
    text = "http://127.0.0.1:9/";
  else if (named(name, {"host", "address"}))
    text = "127.0.0.1";
  const auto most = static_cast<std::size_t>(schema["maxLength"].integer(200));
  const auto least = static_cast<std::size_t>(schema["minLength"].integer(0));
  if (text.size() > most) text.resize(most);
  if (text.size() < least) text.resize(least, 'x');
  return text;
}

Json value_for(const std::string& name, const Json& schema, bool other) {
  const std::string& type = schema["type"].text();
  const auto& choices = schema["enum"].items();
  if (!choices.empty()) return other ? choices.back() : choices.front();
  if (type == "boolean") return Json(other != schema["default"].boolean(false));
  if (type == "integer" || type == "number") {
    const std::int64_t usual = schema["default"].integer(schema["minimum"].integer(1));
    if (!other) return Json(usual);
    return Json(schema["maximum"].integer(schema["minimum"].integer(usual) + 1));
  }
  if (!other && !schema["default"].is_null() && !is_secret(name, schema)) return schema["default"];
  if (!other && !schema["examples"].items().empty()) return schema["examples"].items().front();
  if (type == "string") return Json(text_value(name, schema, other));
  if (type == "array") {
    Json list = Json::array();
    for (std::int64_t i = schema["minItems"].integer(other ? 1 : 0); i > 0; --i)
      list.add(value_for(name, schema["items"], other));
    return list;
  }
  if (type == "object") return usual_config(schema, {});
  return {};
}

bool required(const Json& schema, const std::string& name) {
  for (const Json& one : schema["required"].items())
    if (one.text() == name) return true;
  return false;
}

Json completed(Json config, const Json& fixture) {
  for (const auto& [name, value] : fixture["config"].members()) config.set(name, value);
  return config;
}

Json wrong_value(const Json& schema) {
  const std::string& type = schema["type"].text();
  if (type == "string") return Json(7);
  if (type == "boolean") return Json("perhaps");
  if (type == "array" || type == "object") return Json("a text");
  return Json("seven");
}

// The configuration once for each object in it, with an unknown key in that one. An object that the
// schema has and the configuration has not is put there first.
void add_unknown(const Json& schema, const Json& config, const std::string& at,
                 const std::function<void(const std::string& at, const Json& config)>& each) {
  if (schema["additionalProperties"].is_object()) return;  // it is a map: every key is known
  if (schema["properties"].members().empty() && !at.empty()) return;
  Json unknown = config.is_object() ? config : Json::object();
  each(at, unknown.set(kUnknownKey, 1));
  for (const auto& [name, property] : schema["properties"].members()) {
    const bool list = property["type"].text() == "array";
    const Json& inner = list ? property["items"] : property;
    if (inner["type"].text() != "object") continue;
    const Json& there = list ? Json() : config[name];
    const Json usual = there.is_object() ? there : usual_config(inner, {});
    const auto inside = [&, &n = name](const std::string& where, const Json& value) {
      Json out = config.is_object() ? config : Json::object();
      each(where, out.set(n, list ? Json::array().add(value) : value));
    };
    add_unknown(inner, usual, at + "/" + name, inside);
  }
}

std::string without(const Json& config, const std::string& name) {
  Json out = Json::object();
  for (const auto& [key, value] : config.members())
    if (key != name) out.set(key, value);
  return to_json(out);
}

}  // namespace

Json usual_config(const Json& schema, const Json& fixture) {
  Json config = Json::object();
  for (const auto& [name, property] : schema["properties"].members())
    if (required(schema, name) ||
        (is_secret(name, property) && property["type"].text() == "string"))
      config.set(name, value_for(name, property, false));
  return completed(std::move(config), fixture);
}

Json other_config(const Json& schema, const Json& fixture) {
  Json config = usual_config(schema, {});
  for (const auto& [name, property] : schema["properties"].members())
    if (!is_place(name)) config.set(name, value_for(name, property, true));
  return completed(std::move(config), fixture);
}

std::vector<Secret> config_secrets(const Json& schema, const Json& config) {
  std::vector<Secret> out;
  for (const auto& [name, property] : schema["properties"].members())
    if (is_secret(name, property) && config[name].is_text())
      out.push_back({"the configured " + name, config[name].text()});
  return out;
}

std::vector<WrongConfig> wrong_configs(const Json& schema, const Json& usual) {
  std::vector<WrongConfig> out;
  add_unknown(schema, usual, "", [&](const std::string& at, const Json& config) {
    out.push_back({std::string("the unknown key \"") + kUnknownKey + "\"" +
                       (at.empty() ? "" : " in " + at),
                   to_json(config),
                   "read it with host.config<T>(), or refuse what you do not know"});
  });
  for (const Json& name : schema["required"].items())
    out.push_back({"no \"" + name.text() + "\", which is required", without(usual, name.text()),
                   "check in the constructor that it is there, and throw an Error that names it",
                   name.text()});
  for (const auto& [name, property] : schema["properties"].members()) {
    Json wrong = usual;
    out.push_back({"a \"" + name + "\" of a wrong type",
                   to_json(wrong.set(name, wrong_value(property))),
                   "read it with host.config<T>(), or check the types"});
    if (property["type"].text() != "string") continue;
    Json large = usual;
    out.push_back({"a very long \"" + name + "\"",
                   to_json(large.set(name, std::string(kLongText, 'x'))), "", "", false});
  }
  for (const char* text : {"{", "[1", "{\"a\":}", "nonsense"})
    out.push_back({std::string("a text that is not JSON: ") + text, text,
                   "read it with host.config<T>(), or refuse it"});
  out.push_back({"a deeply nested document", std::string(100'000, '['), "", "", false});
  out.push_back({"an empty text", "", "", "", false});
  return out;
}

std::vector<std::string> open_objects(const Json& schema) {
  std::vector<std::string> out;
  if (schema["additionalProperties"].boolean(false)) out.push_back("/config");
  for (const auto& [name, property] : schema["properties"].members())
    for (std::string& inner : open_objects(property))
      out.push_back("/config/properties/" + name + inner.substr(7));
  if (schema.contains("items"))
    for (std::string& inner : open_objects(schema["items"]))
      out.push_back("/config/items" + inner.substr(7));
  return out;
}

}  // namespace cinnabar::authoring
