// Which fault this copy of the library has: the name of the folder that it lies in. "sound" and
// names that no code asks for have none. Any thread.
#pragma once

#include <string_view>

bool has_fault(std::string_view name);
