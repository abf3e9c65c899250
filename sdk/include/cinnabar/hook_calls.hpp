// What a part of the business writes where a script may decide or is told. The points themselves
// are declared with DomainPlugin::hook_point: `amends` lists the pointers that a script may set,
// and as "/commands/NAME" the commands that the part carries out for it. Stateless; any thread.
//
//   ask_hook(host(), call, enterprise, "lease.before_renew", RenewInput{...});   // a gate
//   tell_hook(host(), call, enterprise, "lease.after_renew", RenewInput{...});   // a notice
#pragma once

#include <cinnabar/host.hpp>
#include <cinnabar/services/hooks.hpp>

#include <type_traits>

namespace cinnabar {

namespace detail {
template <class Input>
std::string hook_input(const Input& input) {
  if constexpr (std::is_invocable_v<const Input&>)
    return to_json(input());
  else
    return to_json(input);
}
}  // namespace detail

// Asks the tenant's script. `input` is the point's input, or a function that makes it: made and
// written only where there is a script to read it. Throws "hook.denied", where the point is a gate
// "hook.failed", and "hook.unavailable" (503) when the script cannot be run now. A command may be
// computed again and then asks again: before a gate nothing may have happened.
template <class Input>
HookDecision ask_hook(const Host& host, const Call& call, const std::string& tenant,
                      const std::string& point, const Input& input) {
  const CallAs as(call, tenant);
  const Call tenant_call = as.call();
  const auto hooks = host.service<Hooks>(tenant_call);
  const HookWish wish = hooks.wants({point});
  if (!wish.wanted) return {};
  return hooks.run({point, Json(), Bytes(detail::hook_input(input)), wish.epoch});
}

// Whether it passes and says nothing of the script: what was begun is to be done again later.
inline bool is_passing(const Error& error) {
  return error.status() == CINNABAR_CONFLICT || error.status() == CINNABAR_UNAVAILABLE ||
         error.status() == CINNABAR_DEADLINE;
}

// Tells the tenant's script what happened, from a handler of an event. Whatever the script makes of
// it, the caller goes on: its failure is logged, and the decision is empty then. What passes, such
// as a queue that is full, is thrown: the event then comes again.
template <class Input>
HookDecision tell_hook(const Host& host, const Call& call, const std::string& tenant,
                       const std::string& point, const Input& input) {
  try {
    return ask_hook(host, call, tenant, point, input);
  } catch (const Error& error) {
    if (is_passing(error)) throw;
    host.log(Level::warning, point + " of " + tenant + ": " + error.what());
    return {};
  }
}

}  // namespace cinnabar
