// A plugin's library, looked at before it is loaded, and loaded. The folder of a plugin that is
// checked may be changed by nobody meanwhile. One thread.
#pragma once

#include "check/report.hpp"

#include <cinnabar/abi.h>
#include <cinnabar/package/manifest.hpp>

namespace cinnabar::authoring {

// The path of the library: Manifest::library, or plugin.so in the folder.
std::string library_path(const Manifest& manifest);

// What is wrong with the library as a file: what it exports, and how it was linked. The detail
// names the libraries that it needs.
CheckStep check_symbols(const Manifest& manifest);

// Loads the library and asks its entry; its table is checked against the manifest. For a program a
// table that carries calls to it. Throws Error "plugin.refused" with a reason.
const cinnabar_plugin* load_library(const Manifest& manifest);

}  // namespace cinnabar::authoring
