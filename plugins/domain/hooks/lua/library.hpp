// The guarded library: what a script sees instead of Lua's own. Fills a fresh state's globals.
//
// Kept as they are: what takes constant time or is paid for by the bytes that it makes. Replaced:
// what shows addresses (tostring, format), matches patterns, does in one call what may take for
// ever (rep, concat, move, sort ...), or escapes the count hook (pcall, xpcall, setmetatable).
// Absent: io, os, debug, package, require, load, dofile, loadfile, collectgarbage, coroutine,
// string.dump, warn. One state, one thread.
#pragma once

#include "budget.hpp"

namespace cinnabar::lua {

// Replaces the state's globals by the guarded ones. `seed` decides math.random.
void open_library(lua_State* state, std::uint64_t seed);

// The parts of it. Each sets functions in the table on top of the stack.
void add_base_functions(lua_State* state);
void add_string_functions(lua_State* state);
void add_pattern_functions(lua_State* state);
void add_table_functions(lua_State* state);
void add_text_modules(lua_State* state);

// Pushes what tostring gives: the __tostring of a table, its type's name, never an address.
void push_text_of(lua_State* state, int index);

// The metatable that marks a decision; a script can neither see nor replace it.
inline const char kDecisionMark = 0;
bool is_decision(lua_State* state, int index);

}  // namespace cinnabar::lua
