// Validation of a plugin's configuration against the JSON Schema in its manifest: the subset that
// manifests use (type, properties, required, additionalProperties, items, enum, minimum, maximum,
// minLength, maxLength; JSON Schema 2020-12). Pure functions; any thread.
#pragma once

#include <cinnabar/nearest.hpp>
#include <cinnabar/value.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace cinnabar {

struct ConfigProblem {
  std::string pointer;
  std::string reason;
};

// What is wrong with the schema itself; a manifest without configuration has a null one.
inline std::optional<ConfigProblem> schema_problem(const Json& schema);

// What is wrong with a configuration. Members that the schema does not name are refused.
inline std::optional<ConfigProblem> config_problem(const Json& schema, const Json& config);

// The members of `base`, replaced and completed by those of `over`.
inline Json merged_config(const Json& base, const Json& over);

namespace package_detail {

inline const std::vector<std::string> kKeywords{
    "type",      "properties", "required",    "additionalProperties",
    "items",     "enum",       "minimum",     "maximum",
    "minLength", "maxLength",  "description", "default",
    "title",     "examples",   "minItems",    "maxItems",
    "$schema",   "x-secret"};
inline const std::vector<std::string> kTypes{"object", "array",   "string", "integer",
                                             "number", "boolean", "null"};

inline bool has_type(const Json& value, std::string_view type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_text();
  if (type == "integer") return value.is_integer();
  if (type == "number") return value.is_number();
  if (type == "boolean") return value.is_boolean();
  return value.is_null();
}

inline std::optional<ConfigProblem> check_schema(const Json& schema, const std::string& at) {
  if (!schema.is_object()) return ConfigProblem{at, "must be a JSON Schema object"};
  for (const auto& [name, value] : schema.members())
    if (std::find(kKeywords.begin(), kKeywords.end(), name) == kKeywords.end())
      return ConfigProblem{at + "/" + name,
                           "is not a keyword that is understood here; nearest is \"" +
                               nearest(name, kKeywords) + "\""};
  const std::string& type = schema["type"].text();
  if (!type.empty() && std::find(kTypes.begin(), kTypes.end(), type) == kTypes.end())
    return ConfigProblem{at + "/type",
                         "must be one of object, array, string, integer, number, "
                         "boolean, null"};
  for (const auto& [name, value] : schema["properties"].members())
    if (auto problem = check_schema(value, at + "/properties/" + name)) return problem;
  if (schema.contains("items")) return check_schema(schema["items"], at + "/items");
  return std::nullopt;
}

inline std::size_t length_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::optional<ConfigProblem> check(const Json& schema, const Json& value, const std::string& at);

inline std::optional<ConfigProblem> check_object(const Json& schema, const Json& value,
                                                 const std::string& at) {
  const Json& properties = schema["properties"];
  std::vector<std::string> known;
  for (const auto& [name, sub] : properties.members()) known.push_back(name);
  for (const auto& [name, member] : value.members()) {
    if (properties.contains(name)) {
      if (auto problem = check(properties[name], member, at + "/" + name)) return problem;
    } else if (schema["additionalProperties"].is_object()) {
      if (auto problem = check(schema["additionalProperties"], member, at + "/" + name))
        return problem;
    } else if (!schema["additionalProperties"].boolean(false)) {
      return ConfigProblem{at + "/" + name, known.empty()
                                                ? "is not known here; nothing can be configured"
                                                : "is not known here; did you mean \"" +
                                                      nearest(name, known) + "\"?"};
    }
  }
  for (const Json& name : schema["required"].items())
    if (!value.contains(name.text())) return ConfigProblem{at + "/" + name.text(), "is required"};
  return std::nullopt;
}

inline std::optional<ConfigProblem> check(const Json& schema, const Json& value,
                                          const std::string& at) {
  const std::string& type = schema["type"].text();
  if (!type.empty() && !has_type(value, type)) return ConfigProblem{at, "must be of type " + type};
  if (schema.contains("enum")) {
    const auto& allowed = schema["enum"].items();
    if (std::find(allowed.begin(), allowed.end(), value) == allowed.end())
      return ConfigProblem{at, "is not one of the values that are allowed"};
  }
  if (value.is_number()) {
    if (schema.contains("minimum") && value.number() < schema["minimum"].number())
      return ConfigProblem{at, "is less than the minimum"};
    if (schema.contains("maximum") && value.number() > schema["maximum"].number())
      return ConfigProblem{at, "is more than the maximum"};
  }
  if (value.is_text()) {
    const auto length = static_cast<std::int64_t>(length_of(value.text()));
    if (length < schema["minLength"].integer(0)) return ConfigProblem{at, "is too short"};
    if (length > schema["maxLength"].integer(INT64_MAX)) return ConfigProblem{at, "is too long"};
  }
  if (value.is_array()) {
    const auto size = static_cast<std::int64_t>(value.items().size());
    if (size < schema["minItems"].integer(0)) return ConfigProblem{at, "has too few items"};
    if (size > schema["maxItems"].integer(INT64_MAX))
      return ConfigProblem{at, "has too many items"};
  }
  if (value.is_array() && schema.contains("items"))
    for (std::size_t i = 0; i < value.items().size(); ++i)
      if (auto problem = check(schema["items"], value.items()[i], at + "/" + std::to_string(i)))
        return problem;
  return value.is_object() ? check_object(schema, value, at) : std::nullopt;
}

}  // namespace package_detail

inline std::optional<ConfigProblem> schema_problem(const Json& schema) {
  if (schema.is_null() || (schema.is_object() && schema.members().empty())) return std::nullopt;
  return package_detail::check_schema(schema, {});
}

inline std::optional<ConfigProblem> config_problem(const Json& schema, const Json& config) {
  if (config.is_null()) return std::nullopt;
  if (!config.is_object()) return ConfigProblem{{}, "must be an object"};
  return package_detail::check(schema, config, {});
}

inline Json merged_config(const Json& base, const Json& over) {
  if (!base.is_object()) return over;
  Json merged = base;
  for (const auto& [name, value] : over.members()) merged.set(name, value);
  return merged;
}

}  // namespace cinnabar
