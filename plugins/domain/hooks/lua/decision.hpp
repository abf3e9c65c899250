// Decisions: the functions with which a hook answers, and reading what it answered. Belongs to one
// run; one thread.
#pragma once

#include "sandbox.hpp"

namespace cinnabar::lua {

// What the functions of a run share. Outlives the run's state.
struct Session {
  const Input* input = nullptr;  // null while a script is only loaded
  Result* result = nullptr;
  bool in_hook = false;
  bool denied = false;  // final from the moment deny() is called, returned or not
  int decisions = 0;    // how many were made by calling allow, require_approval, route
  int log_dropped = 0;
};

// Sets allow, deny, require_approval, route and print as globals.
void add_decisions(lua_State* state, Session& session);
// Sets the four on the table on top of the stack as well, so that ctx.deny works.
void add_decisions_to_context(lua_State* state);

// Reads the hook's return value, on top of the stack, into session.result. Raises an error of the
// script when it is none of what a hook may return.
void read_decision(lua_State* state, Session& session);

}  // namespace cinnabar::lua
