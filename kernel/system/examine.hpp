// What is wrong with an installation: the kernel's own tables, the blobs, and every plugin that
// examines itself. Reads only; used by `cinnabar doctor`.
#pragma once

#include "kernel/blob/blobs.hpp"
#include "kernel/db/db.hpp"
#include "kernel/plugin/plugin_host.hpp"

#include <cinnabar/services/doctor.hpp>

namespace cinnabar::kernel {

Findings examine(Db& db, Blobs& blobs, PluginHost& plugins, const Clocks& clocks);

}  // namespace cinnabar::kernel
