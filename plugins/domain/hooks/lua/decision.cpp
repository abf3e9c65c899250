#include "decision.hpp"

#include "convert.hpp"
#include "library.hpp"

#include <cinnabar/text.hpp>

#include <algorithm>

namespace cinnabar::lua {
namespace {

constexpr const char* kDecisions[] = {"allow", "deny", "require_approval", "route"};

Session& session_of(lua_State* state) {
  return *static_cast<Session*>(lua_touserdata(state, lua_upvalueindex(1)));
}

[[noreturn]] void fail(lua_State* state, const std::string& message) {
  lua_pushlstring(state, message.data(), message.size());
  luaL_where(state, 1);
  lua_insert(state, -2);
  lua_concat(state, 2);
  lua_error(state);
  throw failure("unreachable");
}

void require_hook(lua_State* state, const Session& session, const char* name) {
  if (!session.in_hook)
    fail(state, std::string(name) + " cannot be called while the script is loaded, only in a hook");
}

// A decision is a marked table: its kind, and the argument that it was made with.
int push_decision(lua_State* state, const char* kind, int argument) {
  lua_createtable(state, 2, 0);
  lua_pushstring(state, kind);
  lua_rawseti(state, -2, 1);
  lua_pushvalue(state, argument);
  lua_rawseti(state, -2, 2);
  lua_rawgetp(state, LUA_REGISTRYINDEX, &kDecisionMark);
  lua_setmetatable(state, -2);
  return 1;
}

int make(lua_State* state, const char* kind) {
  Session& session = session_of(state);
  require_hook(state, session, kind);
  ++session.decisions;
  lua_settop(state, 1);
  return push_decision(state, kind, 1);
}

int allow(lua_State* state) { return make(state, "allow"); }
int require_approval(lua_State* state) { return make(state, "require_approval"); }
int route(lua_State* state) { return make(state, "route"); }

bool is_code(std::string_view code) {
  return std::all_of(code.begin(), code.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
  });
}

int deny(lua_State* state) {
  Session& session = session_of(state);
  require_hook(state, session, "deny");
  lua_settop(state, 2);
  Reader reader(state);
  const std::string code = reader.read_text(1, "deny: the code", kDenialCodeMax);
  const std::string text = reader.read_text(2, "deny: the text", kDenialTextMax);
  if (!is_code(code)) fail(state, "deny: the code may only have letters, digits, '_', '.' and '-'");
  if (text.size() > kDenialBytesMax)
    fail(state, "deny: the text must have at most " + std::to_string(kDenialBytesMax) + " bytes");
  if (!session.denied) {
    session.denied = true;
    session.result->code = code;
    session.result->text = text;
  }
  return push_decision(state, "deny", 1);
}

int print(lua_State* state) {
  Session& session = session_of(state);
  std::string line;
  for (int i = 1; i <= lua_gettop(state) && line.size() < kLogLineSizeMax; ++i) {
    push_text_of(state, i);
    std::size_t size = 0;
    const char* text = lua_tolstring(state, -1, &size);
    // Three bytes more, so that the last character that still fits is whole.
    line.append(i > 1 ? "\t" : "").append(text, std::min(size, kLogLineSizeMax + 3));
    lua_pop(state, 1);
  }
  line = shortened_text(line, kLogLineSizeMax);
  Budget::of(state).charge(static_cast<std::int64_t>(line.size()) + 1);
  if (session.result && session.result->log.size() < kLogLinesMax)
    session.result->log.push_back(std::move(line));
  else
    ++session.log_dropped;
  return 0;
}

std::string join(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

void refuse_unknown(lua_State* state, const Json& given, const std::vector<std::string>& known,
                    const std::string& what) {
  for (const auto& [name, value] : given.members())
    if (std::find(known.begin(), known.end(), name) == known.end())
      fail(state, what + " has no '" + name + "'; it takes " + join(known));
}

void read_set(lua_State* state, Session& session, const Json& set) {
  if (!set.is_object()) fail(state, "allow: set must be a table from pointers to values");
  const auto& amends = session.input->amends;
  for (const auto& [pointer, value] : set.members()) {
    if (amends && !may_set(*amends, pointer))
      fail(state, "allow: '" + session.input->point + "' does not let '" + pointer + "' be set; " +
                      (amends->empty() ? "nothing can be set there"
                                       : "it lets " + join(*amends) + " be set"));
    session.result->set[pointer] = value;
  }
}

// What nobody carries out must not look as if it were: a gate that only asks for an approval that
// does not exist would stand open.
void order(lua_State* state, Session& session, HookCommand command) {
  const auto& known = session.input->commands;
  if (known && std::find(known->begin(), known->end(), command.name) == known->end())
    fail(state, "'" + session.input->point + "' does not carry out '" + command.name + "'; " +
                    (known->empty() ? "it takes no commands" : "it takes " + join(*known)));
  session.result->commands.push_back(std::move(command));
}

void read_commands(lua_State* state, Session& session, const Json& commands) {
  if (commands.is_object() && commands.members().empty()) return;  // an empty table
  if (!commands.is_array()) fail(state, "allow: commands must be a list");
  for (const Json& command : commands.items()) {
    if (!command.is_object() || command["name"].text().empty())
      fail(state, "allow: a command must be a table with a name");
    refuse_unknown(state, command, {"name", "arguments"}, "a command");
    order(state, session, {command["name"].text(), command["arguments"]});
  }
}

}  // namespace

bool may_set(const std::vector<std::string>& amends, std::string_view pointer) {
  const auto matches = [&](std::string_view allowed) {
    std::string_view rest = pointer;
    while (!allowed.empty() && !rest.empty()) {
      if (allowed.front() != '/' || rest.front() != '/') return false;
      const std::string_view a = allowed.substr(1, allowed.substr(1).find('/'));
      const std::string_view b = rest.substr(1, rest.substr(1).find('/'));
      if (a != b && (a != "*" || b.empty())) return false;
      allowed.remove_prefix(a.size() + 1);
      rest.remove_prefix(b.size() + 1);
    }
    return allowed.empty() && rest.empty();
  };
  return std::any_of(amends.begin(), amends.end(), matches);
}

void add_decisions(lua_State* state, Session& session) {
  lua_newtable(state);
  lua_rawsetp(state, LUA_REGISTRYINDEX, &kDecisionMark);
  static constexpr lua_CFunction kFunctions[] = {&allow, &deny, &require_approval, &route};
  const auto set = [&](const char* name, lua_CFunction function) {
    lua_pushlightuserdata(state, &session);
    lua_pushcclosure(state, function, 1);
    lua_setglobal(state, name);
  };
  for (std::size_t i = 0; i < std::size(kDecisions); ++i) set(kDecisions[i], kFunctions[i]);
  set("print", &print);
}

void add_decisions_to_context(lua_State* state) {
  for (const char* name : kDecisions) {
    lua_getglobal(state, name);
    lua_setfield(state, -2, name);
  }
}

void read_decision(lua_State* state, Session& session) {
  Result& result = *session.result;
  const int at = lua_gettop(state);
  if (session.denied) {
    result.outcome = Outcome::denied;
    return;
  }
  if (lua_isnil(state, at)) {
    if (session.decisions > 0)
      fail(state, "a decision was made but not returned; write 'return allow{...}'");
    result.outcome = Outcome::allowed;
    return;
  }
  if (!is_decision(state, at))
    fail(state, std::string("a hook returns allow{...}, deny(code, text), require_approval{...}, "
                            "route(...) or nothing, not a ") +
                    luaL_typename(state, at));
  lua_rawgeti(state, at, 1);
  lua_rawgeti(state, at, 2);
  Reader reader(state);
  const std::string kind = reader.read_text(-2, "a decision", 32);
  const Json argument = reader.read(-1, kind);
  if (kind == "allow") {
    if (!argument.is_null() && !argument.is_object()) fail(state, "allow takes a table");
    refuse_unknown(state, argument, {"set", "commands"}, "allow");
    if (argument.contains("set")) read_set(state, session, argument["set"]);
    if (argument.contains("commands")) read_commands(state, session, argument["commands"]);
  } else if (kind == "require_approval") {
    if (!argument.is_object()) fail(state, "require_approval takes a table");
    refuse_unknown(state, argument, {"flow", "reason", "approvers"}, "require_approval");
    order(state, session, {kind, argument});
  } else {
    Json to = argument.is_text() ? Json::object().set("to", argument) : argument;
    if (!to.is_object()) fail(state, "route takes a name or a table");
    order(state, session, {kind, std::move(to)});
  }
  result.outcome = Outcome::allowed;
}

}  // namespace cinnabar::lua
