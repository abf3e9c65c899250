#include "my_channel.hpp"

#include <cinnabar/plugin.hpp>

CINNABAR_PLUGIN(my_channel::MyChannel)
