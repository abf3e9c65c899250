// The guarded base functions: tostring without addresses, metatables without finalisers.
#include "library.hpp"

#include <cinnabar/time.hpp>

#include <string>

namespace cinnabar::lua {
namespace {

// Where a private metatable keeps the table that the script gave.
const char kOriginal = 0;

// All that a metatable may do. Not among them: __gc, whose finalisers no hook can stop; __mode,
// since collecting weak tables takes quadratic time; __metatable, which hides what this must see.
constexpr const char* kMetamethods[] = {
    "__index", "__newindex", "__call", "__tostring", "__name",   "__pairs", "__close",
    "__len",   "__eq",       "__lt",   "__le",       "__concat", "__unm",   "__add",
    "__sub",   "__mul",      "__div",  "__mod",      "__pow",    "__idiv",  "__band",
    "__bor",   "__bxor",     "__shl",  "__shr",      "__bnot"};
constexpr const char* kRefused[] = {"__gc", "__mode", "__metatable"};

bool has_raw(lua_State* state, int table, const char* key) {
  lua_pushstring(state, key);
  lua_rawget(state, table);
  const bool there = !lua_isnil(state, -1);
  lua_pop(state, 1);
  return there;
}

// The metatable that takes effect is a copy that the script cannot reach: it could otherwise add a
// refused field afterwards.
int set_metatable(lua_State* state) {
  luaL_checktype(state, 1, LUA_TTABLE);
  const int type = lua_type(state, 2);
  luaL_argexpected(state, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
  if (is_decision(state, 1)) return luaL_error(state, "a decision's metatable cannot be changed");
  lua_settop(state, 2);
  Budget::of(state).charge(std::size(kMetamethods));
  if (type == LUA_TTABLE) {
    for (const char* key : kRefused)
      if (has_raw(state, 2, key)) return luaL_error(state, "a metatable cannot have %s here", key);
    lua_newtable(state);
    for (const char* key : kMetamethods) {
      lua_pushstring(state, key);
      lua_pushvalue(state, -1);
      lua_rawget(state, 2);
      if (lua_isnil(state, -1))
        lua_pop(state, 2);
      else
        lua_rawset(state, 3);
    }
    lua_pushvalue(state, 2);
    lua_rawsetp(state, 3, &kOriginal);
  }
  lua_setmetatable(state, 1);
  lua_settop(state, 1);
  return 1;
}

int get_metatable(lua_State* state) {
  luaL_checkany(state, 1);
  if (lua_type(state, 1) != LUA_TTABLE || !lua_getmetatable(state, 1))
    lua_pushnil(state);
  else
    lua_rawgetp(state, -1, &kOriginal);
  return 1;
}

int to_string(lua_State* state) {
  luaL_checkany(state, 1);
  push_text_of(state, 1);
  return 1;
}

// Catching an error costs a few microseconds, which no instruction counts.
constexpr std::int64_t kCatchSteps = 500;

// Calls the function below its arguments, the whole stack from `first` on; true or false and the
// results, or the error, take their place.
bool call_protected(lua_State* state, int first) {
  const bool ok = lua_pcall(state, lua_gettop(state) - first, LUA_MULTRET, 0) == LUA_OK;
  if (!ok) Budget::of(state).charge(kCatchSteps);
  return ok;
}

int protected_call(lua_State* state) {
  luaL_checkany(state, 1);
  const bool ok = call_protected(state, 1);
  lua_pushboolean(state, ok);
  lua_insert(state, 1);
  return lua_gettop(state);
}

// xpcall(f, handler, ...): the handler is called after f was left, not inside of it as in Lua.
// There it would also be called for the error by which the count hook ends a run, and while a hook
// is active no hook fires: a handler with an endless loop could not be stopped.
int protected_call_with_handler(lua_State* state) {
  luaL_checktype(state, 2, LUA_TFUNCTION);
  lua_pushvalue(state, 2);
  lua_copy(state, 1, 2);
  lua_replace(state, 1);  // now: handler, f, arguments
  const bool ok = call_protected(state, 2);
  if (!ok) {
    call_protected(state, 1);  // an error of the handler's own takes the place of its result
    lua_settop(state, 1);
  }
  lua_pushboolean(state, ok);
  if (ok)
    lua_replace(state, 1);
  else
    lua_insert(state, 1);
  return lua_gettop(state);
}

// date(ms [, hours]): the calendar of an instant, `hours` east of Greenwich.
int calendar(lua_State* state) {
  constexpr lua_Integer kMsMax = 253'402'300'800'000;  // the year 10000
  const lua_Integer ms = luaL_checkinteger(state, 1);
  const lua_Integer hours = luaL_optinteger(state, 2, 0);
  luaL_argcheck(state, ms >= 0 && ms < kMsMax, 1, "must be milliseconds from 1970 to 9999");
  luaL_argcheck(state, hours >= -14 && hours <= 14, 2, "must be hours from -14 to 14");
  const lua_Integer local = ms + hours * 3'600'000;
  const lua_Integer day = local >= 0 ? local / 86'400'000 : -1;
  const lua_Integer rest = local - day * 86'400'000;
  const detail::Date date = detail::date_from_days(day);
  lua_createtable(state, 0, 7);
  const auto set = [&](const char* name, lua_Integer value) {
    lua_pushinteger(state, value);
    lua_setfield(state, -2, name);
  };
  set("year", date.year);
  set("month", date.month);
  set("day", date.day);
  set("hour", rest / 3'600'000);
  set("minute", rest / 60'000 % 60);
  set("second", rest / 1000 % 60);
  set("weekday", (day + 10) % 7 + 1);  // Monday is 1, as ISO 8601 counts; 1970 began on a Thursday
  return 1;
}

}  // namespace

bool is_decision(lua_State* state, int index) {
  if (lua_type(state, index) != LUA_TTABLE || !lua_getmetatable(state, index)) return false;
  lua_rawgetp(state, LUA_REGISTRYINDEX, &kDecisionMark);
  const bool same = lua_rawequal(state, -1, -2);
  lua_pop(state, 2);
  return same;
}

void push_text_of(lua_State* state, int index) {
  const int at = lua_absindex(state, index);
  const int type = lua_type(state, at);
  if (type == LUA_TTABLE && luaL_callmeta(state, at, "__tostring")) {
    if (!lua_isstring(state, -1)) luaL_error(state, "'__tostring' must return a string");
  } else if (type == LUA_TNIL || type == LUA_TBOOLEAN || type == LUA_TNUMBER ||
             type == LUA_TSTRING) {
    luaL_tolstring(state, at, nullptr);
  } else {
    lua_pushstring(state, luaL_typename(state, at));
  }
}

void add_base_functions(lua_State* state) {
  static constexpr luaL_Reg kFunctions[] = {{"setmetatable", &set_metatable},
                                            {"getmetatable", &get_metatable},
                                            {"tostring", &to_string},
                                            {"pcall", &protected_call},
                                            {"xpcall", &protected_call_with_handler},
                                            {"date", &calendar},
                                            {nullptr, nullptr}};
  luaL_setfuncs(state, kFunctions, 0);
}

}  // namespace cinnabar::lua
