// Loading of a plugin's library: the bytes are checked, sealed into a memory file, and loaded from
// there, so that what runs is what was checked. Never unloaded. Control thread only.
#pragma once


#include <cinnabar/abi.h>
#include <cinnabar/package/trust.hpp>
#include <cinnabar/unique_fd.hpp>

namespace cinnabar::kernel {

// The checked bytes of the plugin's library (see Manifest::library) in a sealed memory file.
// Only the entry function may be exported; what was signed must be what is loaded. Throws Error
// "plugin.refused" with a reason, "package.refused".
UniqueFd verified_image(const Manifest& manifest, const package::Trust& trust = {});

// Loads a checked image and checks the table that its entry function returns against the manifest
// and this kernel's contract. Throws Error "plugin.refused" with a reason. The image stays open
// for the rest of the process: the loader knows libraries by the name of their descriptor.
const cinnabar_plugin* load_image(const Manifest& manifest, UniqueFd image);

// The part of load_image after loading: contract, sizes, id and version.
void check_plugin_table(const cinnabar_plugin* table, const std::string& id,
                        const std::string& version);

}  // namespace cinnabar::kernel
