#include "sandbox.hpp"

#include "convert.hpp"
#include "decision.hpp"
#include "library.hpp"

#include <cinnabar/text.hpp>

#include <algorithm>
#include <cstdlib>

namespace cinnabar::lua {
namespace {

// Stands before the line in Lua's messages: "hook:12: ...".
constexpr const char* kChunkName = "=hook";
constexpr std::string_view kChunkPrefix = "hook:";
// Of what a script says itself, in bytes: enough to find the line, and no more than errors carry.
constexpr std::size_t kFaultSizeMax = 1000;
constexpr std::size_t kGlobalNameShown = 100;

// A state under a budget, closed at the end of its scope.
class State {
 public:
  State(const Limits& limits, const std::atomic<bool>* cancelled) : budget_(limits, cancelled) {
    state_ = lua_newstate(&Budget::allocate, &budget_);
    if (state_) budget_.arm(state_);
  }
  ~State() {
    if (state_) lua_close(state_);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // Runs work(L) where errors of Lua are caught; what went wrong, if anything did.
  template <class Work>
  std::optional<Fault> protect(Work work) {
    if (!state_) return Fault{Stop::memory, std::string(explain(Stop::memory)), 0};
    lua_pushcfunction(state_, [](lua_State* state) {
      (*static_cast<Work*>(lua_touserdata(state, 1)))(state);
      return 0;
    });
    lua_pushlightuserdata(state_, &work);
    const int status = lua_pcall(state_, 1, 0, 0);
    if (budget_.stop() != Stop::none)
      return Fault{budget_.stop(), std::string(explain(budget_.stop())), budget_.stopped_at_line()};
    if (status != LUA_OK) return error_on_top();
    return std::nullopt;
  }

  Usage usage() const { return budget_.usage(); }

 private:
  // An error is a text, or a table with a `message`. No metamethod runs here.
  Fault error_on_top() {
    Fault fault;
    if (lua_istable(state_, -1)) {
      lua_pushliteral(state_, "message");
      lua_rawget(state_, -2);
    }
    if (lua_type(state_, -1) == LUA_TSTRING)
      fault.message = lua_tostring(state_, -1);
    else
      fault.message = std::string("the script raised a ") + luaL_typename(state_, -1);
    lua_settop(state_, 0);
    const std::size_t at = fault.message.find(kChunkPrefix);
    if (at != std::string::npos) {
      char* end = nullptr;
      const char* digits = fault.message.c_str() + at + kChunkPrefix.size();
      const long line = std::strtol(digits, &end, 10);
      if (end != digits && *end == ':') {
        fault.line = static_cast<int>(line);
        if (at == 0)
          fault.message.erase(0, static_cast<std::size_t>(end - fault.message.c_str()) + 2);
      }
    }
    fault.message = shortened_text(fault.message, kFaultSizeMax);
    return fault;
  }

  Budget budget_;
  lua_State* state_ = nullptr;
};

// Loads our own bytecode, runs it, and leaves the bundle's `hooks` table on the stack, the bundle
// below it.
void load_bundle(lua_State* state, const std::string& bytecode) {
  if (luaL_loadbufferx(state, bytecode.data(), bytecode.size(), kChunkName, "b") != LUA_OK)
    lua_error(state);
  lua_call(state, 0, 1);
  if (!lua_istable(state, -1))
    luaL_error(state, "the script must return a table { api = 1, hooks = { ... } }");
  lua_pushliteral(state, "hooks");
  lua_rawget(state, -2);
  if (!lua_istable(state, -1)) luaL_error(state, "the bundle's 'hooks' must be a table");
}

int bundle_api(lua_State* state, int bundle) {
  lua_pushliteral(state, "api");
  lua_rawget(state, bundle);
  const auto api = lua_isinteger(state, -1) ? lua_tointeger(state, -1) : 0;
  lua_pop(state, 1);
  if (api != kApiLevel)
    luaL_error(state, "the bundle's 'api' must be %d, the level of hooks that is known here",
               kApiLevel);
  return static_cast<int>(api);
}

void refuse_unknown_members(lua_State* state, int bundle) {
  for (lua_pushnil(state); lua_next(state, bundle); lua_pop(state, 1)) {
    const char* name = lua_type(state, -2) == LUA_TSTRING ? lua_tostring(state, -2) : "?";
    const std::string_view view(name);
    if (view != "api" && view != "hooks")
      luaL_error(state, "the bundle has no '%s'; it takes api, hooks", name);
  }
}

// Notes globals that a script sets while it is loaded: mostly a forgotten 'local'.
int note_global(lua_State* state) {
  auto& bundle = *static_cast<Bundle*>(lua_touserdata(state, lua_upvalueindex(1)));
  constexpr std::size_t kWarningsMax = 20;
  if (bundle.warnings.size() < kWarningsMax && lua_type(state, 2) == LUA_TSTRING) {
    luaL_where(state, 1);
    std::string where = lua_tostring(state, -1);
    if (where.starts_with(kChunkPrefix)) where.replace(0, kChunkPrefix.size(), "line ");
    const std::string name = shortened_text(lua_tostring(state, 2), kGlobalNameShown);
    bundle.warnings.push_back(where + "sets the global '" + name +
                              "'; write 'local' in front of it");
    lua_pop(state, 1);
  }
  lua_rawset(state, 1);
  return 0;
}

void watch_globals(lua_State* state, Bundle& bundle) {
  lua_pushglobaltable(state);
  lua_newtable(state);
  lua_pushlightuserdata(state, &bundle);
  lua_pushcclosure(state, &note_global, 1);
  lua_setfield(state, -2, "__newindex");
  lua_setmetatable(state, -2);
  lua_pop(state, 1);
}

void list_hooks(lua_State* state, Bundle& bundle) {
  const int hooks = lua_gettop(state);
  bundle.api = bundle_api(state, hooks - 1);
  refuse_unknown_members(state, hooks - 1);
  for (lua_pushnil(state); lua_next(state, hooks); lua_pop(state, 1)) {
    if (lua_type(state, -2) != LUA_TSTRING) luaL_error(state, "a hook's name must be a text");
    if (!lua_isfunction(state, -1))
      luaL_error(state, "the hook '%s' must be a function", lua_tostring(state, -2));
    bundle.hooks.push_back(lua_tostring(state, -2));
  }
  std::sort(bundle.hooks.begin(), bundle.hooks.end());
}

void push_context(lua_State* state, const Input& input) {
  if (input.data.is_object()) {
    push_json(state, input.data);
  } else {
    lua_newtable(state);
    push_json(state, input.data);
    lua_setfield(state, -2, "input");
  }
  lua_pushlstring(state, input.point.data(), input.point.size());
  lua_setfield(state, -2, "point");
  lua_pushinteger(state, input.now_ms);
  lua_setfield(state, -2, "now");
  add_decisions_to_context(state);
}

void run_hook(lua_State* state, const std::string& bytecode, const Input& input, Session& session) {
  open_library(state, input.seed);
  add_decisions(state, session);
  load_bundle(state, bytecode);
  bundle_api(state, lua_gettop(state) - 1);
  lua_pushlstring(state, input.point.data(), input.point.size());
  lua_rawget(state, -2);
  if (lua_isnil(state, -1)) {
    session.result->outcome = Outcome::allowed;
    return;
  }
  session.result->handled = true;
  push_context(state, input);
  session.in_hook = true;
  lua_call(state, 1, 1);
  read_decision(state, session);
}

int append(lua_State*, const void* piece, std::size_t size, void* out) {
  static_cast<std::string*>(out)->append(static_cast<const char*>(piece), size);
  return 0;
}

}  // namespace

std::vector<std::string> library_names() {
  std::vector<std::string> names;
  Session session;
  State state(kLoadLimits, nullptr);
  state.protect([&](lua_State* lua) {
    open_library(lua, 0);
    add_decisions(lua, session);
    lua_pushglobaltable(lua);
    for (lua_pushnil(lua); lua_next(lua, -2); lua_pop(lua, 1))
      names.push_back(lua_tostring(lua, -2));
  });
  std::sort(names.begin(), names.end());
  return names;
}

std::string_view name_of(Outcome outcome) {
  static constexpr std::string_view kNames[] = {"allowed", "denied", "failed"};
  return kNames[static_cast<int>(outcome)];
}

Compiled compile(std::string_view source) {
  Compiled compiled;
  if (source.size() > kSourceSizeMax) {
    compiled.fault = Fault{
        Stop::none, "the script is longer than " + std::to_string(kSourceSizeMax) + " bytes", 0};
    return compiled;
  }
  State state(kLoadLimits, nullptr);
  compiled.fault = state.protect([&](lua_State* lua) {
    if (luaL_loadbufferx(lua, source.data(), source.size(), kChunkName, "t") != LUA_OK)
      lua_error(lua);
    // Lines are kept: an author needs to know where it failed.
    lua_dump(lua, &append, &compiled.bytecode, 0);
  });
  return compiled;
}

Bundle inspect(const std::string& bytecode, const Limits& limits) {
  Bundle bundle;
  Session session;
  State state(limits, nullptr);
  bundle.fault = state.protect([&](lua_State* lua) {
    open_library(lua, 0);
    add_decisions(lua, session);
    watch_globals(lua, bundle);
    load_bundle(lua, bytecode);
    list_hooks(lua, bundle);
  });
  if (bundle.fault) bundle.hooks.clear();
  return bundle;
}

Result run(const std::string& bytecode, const Input& input, const Limits& limits,
           const std::atomic<bool>* cancelled) {
  Result result;
  if (std::string why = input_fault(input.data); !why.empty()) {
    result.fault = Fault{Stop::none, "the hook's input " + why, 0};
    return result;
  }
  Session session{&input, &result};
  State state(limits, cancelled);
  result.fault = state.protect([&](lua_State* lua) { run_hook(lua, bytecode, input, session); });
  result.usage = state.usage();
  if (session.log_dropped > 0)
    result.log.push_back("(" + std::to_string(session.log_dropped) + " lines more)");
  // A denial holds even if the script broke afterwards; a broken limit counts as broken.
  if (result.fault && result.fault->stop == Stop::none && session.denied) {
    result.fault.reset();
    result.outcome = Outcome::denied;
  }
  if (result.fault) {
    result.outcome = Outcome::failed;
    result.set.clear();
    result.commands.clear();
  }
  return result;
}

}  // namespace cinnabar::lua
