/* A plugin of a contract that does not exist yet: its entry carries another major version. */
#include <stddef.h>

__attribute__((visibility("default"))) const void* cinnabar_plugin_v2(void) { return NULL; }
