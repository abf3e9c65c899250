// Texts of the errors that the door itself answers with; beside them the plugins' errors.json.
#pragma once

#include "kernel/plugin/manifest.hpp"

namespace cinnabar::kernel {

const std::map<std::string, ErrorText>& door_errors();

}  // namespace cinnabar::kernel
