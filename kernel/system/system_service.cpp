#include "kernel/system/system_service.hpp"

#include "kernel/event/chain.hpp"

namespace cinnabar::kernel {

SystemService::SystemService(Host& host, SystemParts parts)
    : DomainPlugin(host), parts_(std::move(parts)) {
  route("GET", "/clock", "clock.get", this, &SystemService::clock)
      .open()
      .summary("The business clock and the real one", "业务时钟与真实时钟");
  route("POST", "/clock/advance", "clock.advance", this, &SystemService::advance)
      .summary("Moves the business clock on, in demonstrations", "在演示环境中拨快业务时钟")
      .self()
      .audited();
}

Manifest SystemService::manifest() {
  Manifest manifest;
  manifest.id = "cinnabar.kernel-system";
  manifest.version = "1.0.0";
  manifest.title = "Event chains, hook points, permissions and clocks";
  manifest.provides = {{"cinnabar.domain/1", "system"},
                       {"cinnabar.events/1", "kernel"},
                       {"cinnabar.hook-points/1", "kernel"},
                       {"cinnabar.permissions/1", "kernel"}};
  manifest.table_prefix = "kernel_";
  manifest.status = "stable";
  return manifest;
}

Chain SystemService::chain(const ChainRequest& request, const Call&) {
  return read_chain(parts_.db(), request.aggregate, request.after, request.limit);
}

HookPointSet SystemService::list(const HookPointsRequest&, const Call&) {
  return parts_.hook_points();
}

PermissionSet SystemService::list(const PermissionsRequest&, const Call&) {
  return parts_.permissions();
}

Answer<ClockView> SystemService::clock(const Request&) {
  Answer<ClockView> answer;
  answer.body = {Time{parts_.clocks.business_ms()}, Time{parts_.clocks.real_ms()}, parts_.demo};
  return answer;
}

Answer<ClockView> SystemService::advance(const AdvanceClock& in, const Request& request) {
  if (!parts_.demo) throw Error("clock.fixed");
  parts_.clocks.advance(in.seconds * 1000);
  parts_.moved();
  return clock(request);
}

}  // namespace cinnabar::kernel
