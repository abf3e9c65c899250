// The unified social credit code of enterprises (统一社会信用代码), GB 32100-2015. Pure; any thread.
#pragma once

#include <string_view>

namespace cinnabar {

// Eighteen characters of the standard's alphabet, the last of them the right check character.
bool is_credit_code(std::string_view code);

}  // namespace cinnabar
