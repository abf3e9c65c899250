#include "kernel/plugin/plugin_routes.hpp"

#include "kernel/plugin/call_context.hpp"
#include "kernel/plugin/kernel_errors.hpp"

#include <cinnabar/services/kernel.hpp>

namespace cinnabar::kernel {
namespace {

class KernelBindings final : public Bindings {
 public:
  explicit KernelBindings(Registry& registry) : registry_(registry) {}

  BindingNames names(const BindingsRequest& request, const Call& call) override {
    CallContext* context = CallContext::of(call.raw());
    const auto snapshot =
        context ? context->snapshot(call.owner()) : registry_.snapshot(call.owner());
    return {snapshot->names(request.interface_id)};
  }

 private:
  Registry& registry_;
};

}  // namespace

void add_kernel_plugins(PluginHost& host) {
  Manifest manifest;
  manifest.id = "cinnabar.kernel-plugins";
  manifest.version = "1.0.0";
  manifest.title = "Plugins and their bindings";
  manifest.author = "Cinnabar";
  manifest.status = "stable";
  manifest.provides = {{"cinnabar.bindings/1", "kernel"}};
  manifest.errors = door_errors();
  host.add_builtin(std::move(manifest), builtin<KernelBindings>([&host](Host&) {
                     return std::make_unique<KernelBindings>(host);
                   }));
}

}  // namespace cinnabar::kernel
