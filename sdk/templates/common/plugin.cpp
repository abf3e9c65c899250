// @id@: the plugin's entry. The id and the version come from plugin.json.
#include "@ident@.hpp"

#include <cinnabar/plugin.hpp>

CINNABAR_PLUGIN(@ident@_plugin::@Class@)
