// For the one file of a build with CINNABAR_SDK_SPLIT that compiles RapidJSON.
#pragma once

#include <cinnabar/json.hpp>
#include <cinnabar/json_text.hpp>
