#include "kernel/plugin/invoke.hpp"

#include "kernel/plugin/call_context.hpp"
#include "kernel/plugin/plugin_host.hpp"
#include "kernel/plugin/plugin_record.hpp"

#include <cinnabar/package/crash_marks.hpp>

namespace cinnabar::kernel {
namespace {

Error not_bound(const Snapshot& snapshot, const ServiceTarget& target) {
  return Error("plugin.not_bound",
               {{"interface", std::string(target.interface_id)},
                {"name", std::string(target.name)},
                {"owner", snapshot.owner()}},
               {}, CINNABAR_UNSUPPORTED);
}

// Passes a reply on, and sees whether anything was said.
struct WatchedReply {
  const cinnabar_reply* to;
  bool said = false;
  cinnabar_reply raw{sizeof(cinnabar_reply), this,
                     [](void* self, cinnabar_bytes bytes) -> cinnabar_status {
                       auto& watched = *static_cast<WatchedReply*>(self);
                       watched.said = true;
                       return watched.to->json(watched.to->self, bytes);
                     },
                     [](void* self, cinnabar_bytes bytes) -> cinnabar_status {
                       auto& watched = *static_cast<WatchedReply*>(self);
                       return watched.to->span(watched.to->self, bytes);
                     }};
  explicit WatchedReply(const cinnabar_reply* reply) : to(reply) {}
  WatchedReply(const WatchedReply&) = delete;
  WatchedReply& operator=(const WatchedReply&) = delete;
};

PluginRecord& record_of(const Binding& binding) {
  return *static_cast<const RecordedProvider*>(binding.provider)->record;
}

cinnabar_status run(const Binding& binding, const cinnabar_call& call, const ServiceTarget& target,
                    const cinnabar_message& request, const cinnabar_reply* reply) {
  cinnabar_call own = call;
  own.struct_size = sizeof own;
  own.config = bytes_of(binding.config);
  const auto* service = static_cast<const cinnabar_service*>(binding.provider->table);
  WatchedReply watched(reply);
  const package::InPlugin mark(
      record_of(binding).inside ? binding.provider->manifest->id.c_str() : nullptr);
  const cinnabar_status status =
      service->invoke(service->self, &own, bytes_of(target.method), &request, &watched.raw);
  if (status == CINNABAR_UNSUPPORTED && !watched.said)
    throw Error("plugin.method_unknown",
                {{"plugin", binding.provider->manifest->id},
                 {"interface", std::string(target.interface_id)},
                 {"method", std::string(target.method)}},
                {}, CINNABAR_UNSUPPORTED);
  return status;
}

}  // namespace

cinnabar_status invoke_bound(const Clocks& clocks, const Snapshot& snapshot,
                             const cinnabar_call& call, const ServiceTarget& target,
                             const cinnabar_message& request, const cinnabar_reply* reply) {
  const Binding* binding = snapshot.find(target.interface_id, target.name);
  cinnabar_status answer = CINNABAR_OK;
  const auto begin = std::chrono::steady_clock::now();
  const cinnabar_status status = guarded(reply, [&] {
    if (!binding || is_table_interface(target.interface_id)) throw not_bound(snapshot, target);
    if (call.deadline_ms != 0 && clocks.real_ms() > call.deadline_ms)
      throw Error("deadline", {}, {}, CINNABAR_DEADLINE);
    CallContext* context = CallContext::of(&call);
    if (!context) {
      answer = run(*binding, call, target, request, reply);
      return;
    }
    const CallContext::Entry entry(*context, binding->provider->manifest->id);
    if (!entry.allowed())
      throw Error("plugin.call_loop", {{"interface", std::string(target.interface_id)}}, {},
                  CINNABAR_FAILED);
    answer = run(*binding, call, target, request, reply);
  });
  const cinnabar_status result = status != CINNABAR_OK ? status : answer;
  if (binding) {
    PluginRecord& record = record_of(*binding);
    ++record.calls;
    if (result != CINNABAR_OK && result != CINNABAR_REFUSED) ++record.errors;
    record.time_us +=
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(
                                       std::chrono::steady_clock::now() - begin)
                                       .count());
  }
  return result;
}

}  // namespace cinnabar::kernel
