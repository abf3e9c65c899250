// The editor's view of hooks: LuaLS annotations written from the described input types of the hook
// points. Pure; any thread.
#pragma once

#include <cinnabar/services/domain.hpp>

namespace cinnabar::hooks {

// `schemas`: JSON Schema by type name, as domains describe them. The text of a meta file.
std::string lua_types(const std::vector<HookPointInfo>& points, const Json& schemas);

}  // namespace cinnabar::hooks
