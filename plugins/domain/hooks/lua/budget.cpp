#include "budget.hpp"

#include <ctime>

#include <algorithm>
#include <cstdlib>

namespace cinnabar::lua {
namespace {

// Instructions between two looks at the budget. A single instruction can cost some 100 us (a
// string of the greatest size, a long chain of __index), so that this bounds the overshoot.
constexpr int kBatch = 100;
// With long texts about, one instruction can take some milliseconds (a text that is read as a
// number, a comparison), so that it is looked at more often.
constexpr int kCloseBatch = 10;
constexpr std::size_t kLongString = 64 * 1024;
// Allocating is work too: one step for so many bytes.
constexpr std::size_t kBytesPerStep = 16;
// Lua puts a header of less than this in front of a string's characters.
constexpr std::size_t kStringOverhead = 64;

std::int64_t thread_cpu_us() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
}

}  // namespace

std::string_view name_of(Stop stop) {
  static constexpr std::string_view kNames[] = {
      "none", "instructions", "steps", "memory", "string_size", "output_size", "cpu", "cancelled"};
  return kNames[static_cast<int>(stop)];
}

std::string_view explain(Stop stop) {
  static constexpr std::string_view kTexts[] = {
      "nothing was exceeded",
      "the script ran too many instructions; look for a loop without an end",
      "the script searched, sorted or copied too much",
      "the script used too much memory",
      "the script made a string that is too long",
      "the script returned too much",
      "the script ran for too long",
      "the script was stopped, because its time was over"};
  return kTexts[static_cast<int>(stop)];
}

bool Budget::grant(std::size_t size, std::size_t more, bool is_string) {
  if (is_string && size > static_cast<std::size_t>(limits_.string_size) + kStringOverhead) {
    expire(Stop::string_size);
    return false;
  }
  if (is_string && size > kLongString) watch_closely();
  if (more > static_cast<std::size_t>(limits_.memory - std::min(bytes_, limits_.memory))) {
    expire(Stop::memory);
    return false;
  }
  steps_ += static_cast<std::int64_t>(more / kBytesPerStep);
  if (steps_ > limits_.steps) expire(Stop::steps);
  return true;
}

void Budget::watch_closely() {
  if (batch_ == kCloseBatch || stop_ != Stop::none || !state_) return;
  batch_ = kCloseBatch;
  lua_sethook(state_, &Budget::on_count, LUA_MASKCOUNT, batch_);
}

// When there is no block, Lua passes the kind of the object where the old size would stand: it must
// not be subtracted, and it tells strings from the rest.
void* Budget::allocate(void* self, void* block, std::size_t old_size, std::size_t size) {
  auto& budget = *static_cast<Budget*>(self);
  const std::size_t held = block ? old_size : 0;
  if (size == 0) {
    std::free(block);
    budget.bytes_ -= static_cast<std::int64_t>(held);
    return nullptr;
  }
  const bool is_string = !block && old_size == LUA_TSTRING;
  if (size > held && !budget.grant(size, size - held, is_string)) return nullptr;
  void* moved = std::realloc(block, size);
  if (!moved) {
    // Shrinking must not fail for Lua; the block is simply larger than it needs to be.
    if (size <= held) return block;
    budget.expire(Stop::memory);
    return nullptr;
  }
  budget.bytes_ += static_cast<std::int64_t>(size) - static_cast<std::int64_t>(held);
  budget.bytes_peak_ = std::max(budget.bytes_peak_, budget.bytes_);
  return moved;
}

void Budget::arm(lua_State* state) {
  state_ = state;
  *static_cast<Budget**>(lua_getextraspace(state)) = this;
  cpu_start_us_ = thread_cpu_us();
  batch_ = kBatch;
  lua_sethook(state, &Budget::on_count, LUA_MASKCOUNT, batch_);
  // Garbage counts against the limit, so it is collected early and quickly.
  constexpr int kPausePercent = 130, kSpeedPercent = 400;
  lua_gc(state, LUA_GCINC, kPausePercent, kSpeedPercent, 0);
}

void Budget::on_count(lua_State* state, lua_Debug* at) {
  Budget& budget = of(state);
  budget.instructions_ += budget.stop_ == Stop::none ? budget.batch_ : 1;
  if (budget.stop_ == Stop::none) {
    if (budget.instructions_ > budget.limits_.instructions)
      budget.expire(Stop::instructions);
    else if (thread_cpu_us() - budget.cpu_start_us_ > budget.limits_.cpu_us)
      budget.expire(Stop::cpu);
    else if (budget.cancelled_ && budget.cancelled_->load(std::memory_order_relaxed))
      budget.expire(Stop::cancelled);
  }
  if (budget.stop_ == Stop::none) return;
  if (budget.line_ == 0 && lua_getinfo(state, "l", at)) budget.line_ = at->currentline;
  budget.raise();
}

void Budget::charge(std::int64_t steps) {
  if (stop_ != Stop::none) raise();
  // A count from a script may be anything up to 2^63; it must not overflow the sum.
  if (steps > limits_.steps - steps_) expire_and_raise(Stop::steps);
  steps_ += steps;
}

void Budget::check_string(std::size_t size) {
  if (size > static_cast<std::size_t>(limits_.string_size)) expire_and_raise(Stop::string_size);
}

void Budget::expire(Stop why) {
  if (stop_ != Stop::none) return;
  stop_ = why;
  if (state_) lua_sethook(state_, &Budget::on_count, LUA_MASKCOUNT, 1);
}

void Budget::expire_and_raise(Stop why) {
  expire(why);
  lua_Debug frame;
  for (int level = 0; line_ == 0 && lua_getstack(state_, level, &frame); ++level)
    if (lua_getinfo(state_, "l", &frame) && frame.currentline > 0) line_ = frame.currentline;
  raise();
}

// The error value needs no memory, of which there may be none.
void Budget::raise() {
  lua_pushlightuserdata(state_, this);
  lua_error(state_);
  std::abort();  // lua_error does not return; its declaration does not say so
}

Usage Budget::usage() const {
  return {instructions_, steps_, bytes_peak_, thread_cpu_us() - cpu_start_us_};
}

}  // namespace cinnabar::lua
