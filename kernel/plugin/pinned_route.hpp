// PinnedRoute: service calls of the kernel itself, through a snapshot that was taken before. Holds
// the snapshot; the texts of the call and the context behind it are borrowed. Any thread.
#pragma once

#include "kernel/plugin/registry.hpp"

namespace cinnabar::kernel {

class PinnedRoute final : public ServiceRoute {
 public:
  PinnedRoute(Registry& registry, std::shared_ptr<const Snapshot> snapshot, cinnabar_call call,
              std::string interface_id, std::string provider)
      : registry_(registry),
        snapshot_(std::move(snapshot)),
        call_(call),
        interface_id_(std::move(interface_id)),
        provider_(std::move(provider)) {}

  cinnabar_status invoke(std::string_view method, const cinnabar_message& request,
                         const cinnabar_reply* reply) const override {
    return registry_.invoke(*snapshot_, call_, interface_id_, provider_, method, request, reply);
  }

 private:
  Registry& registry_;
  std::shared_ptr<const Snapshot> snapshot_;
  cinnabar_call call_;
  std::string interface_id_;
  std::string provider_;
};

}  // namespace cinnabar::kernel
