// com.example.oval-seal: the seal type "oval".
#include "oval_seal.hpp"

#include <cinnabar/plugin.hpp>

CINNABAR_PLUGIN(example::OvalSeal)
