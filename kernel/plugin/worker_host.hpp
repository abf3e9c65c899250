// The host that a plugin sees in the zygote and in its workers: log, clocks, random numbers, its
// configuration, and within a call the services that its plugin.json requires, which the server
// calls for it. Everything else answers CINNABAR_UNSUPPORTED. One of them a process, for its life;
// a plugin's threads may call it, the worker's own functions belong to its one thread.
#pragma once

#include <cinnabar/host.hpp>

#include <cstdint>
#include <string>

namespace cinnabar::kernel {

const cinnabar_host* hosted_host(std::string config);

// The call that the worker carries out now, as long as this lives.
class HostedCall {
 public:
  // `socket`: where the server listens; business_shift_ms: of the business clock.
  HostedCall(int socket, std::int64_t deadline_ms, std::int64_t business_shift_ms);
  ~HostedCall();  // waits for what the plugin's threads still ask
  HostedCall(const HostedCall&) = delete;
  HostedCall& operator=(const HostedCall&) = delete;
};

// Whether the deadline of the call has passed.
bool hosted_call_expired();

}  // namespace cinnabar::kernel
