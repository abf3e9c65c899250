// Texts of the errors that the hook host answers with. Immutable; any thread.
#pragma once

#include "kernel/plugin/manifest.hpp"

namespace cinnabar::kernel {

const std::map<std::string, ErrorText>& hook_errors();

}  // namespace cinnabar::kernel
