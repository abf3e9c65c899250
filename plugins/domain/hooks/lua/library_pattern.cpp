// find, match, gmatch and gsub over the step-counted matcher.
#include "library.hpp"
#include "pattern.hpp"

#include <cstring>
#include <string>

namespace cinnabar::lua {
namespace {

std::string_view text_at(lua_State* state, int index) {
  std::size_t size = 0;
  const char* text = luaL_checklstring(state, index, &size);
  return {text, size};
}

Charge charge_to(lua_State* state) {
  return [&budget = Budget::of(state)](std::int64_t steps) { budget.charge(steps); };
}

// Compiles, and turns a fault into an error of the script.
Pattern compile(lua_State* state, std::string_view text,
                Pattern::Anchors anchors = Pattern::Anchors::recognised) {
  Budget::of(state).charge(static_cast<std::int64_t>(text.size()) + 1);
  try {
    return Pattern(text, anchors);
  } catch (const PatternFault& fault) {
    lua_pushstring(state, fault.what());
  }
  luaL_error(state, "%s", lua_tostring(state, -1));
  throw PatternFault("unreachable");
}

// Where `init` points to, from 0; beyond the end: size + 1.
std::size_t start_of(lua_State* state, int index, std::size_t size) {
  const lua_Integer init = luaL_optinteger(state, index, 1);
  const auto length = static_cast<lua_Integer>(size);
  if (init > length) return init == length + 1 ? size : size + 1;
  if (init > 0) return static_cast<std::size_t>(init - 1);
  return init == 0 || init < -length ? 0 : static_cast<std::size_t>(length + init);
}

void push_capture(lua_State* state, const Matcher& matcher, std::string_view subject,
                  std::size_t index) {
  const Capture& capture = matcher.capture(index);
  if (capture.position)
    lua_pushinteger(state, static_cast<lua_Integer>(capture.start) + 1);
  else
    lua_pushlstring(state, subject.data() + capture.start, capture.size);
}

// The captures, or when there are none the whole match.
int push_captures(lua_State* state, const Matcher& matcher, std::string_view subject) {
  const std::size_t count = matcher.capture_count();
  luaL_checkstack(state, static_cast<int>(count) + 1, "too many captures");
  if (count == 0) {
    lua_pushlstring(state, subject.data() + matcher.start(), matcher.end() - matcher.start());
    return 1;
  }
  for (std::size_t i = 0; i < count; ++i) push_capture(state, matcher, subject, i);
  return static_cast<int>(count);
}

int push_positions(lua_State* state, std::size_t start, std::size_t end) {
  lua_pushinteger(state, static_cast<lua_Integer>(start) + 1);
  lua_pushinteger(state, static_cast<lua_Integer>(end));
  return 2;
}

int nothing(lua_State* state) {
  lua_pushnil(state);
  return 1;
}

// memmem runs in linear time, unlike std::string_view::find.
int find_plain(lua_State* state, std::string_view subject, std::string_view wanted,
               std::size_t start) {
  Budget::of(state).charge(
      static_cast<std::int64_t>((subject.size() - start) / 8 + wanted.size() / 8 + 1));
  const void* found =
      memmem(subject.data() + start, subject.size() - start, wanted.data(), wanted.size());
  if (!found) return nothing(state);
  const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - subject.data());
  return push_positions(state, at, at + wanted.size());
}

int search(lua_State* state, bool positions) {
  const std::string_view subject = text_at(state, 1), wanted = text_at(state, 2);
  const std::size_t start = start_of(state, 3, subject.size());
  if (start > subject.size()) return nothing(state);
  const bool plain = wanted.find_first_of("^$*+?.([%-") == std::string_view::npos;
  if (positions && (plain || lua_toboolean(state, 4)))
    return find_plain(state, subject, wanted, start);
  const Pattern pattern = compile(state, wanted);
  const Charge charge = charge_to(state);
  Matcher matcher(pattern, subject, charge);
  if (!matcher.find_from(start)) return nothing(state);
  if (!positions) return push_captures(state, matcher, subject);
  push_positions(state, matcher.start(), matcher.end());
  return 2 + (matcher.capture_count() > 0 ? push_captures(state, matcher, subject) : 0);
}

int find(lua_State* state) { return search(state, true); }
int match(lua_State* state) { return search(state, false); }

// Upvalues: subject, pattern, where to go on, where the last match ended (-1: nowhere).
int next_match(lua_State* state) {
  const std::string_view subject = text_at(state, lua_upvalueindex(1));
  const Pattern pattern =
      compile(state, text_at(state, lua_upvalueindex(2)), Pattern::Anchors::literal);
  const Charge charge = charge_to(state);
  const lua_Integer last_end = lua_tointeger(state, lua_upvalueindex(4));
  Matcher matcher(pattern, subject, charge);
  for (auto at = static_cast<std::size_t>(lua_tointeger(state, lua_upvalueindex(3)));
       at <= subject.size(); ++at) {
    if (!matcher.match_at(at) || static_cast<lua_Integer>(matcher.end()) == last_end) continue;
    lua_pushinteger(state, static_cast<lua_Integer>(matcher.end()));
    lua_pushvalue(state, -1);
    lua_replace(state, lua_upvalueindex(3));
    lua_replace(state, lua_upvalueindex(4));
    return push_captures(state, matcher, subject);
  }
  return 0;
}

int gmatch(lua_State* state) {
  const std::string_view subject = text_at(state, 1);
  compile(state, text_at(state, 2), Pattern::Anchors::literal);
  const std::size_t start = start_of(state, 3, subject.size());
  lua_settop(state, 2);
  lua_pushinteger(state, static_cast<lua_Integer>(start));
  lua_pushinteger(state, -1);
  lua_pushcclosure(state, &next_match, 4);
  return 1;
}

// The text of gsub's result as it grows.
class Output {
 public:
  explicit Output(lua_State* state) : budget_(Budget::of(state)) {}
  void add(std::string_view piece) {
    budget_.check_string(text_.size() + piece.size());
    text_ += piece;
  }
  const std::string& text() const { return text_; }

 private:
  Budget& budget_;
  std::string text_;
};

void add_template(lua_State* state, Output& out, const Matcher& matcher, std::string_view subject,
                  std::string_view replacement) {
  const std::string_view whole = subject.substr(matcher.start(), matcher.end() - matcher.start());
  Budget::of(state).charge(static_cast<std::int64_t>(replacement.size()));
  for (std::size_t i = 0; i < replacement.size(); ++i) {
    if (replacement[i] != '%') {
      out.add(replacement.substr(i, 1));
      continue;
    }
    const char c = ++i < replacement.size() ? replacement[i] : '\0';
    const auto index = static_cast<std::size_t>(c - '1');
    if (c == '%') {
      out.add("%");
    } else if (c == '0' || (c == '1' && matcher.capture_count() == 0)) {
      out.add(whole);
    } else if (c >= '1' && c <= '9' && index < matcher.capture_count()) {
      push_capture(state, matcher, subject, index);
      out.add(text_at(state, -1));
      lua_pop(state, 1);
    } else if (c >= '1' && c <= '9') {
      luaL_error(state, "invalid capture index %%%d in replacement string", c - '0');
    } else {
      luaL_error(state, "invalid use of '%%' in replacement string");
    }
  }
}

// What the replacement makes of one match. Nil and false keep what was there.
void add_replacement(lua_State* state, Output& out, const Matcher& matcher,
                     std::string_view subject) {
  const int kind = lua_type(state, 3);
  if (kind == LUA_TSTRING || kind == LUA_TNUMBER)
    return add_template(state, out, matcher, subject, text_at(state, 3));
  if (kind == LUA_TFUNCTION) {
    lua_pushvalue(state, 3);
    lua_call(state, push_captures(state, matcher, subject), 1);
  } else {
    lua_settop(state, 4);
    push_captures(state, matcher, subject);
    lua_settop(state, 5);
    lua_gettable(state, 3);
  }
  if (!lua_toboolean(state, -1)) {
    out.add(subject.substr(matcher.start(), matcher.end() - matcher.start()));
  } else {
    if (!lua_isstring(state, -1))
      luaL_error(state, "invalid replacement value (a %s)", luaL_typename(state, -1));
    out.add(text_at(state, -1));
  }
  lua_pop(state, 1);
}

int gsub(lua_State* state) {
  const std::string_view subject = text_at(state, 1);
  const Pattern pattern = compile(state, text_at(state, 2));
  const int kind = lua_type(state, 3);
  luaL_argexpected(
      state,
      kind == LUA_TNUMBER || kind == LUA_TSTRING || kind == LUA_TTABLE || kind == LUA_TFUNCTION, 3,
      "string/function/table");
  const lua_Integer most = luaL_optinteger(state, 4, static_cast<lua_Integer>(subject.size()) + 1);
  lua_settop(state, 4);
  const Charge charge = charge_to(state);
  Matcher matcher(pattern, subject, charge);
  Output out(state);
  lua_Integer count = 0;
  std::size_t at = 0, last_end = SIZE_MAX;
  while (count < most) {
    if (matcher.match_at(at) && matcher.end() != last_end) {
      ++count;
      add_replacement(state, out, matcher, subject);
      at = last_end = matcher.end();
    } else if (at < subject.size()) {
      out.add(subject.substr(at++, 1));
    } else {
      break;
    }
    if (pattern.anchored()) break;
  }
  if (at < subject.size()) out.add(subject.substr(at));
  lua_pushlstring(state, out.text().data(), out.text().size());
  lua_pushinteger(state, count);
  return 2;
}

}  // namespace

void add_pattern_functions(lua_State* state) {
  static constexpr luaL_Reg kFunctions[] = {
      {"find", &find}, {"match", &match}, {"gmatch", &gmatch}, {"gsub", &gsub}, {nullptr, nullptr}};
  luaL_setfuncs(state, kFunctions, 0);
}

}  // namespace cinnabar::lua
