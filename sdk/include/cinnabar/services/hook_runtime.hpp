// cinnabar.hook-runtime/1: compiles scripts and runs their hooks apart from the server, in a
// confined process that is killed when it overruns. Used by the hook host where the installation
// wants that. A pure function: nothing but the request goes in, nothing but the answer comes out.
// Draft. Thread-safety: any thread.
#pragma once

#include <cinnabar/services/hooks.hpp>

namespace cinnabar {

// Compiles a script and lists its hooks, which runs its outermost part.
struct HookLoadRequest {
  std::string source;
};
CINNABAR_DESCRIBE(HookLoadRequest, (source, length(0, 65'536)))

struct HookLoadReply {
  Bytes bytecode;
  std::vector<std::string> hooks;
  std::vector<std::string> warnings;
  bool broke = false;  // then `stop` is the limit, or none: an error
  std::string stop;
  std::string message;
  int line = 0;
};
CINNABAR_DESCRIBE(HookLoadReply, bytecode, hooks, warnings, broke, stop, message, line)

struct HookRunLimits {
  std::int64_t instructions = 0;
  std::int64_t steps = 0;
  std::int64_t memory = 0;  // bytes
  std::int64_t string_size = 0;
  std::int64_t output_size = 0;
  std::int64_t cpu_us = 0;
};
CINNABAR_DESCRIBE(HookRunLimits, instructions, steps, memory, string_size, output_size, cpu_us)

struct HookRunRequest {
  Bytes bytecode;  // of the hook host's own compiler
  std::string point;
  Json input;
  std::int64_t now_ms = 0;
  std::string seed;  // of random numbers, decimal
  std::vector<std::string> amends;
  std::vector<std::string> commands;
  HookRunLimits limits;
};
CINNABAR_DESCRIBE(HookRunRequest, bytecode, point, input, now_ms, seed, amends, commands, limits)

struct HookRunReply {
  std::string outcome;  // allowed, denied, failed
  bool handled = false;
  std::string code;
  std::string text;
  std::map<std::string, Json> set;
  std::vector<HookCommand> commands;
  std::vector<std::string> log;
  bool broke = false;  // then `stop` is the limit, or none: an error
  std::string stop;
  std::string message;
  int line = 0;
  std::int64_t instructions = 0;
  std::int64_t steps = 0;
  std::int64_t memory = 0;
  std::int64_t cpu_us = 0;
};
CINNABAR_DESCRIBE(HookRunReply, outcome, handled, code, text, set, commands, log, broke, stop,
                  message, line, instructions, steps, memory, cpu_us)

class HookRuntime {
 public:
  using Interface = HookRuntime;
  virtual ~HookRuntime() = default;
  virtual HookLoadReply load(const HookLoadRequest&, const Call&) = 0;
  virtual HookRunReply run(const HookRunRequest&, const Call&) = 0;
};
CINNABAR_SERVICE(HookRuntime, "cinnabar.hook-runtime/1", load, run)

}  // namespace cinnabar
