#include "kernel/plugin/process_instance.hpp"

namespace cinnabar::kernel {

std::unique_ptr<PluginInstance> make_process_instance(PluginRecord&, UniqueFd,
                                                      const PluginSettings&) {
  throw Error("plugin.refused", {{"reason", "process plugins cannot be hosted"}});
}

}  // namespace cinnabar::kernel
