// The other side of a hosted plugin: `cinnabar plugin-host`. A zygote that loads one plugin, and the
// workers that it forks, each sandboxed, serving one call at a time. Started by the server only.
#pragma once

namespace cinnabar::kernel {

int run_plugin_host(int argc, char** argv);

}  // namespace cinnabar::kernel
