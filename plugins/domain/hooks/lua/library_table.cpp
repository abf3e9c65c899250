// The guarded table functions. They work on plain tables, without metamethods, so that no __len can
// lie about how much there is to do; every item moved or compared is paid for.
#include "library.hpp"

#include <string>

namespace cinnabar::lua {
namespace {

// More values than this on the stack at once serve no purpose.
constexpr lua_Integer kUnpackMax = 8000;

lua_Integer size_of(lua_State* state, int index) {
  luaL_checktype(state, index, LUA_TTABLE);
  return static_cast<lua_Integer>(lua_rawlen(state, index));
}

// How many there are from first to last, without overflow.
std::int64_t count_between(lua_Integer first, lua_Integer last) {
  if (first > last) return 0;
  const auto count = static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first);
  return count >= INT64_MAX ? INT64_MAX : static_cast<std::int64_t>(count) + 1;
}

int insert(lua_State* state) {
  const lua_Integer size = size_of(state, 1);
  if (lua_gettop(state) == 2) {
    lua_rawseti(state, 1, size + 1);
    return 0;
  }
  if (lua_gettop(state) != 3) return luaL_error(state, "wrong number of arguments to 'insert'");
  const lua_Integer position = luaL_checkinteger(state, 2);
  luaL_argcheck(state, position >= 1 && position <= size + 1, 2, "position out of bounds");
  Budget::of(state).charge(count_between(position, size) + 1);
  for (lua_Integer i = size; i >= position; --i) {
    lua_rawgeti(state, 1, i);
    lua_rawseti(state, 1, i + 1);
  }
  lua_rawseti(state, 1, position);
  return 0;
}

int remove(lua_State* state) {
  const lua_Integer size = size_of(state, 1);
  const lua_Integer position = luaL_optinteger(state, 2, size);
  if (!lua_isnoneornil(state, 2))
    luaL_argcheck(state, (position >= 1 && position <= size + 1) || (size == 0 && position == 0), 2,
                  "position out of bounds");
  Budget::of(state).charge(count_between(position, size) + 1);
  lua_rawgeti(state, 1, position);
  lua_Integer i = position;
  for (; i < size; ++i) {
    lua_rawgeti(state, 1, i + 1);
    lua_rawseti(state, 1, i);
  }
  if (i <= size) {
    lua_pushnil(state);
    lua_rawseti(state, 1, i);
  }
  return 1;
}

int move(lua_State* state) {
  luaL_checktype(state, 1, LUA_TTABLE);
  const lua_Integer first = luaL_checkinteger(state, 2);
  const lua_Integer last = luaL_checkinteger(state, 3);
  const lua_Integer to = luaL_checkinteger(state, 4);
  const int target = lua_isnoneornil(state, 5) ? 1 : 5;
  luaL_checktype(state, target, LUA_TTABLE);
  const std::int64_t count = count_between(first, last);
  Budget::of(state).charge(count);
  luaL_argcheck(state, count == 0 || to <= LUA_MAXINTEGER - count + 1, 4,
                "destination wrap around");
  const bool forwards =
      to > last || to <= first || (target != 1 && !lua_rawequal(state, 1, target));
  for (std::int64_t n = 0; n < count; ++n) {
    const std::int64_t i = forwards ? n : count - 1 - n;
    lua_rawgeti(state, 1, first + i);
    lua_rawseti(state, target, to + i);
  }
  lua_pushvalue(state, target);
  return 1;
}

int concat(lua_State* state) {
  const lua_Integer size = size_of(state, 1);
  std::size_t separator_size = 0;
  const char* separator = luaL_optlstring(state, 2, "", &separator_size);
  const lua_Integer first = luaL_optinteger(state, 3, 1);
  const lua_Integer last = luaL_optinteger(state, 4, size);
  Budget& budget = Budget::of(state);
  const std::int64_t count = count_between(first, last);
  budget.charge(count);
  std::string out;
  for (std::int64_t n = 0; n < count; ++n) {
    lua_rawgeti(state, 1, first + n);
    std::size_t piece_size = 0;
    const int type = lua_type(state, -1);
    if (type != LUA_TSTRING && type != LUA_TNUMBER)
      return luaL_error(state, "invalid value (a %s) at index %I in table for 'concat'",
                        luaL_typename(state, -1), static_cast<LUAI_UACINT>(first + n));
    const char* piece = lua_tolstring(state, -1, &piece_size);
    out.append(piece, piece_size);
    if (n + 1 < count) out.append(separator, separator_size);
    lua_pop(state, 1);
    budget.check_string(out.size());
  }
  lua_pushlstring(state, out.data(), out.size());
  return 1;
}

int unpack(lua_State* state) {
  const lua_Integer size = size_of(state, 1);
  const lua_Integer first = luaL_optinteger(state, 2, 1);
  const lua_Integer last = luaL_optinteger(state, 3, size);
  const std::int64_t count = count_between(first, last);
  if (count > kUnpackMax) return luaL_error(state, "too many results to unpack");
  Budget::of(state).charge(count);
  luaL_checkstack(state, static_cast<int>(count), "too many results to unpack");
  for (std::int64_t n = 0; n < count; ++n) lua_rawgeti(state, 1, first + n);
  return static_cast<int>(count);
}

// Whether the item at stack index a comes before the one at b.
bool less(lua_State* state, int a, int b) {
  Budget::of(state).charge(4);
  if (lua_isnil(state, 2)) return lua_compare(state, a, b, LUA_OPLT) != 0;
  lua_pushvalue(state, 2);
  lua_pushvalue(state, a);
  lua_pushvalue(state, b);
  lua_call(state, 2, 1);
  const bool result = lua_toboolean(state, -1) != 0;
  lua_pop(state, 1);
  return result;
}

// Sinks the item at `root` into the heap of the items 1 ... size.
void sink(lua_State* state, lua_Integer root, lua_Integer size) {
  lua_rawgeti(state, 1, root);
  const int sinking = lua_gettop(state);
  for (lua_Integer child = root * 2; child <= size; child = root * 2) {
    lua_rawgeti(state, 1, child);
    if (child < size) {
      lua_rawgeti(state, 1, child + 1);
      if (less(state, sinking + 1, sinking + 2)) {
        lua_replace(state, sinking + 1);
        ++child;
      } else {
        lua_pop(state, 1);
      }
    }
    if (!less(state, sinking, sinking + 1)) {
      lua_pop(state, 1);
      break;
    }
    lua_rawseti(state, 1, root);
    root = child;
  }
  lua_rawseti(state, 1, root);
}

// Heap sort: n log n whatever the comparator says, and one that contradicts itself only gives
// another order.
int sort(lua_State* state) {
  const lua_Integer size = size_of(state, 1);
  if (!lua_isnoneornil(state, 2)) luaL_checktype(state, 2, LUA_TFUNCTION);
  lua_settop(state, 2);
  Budget::of(state).charge(size);
  for (lua_Integer root = size / 2; root >= 1; --root) sink(state, root, size);
  for (lua_Integer last = size; last > 1; --last) {
    lua_rawgeti(state, 1, 1);
    lua_rawgeti(state, 1, last);
    lua_rawseti(state, 1, 1);
    lua_rawseti(state, 1, last);
    sink(state, 1, last - 1);
  }
  return 0;
}

}  // namespace

void add_table_functions(lua_State* state) {
  static constexpr luaL_Reg kFunctions[] = {
      {"insert", &insert}, {"remove", &remove}, {"move", &move},   {"concat", &concat},
      {"unpack", &unpack}, {"sort", &sort},     {nullptr, nullptr}};
  luaL_setfuncs(state, kFunctions, 0);
}

}  // namespace cinnabar::lua
