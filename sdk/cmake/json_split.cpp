// Compiles the JSON of the SDK once for this tree.
#include <cinnabar/json_split.hpp>
