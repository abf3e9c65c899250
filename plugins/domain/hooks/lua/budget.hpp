// Budget: what one run of a script may use, and what it has used. Belongs to that run's Lua state;
// one thread.
//
// What is counted comes first: instructions (by the count hook), bytes (by the allocator), and
// steps, which the guarded library charges for work that no instruction counts: characters matched,
// items moved, bytes allocated. Time on the thread's own CPU clock comes second. A budget that ran
// out stays so: the hook then fires at every instruction and raises again, so that pcall, error
// handlers and __close cannot carry on. The count hook makes tight loops some 2.2 times slower,
// which does not matter at a few thousand instructions a run, and in return the same script stops
// at the same place on every machine; a watchdog thread would stop it wherever it happened to be.
#pragma once

#include <lua.hpp>

#include <atomic>
#include <cstdint>
#include <string_view>

namespace cinnabar::lua {

struct Limits {
  std::int64_t instructions = 1'000'000;   // some 15 ms of plain loops
  std::int64_t steps = 5'000'000;          // one is a few nanoseconds
  std::int64_t memory = 16 * 1024 * 1024;  // bytes at the peak, garbage included
  std::int64_t string_size = 1024 * 1024;  // bytes of one; bounds what one instruction does
  std::int64_t output_size = 256 * 1024;   // bytes of what the script returns
  std::int64_t cpu_us = 50'000;            // when counting was not enough, as on a slow machine
};

// Checking a script before it is accepted: it only builds tables and functions.
inline constexpr Limits kLoadLimits{200'000, 1'000'000, 16 << 20, 1 << 20, 64 << 10, 20'000};
// What nearly every hook keeps to: it may run on the thread of the request, at its priority. A run
// that needs more is begun anew, on a thread of low priority, with the full limits.
inline constexpr Limits kQuickLimits{100'000, 500'000, 8 << 20, 1 << 20, 256 << 10, 5'000};

enum class Stop { none, instructions, steps, memory, string_size, output_size, cpu, cancelled };
std::string_view name_of(Stop stop);
// What was exceeded, in words for the script's author.
std::string_view explain(Stop stop);

struct Usage {
  std::int64_t instructions = 0;
  std::int64_t steps = 0;
  std::int64_t memory = 0;  // bytes at the peak
  std::int64_t cpu_us = 0;
};

class Budget {
 public:
  // `cancelled` may be null; setting it from another thread stops the run.
  Budget(const Limits& limits, const std::atomic<bool>* cancelled)
      : limits_(limits), cancelled_(cancelled) {}
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  // A lua_Alloc; `self` is the Budget.
  static void* allocate(void* self, void* block, std::size_t old_size, std::size_t size);
  static Budget& of(lua_State* state) { return **static_cast<Budget**>(lua_getextraspace(state)); }

  // Ties the budget to its state and starts counting.
  void arm(lua_State* state);
  // Pays for work that no instruction counts, before it is done. Raises when it is too much.
  void charge(std::int64_t steps);
  // Raises unless a string of that size may be made.
  void check_string(std::size_t size);
  // Ends the run: from now on nothing but its unwinding happens.
  void expire(Stop why);
  [[noreturn]] void expire_and_raise(Stop why);

  const Limits& limits() const { return limits_; }
  Stop stop() const { return stop_; }
  int stopped_at_line() const { return line_; }
  Usage usage() const;

 private:
  static void on_count(lua_State* state, lua_Debug* at);
  [[noreturn]] void raise();
  bool grant(std::size_t size, std::size_t more, bool is_string);
  void watch_closely();

  Limits limits_;
  const std::atomic<bool>* cancelled_;
  lua_State* state_ = nullptr;
  Stop stop_ = Stop::none;
  int line_ = 0;
  int batch_ = 0;  // instructions between two looks
  std::int64_t instructions_ = 0;
  std::int64_t steps_ = 0;
  std::int64_t bytes_ = 0;
  std::int64_t bytes_peak_ = 0;
  std::int64_t cpu_start_us_ = 0;
};

}  // namespace cinnabar::lua
