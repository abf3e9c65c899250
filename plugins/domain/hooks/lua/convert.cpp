#include "convert.hpp"

#include <cinnabar/json.hpp>
#include <cinnabar/text.hpp>

#include <algorithm>
#include <cmath>

namespace cinnabar::lua {
namespace {

// Of a key, where an error names the place: long keys would make naming dearer than reading.
constexpr std::size_t kKeyShown = 40;
// Reading a byte of text costs so much of a step.
constexpr std::size_t kTextBytesPerStep = 8;

struct Size {
  std::int64_t values = 0;
  std::int64_t bytes = 0;
  bool too_deep = false;
};

void measure(const Json& value, int depth, Size& size) {
  if (depth > kInputDepthMax) size.too_deep = true;
  if (size.too_deep || ++size.values > kInputValuesMax) return;
  size.bytes += static_cast<std::int64_t>(value.text().size());
  for (const Json& item : value.items()) measure(item, depth + 1, size);
  for (const auto& [name, member] : value.members()) {
    size.bytes += static_cast<std::int64_t>(name.size());
    measure(member, depth + 1, size);
  }
}

void push_list(lua_State* state, const Json::Array& items) {
  lua_createtable(state, static_cast<int>(items.size()), 0);
  lua_Integer index = 0;
  for (const Json& item : items) {
    if (item.is_null())
      lua_pushboolean(state, 0);
    else
      push_json(state, item);
    lua_rawseti(state, -2, ++index);
  }
}

void push_members(lua_State* state, const Json::Object& members) {
  lua_createtable(state, 0, static_cast<int>(members.size()));
  for (const auto& [name, member] : members) {
    if (member.is_null()) continue;
    lua_pushlstring(state, name.data(), name.size());
    push_json(state, member);
    lua_rawset(state, -3);
  }
}

}  // namespace

std::string input_fault(const Json& value) {
  Size size;
  measure(value, 0, size);
  if (size.too_deep) return "is nested deeper than " + std::to_string(kInputDepthMax) + " levels";
  if (size.values > kInputValuesMax)
    return "holds more than " + std::to_string(kInputValuesMax) + " values";
  if (size.bytes > kInputBytesMax)
    return "holds more than " + std::to_string(kInputBytesMax) + " bytes of text";
  return {};
}

void push_json(lua_State* state, const Json& value) {
  luaL_checkstack(state, 4, "the input is nested too deeply");
  if (value.is_null())
    lua_pushnil(state);
  else if (value.is_boolean())
    lua_pushboolean(state, value.boolean());
  else if (value.is_integer())
    lua_pushinteger(state, value.integer());
  else if (value.is_number())
    lua_pushnumber(state, value.number());
  else if (value.is_text())
    lua_pushlstring(state, value.text().data(), value.text().size());
  else if (value.is_array())
    push_list(state, value.items());
  else
    push_members(state, value.members());
}

void Reader::fail(const std::string& where, const std::string& why) {
  luaL_error(state_, "%s %s", where.c_str(), why.c_str());
  throw failure("unreachable");
}

void Reader::count(std::size_t bytes) {
  budget_.charge(static_cast<std::int64_t>(1 + bytes / kTextBytesPerStep));
  bytes_ += static_cast<std::int64_t>(bytes) + 2;
  if (bytes_ > budget_.limits().output_size) budget_.expire_and_raise(Stop::output_size);
}

Json Reader::read(int index, const std::string& where) {
  return read_value(lua_absindex(state_, index), where, 0);
}

std::string Reader::read_text(int index, const std::string& where, std::int64_t characters_max) {
  if (lua_type(state_, index) != LUA_TSTRING) fail(where, "must be a text");
  std::string text = read(index, where).text();
  const std::int64_t size = cinnabar::detail::characters_of(text);
  if (size < 1 || size > characters_max)
    fail(where, "must have 1 to " + std::to_string(characters_max) + " characters");
  return text;
}

Json Reader::read_value(int index, const std::string& where, int depth) {
  switch (lua_type(state_, index)) {
    case LUA_TNIL: count(4); return Json();
    case LUA_TBOOLEAN: count(5); return Json(lua_toboolean(state_, index) != 0);
    case LUA_TNUMBER:
      count(8);
      if (lua_isinteger(state_, index)) return Json(std::int64_t{lua_tointeger(state_, index)});
      if (!std::isfinite(lua_tonumber(state_, index))) fail(where, "must be a finite number");
      return Json(lua_tonumber(state_, index));
    case LUA_TSTRING: {
      std::size_t size = 0;
      const char* text = lua_tolstring(state_, index, &size);
      count(size);
      if (!is_utf8({text, size})) fail(where, "must be UTF-8");
      return Json(std::string_view(text, size));
    }
    case LUA_TTABLE: return read_table(index, where, depth);
    default: fail(where, std::string("cannot be a ") + luaL_typename(state_, index));
  }
}

Json Reader::read_table(int index, const std::string& where, int depth) {
  if (depth >= kOutputDepthMax) fail(where, "is nested too deeply, or contains itself");
  luaL_checkstack(state_, 4, "the result is nested too deeply");
  count(2);
  const auto size = static_cast<lua_Integer>(lua_rawlen(state_, index));
  Json out = size > 0 ? Json::array() : Json::object();
  for (lua_Integer i = 1; i <= size; ++i) {
    lua_rawgeti(state_, index, i);
    out.add(read_value(lua_gettop(state_), where + "[" + std::to_string(i) + "]", depth + 1));
    lua_pop(state_, 1);
  }
  Json::Object members;
  lua_pushnil(state_);
  while (lua_next(state_, index)) {
    const int value = lua_gettop(state_);
    if (size > 0) {
      const bool item = lua_isinteger(state_, value - 1) && lua_tointeger(state_, value - 1) >= 1 &&
                        lua_tointeger(state_, value - 1) <= size;
      if (!item) fail(where, "must have either the keys 1 to n or texts as keys, not both");
    } else {
      if (lua_type(state_, value - 1) != LUA_TSTRING) fail(where, "must have texts as keys");
      const std::string name = read_value(value - 1, "a key of " + where, depth).text();
      members.emplace_back(
          name, read_value(value, where + "." + shortened_text(name, kKeyShown), depth + 1));
    }
    lua_pop(state_, 1);
  }
  if (size > 0) return out;
  // Lua visits keys in an order that differs from run to run; the same decision must look the same.
  std::sort(members.begin(), members.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  return Json(std::move(members));
}

}  // namespace cinnabar::lua
