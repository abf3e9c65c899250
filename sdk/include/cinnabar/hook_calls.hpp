// What a part of the business writes where a script may decide or is told. The points themselves
// are declared with DomainPlugin::hook_point: `amends` lists the pointers that a script may set,
// and as "/commands/NAME" the commands that the part carries out for it. Stateless; any thread.
//
//   ask_hook(host(), call, enterprise, "lease.before_renew", RenewInput{...});   // a gate
//   tell_hook(host(), call, enterprise, "lease.after_renew", RenewInput{...});   // a notice
#pragma once

#include <cinnabar/host.hpp>
#include <cinnabar/services/hooks.hpp>

namespace cinnabar {

// Asks the tenant's script. Throws "hook.denied", and "hook.failed" where the point is a gate. A
// command may be computed again and then asks again: before a gate nothing may have happened.
template <class Input>
HookDecision ask_hook(const Host& host, const Call& call, const std::string& tenant,
                      const std::string& point, const Input& input) {
  const CallAs as(call, tenant);
  const Call tenant_call = as.call();
  return host.service<Hooks>(tenant_call).run({point, from_json<Json>(to_json(input))});
}

// Tells the tenant's script what happened. Whatever becomes of that, the caller goes on: a failure
// is logged, and the decision is empty then.
template <class Input>
HookDecision tell_hook(const Host& host, const Call& call, const std::string& tenant,
                       const std::string& point, const Input& input) {
  try {
    return ask_hook(host, call, tenant, point, input);
  } catch (const Error& error) {
    host.log(Level::warning, point + " of " + tenant + ": " + error.what());
    return {};
  }
}

}  // namespace cinnabar
