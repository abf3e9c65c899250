// The guarded string functions apart from patterns: rep by size, format without addresses.
#include "library.hpp"

#include <cstring>
#include <string>

namespace cinnabar::lua {
namespace {

int repeat(lua_State* state) {
  std::size_t size = 0, separator_size = 0;
  const char* text = luaL_checklstring(state, 1, &size);
  const lua_Integer count = luaL_checkinteger(state, 2);
  const char* separator = luaL_optlstring(state, 3, "", &separator_size);
  const std::size_t piece = size + separator_size;
  if (count <= 0 || piece == 0) {
    lua_pushliteral(state, "");
    return 1;
  }
  Budget& budget = Budget::of(state);
  // Checked alone first, so that the product cannot overflow.
  budget.check_string(static_cast<std::size_t>(count) - 1);
  const auto total = static_cast<std::size_t>(count) * piece - separator_size;
  budget.check_string(total);
  luaL_Buffer buffer;
  char* out = luaL_buffinitsize(state, &buffer, total);
  for (lua_Integer i = 0; i < count; ++i) {
    std::memcpy(out, text, size);
    out += size;
    if (i + 1 == count) break;
    std::memcpy(out, separator, separator_size);
    out += separator_size;
  }
  luaL_pushresultsize(&buffer, total);
  return 1;
}

// What Lua's own format does for one conversion: a number takes a microsecond at the most, a quoted
// text up to a tenth of that for each byte.
std::int64_t conversion_steps(lua_State* state, char conversion, int argument) {
  constexpr std::int64_t kConversion = 50, kQuotedByte = 12, kBytesPerStep = 8;
  if (lua_type(state, argument) != LUA_TSTRING) return kConversion;
  const auto size = static_cast<std::int64_t>(lua_rawlen(state, argument));
  return kConversion + (conversion == 'q' ? size * kQuotedByte : size / kBytesPerStep);
}

// Lua's own format does the work; before it, %p is refused and what %s would show the address of
// is replaced by its text.
int format(lua_State* state) {
  const int arguments = lua_gettop(state);
  std::size_t size = 0;
  const char* text = luaL_checklstring(state, 1, &size);
  Budget::of(state).charge(1 + static_cast<std::int64_t>(size));
  int argument = 1;
  for (std::size_t i = 0; i < size; ++i) {
    if (text[i] != '%') continue;
    if (++i < size && text[i] == '%') continue;
    while (i < size && std::strchr("-+ #0123456789.", text[i]) && text[i] != '\0') ++i;
    if (i >= size) break;
    if (text[i] == 'p') return luaL_error(state, "invalid conversion '%%p' to 'format'");
    if (++argument > arguments) continue;
    if (text[i] == 's') {
      push_text_of(state, argument);
      lua_replace(state, argument);
    }
    Budget::of(state).charge(conversion_steps(state, text[i], argument));
  }
  lua_pushvalue(state, lua_upvalueindex(1));
  lua_insert(state, 1);
  lua_call(state, arguments, 1);
  return 1;
}

}  // namespace

// Below the library's own format, which is on top of the stack, lies the table to fill.
void add_string_functions(lua_State* state) {
  lua_pushcclosure(state, &format, 1);
  lua_setfield(state, -2, "format");
  lua_pushcfunction(state, &repeat);
  lua_setfield(state, -2, "rep");
}

}  // namespace cinnabar::lua
