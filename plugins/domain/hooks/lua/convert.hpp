// Values between JSON and a script: plain copies both ways. No metamethod runs, so that what a
// script returns is what is read. One state, one thread.
#pragma once

#include "budget.hpp"

#include <cinnabar/value.hpp>

#include <optional>
#include <string>

namespace cinnabar::lua {

// More than any contract of a thousand controls; bounds what building ctx costs.
inline constexpr int kInputDepthMax = 32;
inline constexpr std::int64_t kInputValuesMax = 50'000;
inline constexpr std::int64_t kInputBytesMax = 2 * 1024 * 1024;
// Deep enough for an amendment, small enough that a cycle ends soon.
inline constexpr int kOutputDepthMax = 16;

// Why the value cannot be handed to a script; empty: it can. Recurses no deeper than the limit.
std::string input_fault(const Json& value);

// Pushes a copy. A null member is absent, a null item is false. The value passed input_fault.
void push_json(lua_State* state, const Json& value);

// Reads values out of a script; counts what they would be as JSON against the output limit.
class Reader {
 public:
  explicit Reader(lua_State* state) : state_(state), budget_(Budget::of(state)) {}

  // The value at the index. A table with the keys 1 ... n is an array, any other an object, whose
  // keys must be texts. Raises an error of the script that names the place. `where` is the
  // value's name in errors.
  Json read(int index, const std::string& where);
  // A text of 1 to `characters_max` characters in UTF-8.
  std::string read_text(int index, const std::string& where, std::int64_t characters_max);

 private:
  Json read_value(int index, const std::string& where, int depth);
  Json read_table(int index, const std::string& where, int depth);
  void count(std::size_t bytes);
  [[noreturn]] void fail(const std::string& where, const std::string& why);

  lua_State* state_;
  Budget& budget_;
  std::int64_t bytes_ = 0;
};

}  // namespace cinnabar::lua
