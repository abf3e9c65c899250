// The sandbox: compiles a script and runs one of its hooks. Pure: source and JSON in, a result out;
// no database, no files, no clock but what it is given. Every run has a fresh Lua state of its own,
// so that nothing leaks from one run or tenant into another. Any thread, many at once.
//
// A script returns a bundle: `return { api = 1, hooks = { ["contract.before_send"] = function(ctx)
// ... end } }`. Lua in this process limits damage by mistakes and mischief; it is not a wall
// against faults in Lua itself.
#pragma once

#include "budget.hpp"

#include <cinnabar/services/hooks.hpp>

#include <optional>
#include <string>
#include <vector>

namespace cinnabar::lua {

inline constexpr int kApiLevel = 1;
// A script is text for people; the limit also bounds what compiling it costs, and is less than what
// a TEXT column of MariaDB holds.
inline constexpr std::size_t kSourceSizeMax = 60 * 1024;
// What the end user of a denial sees. In bytes as well, because error parameters are cut at 1024.
inline constexpr std::int64_t kDenialTextMax = 300;
inline constexpr std::size_t kDenialBytesMax = 1000;
inline constexpr std::int64_t kDenialCodeMax = 64;
// print() is for the script's author, not for data.
inline constexpr std::size_t kLogLinesMax = 50;
inline constexpr std::size_t kLogLineSizeMax = 500;

// Why a script could not be compiled, checked or run.
struct Fault {
  Stop stop = Stop::none;  // the limit that was broken; none: an error
  std::string message;
  int line = 0;  // in the script; 0: not known
};

struct Compiled {
  std::string bytecode;
  std::optional<Fault> fault;
};

// What a script says of itself when it is loaded, without any input.
struct Bundle {
  int api = 0;
  std::vector<std::string> hooks;     // names of points, sorted
  std::vector<std::string> warnings;  // such as globals that were set
  std::optional<Fault> fault;
};

struct Input {
  std::string point;
  Json data;
  std::int64_t now_ms = 0;
  std::uint64_t seed = 0;  // of math.random
  // Pointers that allow{set=...} may set, "*" for any one name; absent: not checked (offline).
  std::optional<std::vector<std::string>> amends;
  // Names of commands that the point carries out; absent: not checked (offline).
  std::optional<std::vector<std::string>> commands{};
};

enum class Outcome { allowed, denied, failed };
std::string_view name_of(Outcome outcome);

struct Result {
  Outcome outcome = Outcome::failed;
  bool handled = false;    // the bundle has a function for the point
  std::string code, text;  // of a denial
  std::map<std::string, Json> set;
  std::vector<HookCommand> commands;
  std::vector<std::string> log;
  std::optional<Fault> fault;
  Usage usage;
};

// Text only: bytecode is never taken from outside.
Compiled compile(std::string_view source);
Bundle inspect(const std::string& bytecode, const Limits& limits = kLoadLimits);
// `cancelled` may be null.
Result run(const std::string& bytecode, const Input& input, const Limits& limits = {},
           const std::atomic<bool>* cancelled = nullptr);

// The names of the globals that a script finds, sorted.
std::vector<std::string> library_names();

// Whether a pointer is one of those that may be set.
bool may_set(const std::vector<std::string>& amends, std::string_view pointer);

}  // namespace cinnabar::lua
