// A plugin in processes of its own: the server's side. Owned by the plugin's record.
#pragma once

#include "kernel/plugin/plugin_host.hpp"
#include "kernel/plugin/plugin_record.hpp"

#include <cinnabar/unique_fd.hpp>

namespace cinnabar::kernel {

// `image`: the checked library, which the processes load from the same bytes.
std::unique_ptr<PluginInstance> make_process_instance(PluginRecord& record, UniqueFd image,
                                                      const PluginSettings& settings);

}  // namespace cinnabar::kernel
