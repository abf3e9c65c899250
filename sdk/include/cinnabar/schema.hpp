// JSON Schema (2020-12, as OpenAPI 3.1 uses it) of described types. Pure functions; any thread.
#pragma once

#include <cinnabar/describe.hpp>

namespace cinnabar {

// The schema of a type. Objects go by name into `named` (an object of name to schema) and are
// referred to as #/components/schemas/<name>.
Json schema_of(const Type& type, const FieldOptions& options, Json& named);

namespace detail {

inline Json object_schema(const Type& type, Json& named) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const Field& field : type.fields()) {
    properties.set(field.name, schema_of(field.type(), field.options, named));
    if (field.options.required) required.add(field.name);
  }
  Json schema = Json::object();
  schema.set("type", "object").set("properties", std::move(properties));
  schema.set("additionalProperties", false);
  if (!required.items().empty()) schema.set("required", std::move(required));
  return schema;
}

inline void add_notes(Json& schema, const FieldOptions& options) {
  if (*options.doc) schema.set("description", options.doc);
  if (*options.example) schema.set("examples", Json::array().add(options.example));
  if (options.personal) schema.set("x-personal", true);
  if (options.secret) schema.set("x-secret", true);
}

inline Json text_schema(const FieldOptions& options) {
  Json schema = Json::object();
  schema.set("type", "string").set("maxLength", options.length_max);
  if (options.length_min > 0) schema.set("minLength", options.length_min);
  if (*options.format) schema.set("x-format", options.format);
  return schema;
}

inline Json number_schema(const char* type, const FieldOptions& options) {
  Json schema = Json::object();
  schema.set("type", type);
  const auto limit = [&](const char* name, const std::optional<double>& value) {
    if (!value) return;
    const auto whole = static_cast<std::int64_t>(*value);
    schema.set(name, static_cast<double>(whole) == *value ? Json(whole) : Json(*value));
  };
  limit("minimum", options.minimum);
  limit("maximum", options.maximum);
  return schema;
}

}  // namespace detail

inline Json schema_of(const Type& type, const FieldOptions& options, Json& named) {
  Json schema = Json::object();
  switch (type.kind) {
    case Kind::boolean: schema.set("type", "boolean"); break;
    case Kind::integer: schema = detail::number_schema("integer", options); break;
    case Kind::number: schema = detail::number_schema("number", options); break;
    case Kind::text: schema = detail::text_schema(options); break;
    case Kind::bytes: schema.set("type", "string").set("contentEncoding", "base64"); break;
    case Kind::time: schema.set("type", "string").set("format", "date-time"); break;
    case Kind::json: break;
    case Kind::enumeration: {
      Json names = Json::array();
      for (const auto name : type.names()) names.add(name);
      schema.set("type", "string").set("enum", std::move(names));
      break;
    }
    case Kind::list:
      schema.set("type", "array").set("items", schema_of(type.element(), options, named));
      schema.set("maxItems", options.items_max);
      if (options.items_min > 0) schema.set("minItems", options.items_min);
      break;
    case Kind::map:
      schema.set("type", "object");
      schema.set("additionalProperties", schema_of(type.element(), options, named));
      break;
    case Kind::optional: {
      // Absent and null mean the same.
      Json choices = Json::array();
      choices.add(schema_of(type.element(), options, named));
      choices.add(Json::object().set("type", "null"));
      schema.set("anyOf", std::move(choices));
      break;
    }
    case Kind::object:
      if (!named.contains(type.name)) {
        named.set(type.name, Json::object());  // stops a recursion into itself
        named.set(type.name, detail::object_schema(type, named));
      }
      schema.set("$ref", "#/components/schemas/" + std::string(type.name));
      break;
  }
  if (type.kind != Kind::optional) detail::add_notes(schema, options);
  return schema;
}

template <class T>
Json schema_of(Json& named) {
  return schema_of(type_of<T>(), FieldOptions{}, named);
}

}  // namespace cinnabar
