// The version of this program, as it shows itself. A constant.
#pragma once

namespace cinnabar::kernel {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace cinnabar::kernel
