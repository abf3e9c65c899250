// The writer behind json.hpp. Internal to the SDK; use write_json and to_json. Stateless.
#pragma once

#include <cinnabar/json_output.hpp>
#include <cinnabar/json_rules.hpp>

namespace cinnabar {

namespace detail {

inline void write_value(JsonWriter& out, const Type& type, const void* value, Spans* spans);

inline void write_text(JsonWriter& out, std::string_view text) {
  out.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

inline void write_json(JsonWriter& out, const Json& json) {
  if (json.is_null()) {
    out.Null();
  } else if (json.is_boolean()) {
    out.Bool(json.boolean());
  } else if (json.is_integer()) {
    out.Int64(json.integer());
  } else if (json.is_number()) {
    out.Double(json.number());
  } else if (json.is_text()) {
    write_text(out, json.text());
  } else if (json.is_array()) {
    out.StartArray();
    for (const Json& item : json.items()) write_json(out, item);
    out.EndArray();
  } else {
    out.StartObject();
    for (const auto& [key, item] : json.members()) {
      write_text(out, key);
      write_json(out, item);
    }
    out.EndObject();
  }
}

inline void write_object(JsonWriter& out, const Type& type, const void* value, Spans* spans) {
  out.StartObject();
  for (const Field& field : type.fields()) {
    const Type& member = field.type();
    const void* at = field.at(const_cast<void*>(value));
    if (member.kind == Kind::optional && member.size(at) == 0) continue;
    if (member.kind == Kind::json && static_cast<const Json*>(at)->is_null()) continue;
    write_text(out, field.name);
    write_value(out, member, at, spans);
  }
  out.EndObject();
}

inline void write_items(JsonWriter& out, const Type& type, const void* value, Spans* spans) {
  struct Context {
    JsonWriter& out;
    const Type& type;
    Spans* spans;
  } context{out, type, spans};
  type.each(value, &context, [](void* p, std::string_view key, const void* item) {
    auto& c = *static_cast<Context*>(p);
    if (c.type.kind == Kind::map) write_text(c.out, key);
    write_value(c.out, c.type.element(), item, c.spans);
  });
}

inline void write_value(JsonWriter& out, const Type& type, const void* value, Spans* spans) {
  switch (type.kind) {
    case Kind::boolean: out.Bool(type.get_integer(value) != 0); break;
    case Kind::integer: out.Int64(type.get_integer(value)); break;
    case Kind::number: out.Double(*static_cast<const double*>(value)); break;
    case Kind::text: write_text(out, *static_cast<const std::string*>(value)); break;
    case Kind::time: write_text(out, to_rfc3339(Time{type.get_integer(value)})); break;
    case Kind::json: write_json(out, *static_cast<const Json*>(value)); break;
    case Kind::object: write_object(out, type, value, spans); break;
    case Kind::enumeration: {
      const auto at = static_cast<std::size_t>(type.get_integer(value));
      write_text(out, at < type.names().size() ? type.names()[at] : std::string_view());
      break;
    }
    case Kind::bytes: {
      const auto& bytes = *static_cast<const Bytes*>(value);
      if (!spans) {
        write_text(out, to_base64(bytes.view()));
      } else {
        out.Int64(static_cast<std::int64_t>(spans->size()));
        spans->push_back(bytes);
      }
      break;
    }
    case Kind::list:
      out.StartArray();
      write_items(out, type, value, spans);
      out.EndArray();
      break;
    case Kind::map:
      out.StartObject();
      write_items(out, type, value, spans);
      out.EndObject();
      break;
    case Kind::optional:
      if (type.size(value) == 0)
        out.Null();
      else
        write_items(out, type, value, spans);
      break;
  }
}

}  // namespace detail
}  // namespace cinnabar
