// The standing of an enterprise's people, as the kernel asks for it. Stateless; any thread.
#pragma once

#include "employees.hpp"

namespace cinnabar {

Standing standing_of(const Host& host, const Call& call, const std::string& enterprise);

}  // namespace cinnabar
