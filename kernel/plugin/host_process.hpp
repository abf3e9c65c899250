// The other side of a hosted plugin: `cinnabar plugin-host`. A zygote that loads one plugin, and
// the workers that it forks, each confined, serving one call at a time over a socket. Started by
// the server only, with the socket as descriptor 3. One thread a process.
#pragma once

namespace cinnabar::kernel {

// The descriptor on which the zygote is spoken to.
inline constexpr int kZygoteSocket = 3;
// Begins a line on standard error that is a message of the plugin's; its level follows as a digit.
inline constexpr char kLogMark = '\x1e';

int run_plugin_host(int argc, char** argv);

}  // namespace cinnabar::kernel
