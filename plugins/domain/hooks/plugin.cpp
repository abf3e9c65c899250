// The plugin cinnabar.hooks.
#include "hooks.hpp"

CINNABAR_PLUGIN(cinnabar::hooks::HookHost)
