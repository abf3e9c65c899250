// `cinnabar hook`: runs and checks scripts offline, in the same sandbox as in production.
#pragma once

#include <string>
#include <vector>

namespace cinnabar::hooks {

// Arguments after "hook". Returns the exit code: 0 well, 1 the script is at fault, 2 wrong usage.
int hook_command(const std::vector<std::string>& arguments);

}  // namespace cinnabar::hooks
