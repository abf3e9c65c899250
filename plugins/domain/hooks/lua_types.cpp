#include "lua_types.hpp"

#include "office.hpp"

#include <algorithm>
#include <set>

namespace cinnabar::hooks {
namespace {

constexpr const char* kHead = R"(---@meta
-- What hooks get and give, for editors with the Lua language server. Generated from the hook
-- points that the server declares; not meant to be edited, and never loaded by a script.
error("This file describes types only.")

---@class Decision

---Lets the action go on. `set` gives new values for the fields that the point lets be set.
---@param options? { set?: table<string, any>, commands?: { name: string, arguments?: table }[] }
---@return Decision
function allow(options) end

---Refuses the action, from the moment it is called.
---@param code string letters, digits, '_', '.' and '-', at most 64
---@param text string what the user is told, at most 300 characters
---@return Decision
function deny(code, text) end

---Lets the action go on once somebody approved. An error where the point does not carry it out.
---@param options { flow?: string, reason?: string, approvers?: string[] }
---@return Decision
function require_approval(options) end

---Sends the action another way. An error where the point does not carry it out.
---@param to string|table
---@return Decision
function route(to) end

---Writes a line into the enterprise's log.
---@param ... any
function print(...) end

---@class Calendar
---@field year integer
---@field month integer
---@field day integer
---@field hour integer
---@field minute integer
---@field second integer
---@field weekday integer from 1, Monday, to 7

---The calendar of an instant.
---@param ms integer milliseconds since 1970, such as ctx.now
---@param hours? integer hours east of Greenwich; 8 in China
---@return Calendar
function date(ms, hours) end

---Milliseconds since 1970 of a time such as ctx.contract.deadline; nil, if it is none.
---@param text string
---@return integer?
function parse_time(text) end

---The time as the API writes it, in UTC.
---@param ms integer
---@return string
function format_time(ms) end

json = {}
---@param value any
---@return string
function json.encode(value) end
---The value; nil and why, if the text is no JSON.
---@param text string
---@return any
---@return string? why
function json.decode(text) end

hash = {}
---@param text string
---@return string digits hexadecimal
function hash.sha256(text) end
---@param key string
---@param text string
---@return string digits hexadecimal
function hash.hmac_sha256(key, text) end
)";

std::string_view name_in(const Json& schema) {
  std::string_view path = schema["$ref"].text();
  return path.substr(path.rfind('/') + 1);
}

std::string type_in(const Json& schema) {
  if (schema.contains("$ref")) return std::string(name_in(schema));
  if (schema.contains("anyOf")) return type_in(schema["anyOf"].items()[0]);
  if (schema.contains("enum")) {
    std::string out;
    for (const Json& name : schema["enum"].items())
      out += (out.empty() ? "\"" : "|\"") + name.text() + "\"";
    return out;
  }
  const std::string& type = schema["type"].text();
  if (type == "array") {
    const std::string item = type_in(schema["items"]);
    return item.find('|') == std::string::npos ? item + "[]" : "(" + item + ")[]";
  }
  if (type == "object" && schema.contains("additionalProperties"))
    return "table<string, " + type_in(schema["additionalProperties"]) + ">";
  return type.empty() ? "any" : type;
}

// Every named type that a schema refers to, itself included.
void collect(std::string_view name, const Json& schemas, std::set<std::string>& names) {
  const Json& schema = schemas[name];
  if (schema.is_null() || !names.emplace(name).second) return;
  const auto walk = [&](const auto& self, const Json& node) -> void {
    if (node.contains("$ref")) collect(name_in(node), schemas, names);
    for (const auto& [key, member] : node.members()) self(self, member);
    for (const Json& item : node.items()) self(self, item);
  };
  walk(walk, schema);
}

std::string class_of(const std::string& name, const Json& schema, std::string_view parent) {
  std::string out = "\n---@class " + name + (parent.empty() ? "" : " : " + std::string(parent));
  for (const auto& [field, type] : schema["properties"].members()) {
    const bool optional = type.contains("anyOf") || type_in(type) == "any";
    out += "\n---@field " + field + (optional ? "? " : " ") + type_in(type);
    if (!type["description"].text().empty()) out += " " + type["description"].text();
  }
  return out + "\n";
}

std::string class_name(std::string_view point) {
  std::string out = "Context_";
  for (const char c : point) out += c == '.' || c == '-' ? '_' : c;
  return out;
}

std::string context_of(const HookPointInfo& point) {
  const std::string point_name = class_name(point.name);
  std::string out = "\n---" + point.doc + (point.gate ? " A gate." : " A notice.") + "\n";
  const PointRules rules = rules_of(point);
  const auto list = [&](const char* title, const std::vector<std::string>& names) {
    if (names.empty()) return;
    out += title;
    for (const std::string& name : names) out += " " + name;
    out += "\n";
  };
  list("---May set:", rules.amends);
  list("---Carries out:", rules.commands);
  return out + "---@class " + point_name + " : HookContext, " + point.input_type +
         "\n---@field point \"" + point.name + "\"\n";
}

}  // namespace

std::string lua_types(const std::vector<HookPointInfo>& points, const Json& schemas) {
  std::set<std::string> names;
  for (const HookPointInfo& point : points) collect(point.input_type, schemas, names);
  std::string out = kHead;
  for (const std::string& name : names) out += class_of(name, schemas[name], {});
  out +=
      "\n---@class HookContext\n---@field now integer milliseconds since 1970\n"
      "---@field allow fun(options?: table): Decision\n"
      "---@field deny fun(code: string, text: string): Decision\n"
      "---@field require_approval fun(options: table): Decision\n"
      "---@field route fun(to: string|table): Decision\n";
  for (const HookPointInfo& point : points) out += context_of(point);
  out += "\n---@class HookBundle\n---@field api 1\n---@field hooks Hooks\n\n---@class Hooks\n";
  for (const HookPointInfo& point : points)
    out +=
        "---@field [\"" + point.name + "\"]? fun(ctx: " + class_name(point.name) + "): Decision?\n";
  return out;
}

}  // namespace cinnabar::hooks
