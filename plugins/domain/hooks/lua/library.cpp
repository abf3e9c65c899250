#include "library.hpp"

namespace cinnabar::lua {
namespace {

constexpr const char* kBaseKept[] = {"assert", "error",  "ipairs", "next",   "pairs", "rawequal",
                                     "rawget", "rawlen", "rawset", "select", "type"};
constexpr const char* kStringKept[] = {"byte", "char", "len", "lower", "reverse", "sub", "upper"};
constexpr const char* kStringCharged[] = {"pack", "packsize", "unpack"};
constexpr const char* kTableKept[] = {"pack"};
constexpr const char* kMathCharged[] = {"abs", "acos",  "asin", "atan", "ceil",      "cos",  "deg",
                                        "exp", "floor", "fmod", "log",  "max",       "min",  "modf",
                                        "rad", "sin",   "sqrt", "tan",  "tointeger", "type", "ult"};
// random keeps its state in an upvalue and so cannot be called through another closure.
constexpr const char* kMathKept[] = {"huge", "maxinteger", "mininteger", "pi", "random"};
constexpr const char* kUtf8Kept[] = {"char", "charpattern", "codes"};
constexpr const char* kUtf8Charged[] = {"codepoint", "len", "offset"};
// A function that reads its text arguments through costs one step for so many bytes of them.
constexpr lua_Integer kTextBytesPerStep = 8;

// The function in the upvalue, after its text arguments are paid for.
int call_charged(lua_State* state) {
  lua_Integer bytes = 0;
  for (int i = 1; i <= lua_gettop(state); ++i)
    if (lua_type(state, i) == LUA_TSTRING) bytes += static_cast<lua_Integer>(lua_rawlen(state, i));
  Budget::of(state).charge(1 + bytes / kTextBytesPerStep);
  return lua_tocfunction(state, lua_upvalueindex(1))(state);
}

// From the table at `from` into the one on top.
template <std::size_t n>
void keep(lua_State* state, int from, const char* const (&names)[n]) {
  for (const char* name : names) {
    lua_getfield(state, from, name);
    lua_setfield(state, -2, name);
  }
}
template <std::size_t n>
void keep_charged(lua_State* state, int from, const char* const (&names)[n]) {
  for (const char* name : names) {
    lua_getfield(state, from, name);
    lua_pushcclosure(state, &call_charged, 1);
    lua_setfield(state, -2, name);
  }
}

// Leaves Lua's own module on the stack and a fresh table above it.
void begin(lua_State* state, lua_CFunction open) {
  lua_pushcfunction(state, open);
  lua_call(state, 0, 1);
  lua_newtable(state);
}
// Sets the fresh table as a global of the table at `globals` and clears both away.
void end(lua_State* state, int globals, const char* name) {
  lua_setfield(state, globals, name);
  lua_pop(state, 1);
}

void open_string(lua_State* state, int globals) {
  begin(state, luaopen_string);
  const int own = lua_gettop(state) - 1;
  keep(state, own, kStringKept);
  keep_charged(state, own, kStringCharged);
  lua_getfield(state, own, "format");
  add_string_functions(state);
  add_pattern_functions(state);
  // Methods of strings ("s:rep(3)") must be the guarded ones as well.
  lua_pushliteral(state, "");
  lua_getmetatable(state, -1);
  lua_pushvalue(state, -3);
  lua_setfield(state, -2, "__index");
  lua_pop(state, 2);
  end(state, globals, "string");
}

void open_math(lua_State* state, int globals, std::uint64_t seed) {
  begin(state, luaopen_math);
  const int own = lua_gettop(state) - 1;
  keep_charged(state, own, kMathCharged);
  keep(state, own, kMathKept);
  lua_getfield(state, own, "randomseed");
  lua_pushinteger(state, static_cast<lua_Integer>(seed));
  lua_pushinteger(state, 0);
  lua_call(state, 2, 0);
  end(state, globals, "math");
}

}  // namespace

void open_library(lua_State* state, std::uint64_t seed) {
  begin(state, luaopen_base);
  const int globals = lua_gettop(state);
  const int own = globals - 1;
  keep(state, own, kBaseKept);
  lua_getfield(state, own, "tonumber");
  lua_pushcclosure(state, &call_charged, 1);
  lua_setfield(state, globals, "tonumber");
  add_base_functions(state);
  add_text_modules(state);
  open_string(state, globals);
  open_math(state, globals, seed);

  begin(state, luaopen_table);
  keep(state, lua_gettop(state) - 1, kTableKept);
  add_table_functions(state);
  end(state, globals, "table");

  begin(state, luaopen_utf8);
  keep(state, lua_gettop(state) - 1, kUtf8Kept);
  keep_charged(state, lua_gettop(state) - 1, kUtf8Charged);
  end(state, globals, "utf8");

  lua_rawseti(state, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
  lua_pop(state, 1);
}

}  // namespace cinnabar::lua
