// cinnabar.hook-runtime/1 over the sandbox. It lives in a worker without files, network and keys,
// which is ended at the deadline of its call, whatever the script does.
#include "../lua/sandbox.hpp"

#include <cinnabar/plugin.hpp>
#include <cinnabar/services/hook_runtime.hpp>

#include <cstdlib>

namespace cinnabar {
namespace {

class LuaRuntime final : public HookRuntime {
 public:
  HookLoadReply load(const HookLoadRequest& in, const Call&) override {
    HookLoadReply out;
    lua::Compiled compiled = lua::compile(in.source);
    std::optional<lua::Fault> fault = std::move(compiled.fault);
    if (!fault) {
      lua::Bundle bundle = lua::inspect(compiled.bytecode);
      out.bytecode = Bytes(std::move(compiled.bytecode));
      out.hooks = std::move(bundle.hooks);
      out.warnings = std::move(bundle.warnings);
      fault = std::move(bundle.fault);
    }
    out.broke = fault.has_value();
    if (fault) {
      out.stop = name_of(fault->stop);
      out.message = fault->message;
      out.line = fault->line;
    }
    return out;
  }

  HookRunReply run(const HookRunRequest& in, const Call&) override {
    lua::Input input{in.point, in.input, in.now_ms, std::strtoull(in.seed.c_str(), nullptr, 10),
                     in.amends, in.commands};
    const HookRunLimits& l = in.limits;
    lua::Result result =
        lua::run(in.bytecode.text(), input, {l.instructions, l.steps, l.memory, l.string_size,
                                             l.output_size, l.cpu_us});
    HookRunReply out;
    out.outcome = name_of(result.outcome);
    out.handled = result.handled;
    out.code = std::move(result.code);
    out.text = std::move(result.text);
    out.set = std::move(result.set);
    out.commands = std::move(result.commands);
    out.log = std::move(result.log);
    out.broke = result.fault.has_value();
    if (result.fault) {
      out.stop = name_of(result.fault->stop);
      out.message = result.fault->message;
      out.line = result.fault->line;
    }
    out.instructions = result.usage.instructions;
    out.steps = result.usage.steps;
    out.memory = result.usage.memory;
    out.cpu_us = result.usage.cpu_us;
    return out;
  }
};

}  // namespace

CINNABAR_PLUGIN(LuaRuntime)

}  // namespace cinnabar
