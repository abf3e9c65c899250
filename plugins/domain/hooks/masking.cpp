#include "masking.hpp"

namespace cinnabar::hooks {
namespace {

Json masked_by(const Json& value, const Json& schema, const Json& schemas);

const Json& resolved(const Json& schema, const Json& schemas) {
  if (schema.contains("anyOf") && !schema["anyOf"].items().empty())
    return resolved(schema["anyOf"].items()[0], schemas);
  const std::string& path = schema["$ref"].text();
  return path.empty() ? schema : schemas[path.substr(path.rfind('/') + 1)];
}

bool is_kept_back(const Json& schema) {
  const Json& inner = schema.contains("anyOf") && !schema["anyOf"].items().empty()
                          ? schema["anyOf"].items()[0]
                          : schema;
  return schema["x-personal"].boolean() || schema["x-secret"].boolean() ||
         inner["x-personal"].boolean() || inner["x-secret"].boolean();
}

Json masked_by(const Json& value, const Json& schema, const Json& schemas) {
  const Json& type = resolved(schema, schemas);
  if (value.is_array()) {
    Json out = Json::array();
    for (const Json& item : value.items())
      out.add(type.contains("items") ? masked_by(item, type["items"], schemas) : item);
    return out;
  }
  if (!value.is_object()) return value;
  Json out = Json::object();
  for (const auto& [name, member] : value.members()) {
    const Json& field = type["properties"].contains(name) ? type["properties"][name]
                                                          : type["additionalProperties"];
    if (is_kept_back(field)) continue;
    out.append_member(name, field.is_object() ? masked_by(member, field, schemas) : member);
  }
  return out;
}

}  // namespace

Json masked(const Json& input, const std::string& type, const Json& schemas) {
  const Json& schema = schemas[type];
  return schema.is_object() ? masked_by(input, schema, schemas) : Json::object();
}

}  // namespace cinnabar::hooks
