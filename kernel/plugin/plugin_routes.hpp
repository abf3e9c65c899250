// The kernel's own plugin "cinnabar.kernel-plugins": routes to see and to switch plugins, for the
// installation and for an enterprise, the service cinnabar.bindings/1, and the texts of the
// errors that the plugin host answers with. Any thread.
#pragma once

#include "kernel/plugin/plugin_host.hpp"

namespace cinnabar::kernel {

// Called by the plugin host itself.
void add_kernel_plugins(PluginHost& host);

}  // namespace cinnabar::kernel
