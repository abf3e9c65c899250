// What error codes say: the kernel's own, from kernel/errors.json, beside those in the errors.json
// of each plugin. Immutable; any thread.
#pragma once

#include <cinnabar/package/manifest.hpp>

namespace cinnabar::kernel {

const std::map<std::string, ErrorText>& kernel_errors();

// The text with "{name}" replaced by the parameter of that name, or by nothing.
std::string filled(std::string_view text, const ErrorParams& params);

}  // namespace cinnabar::kernel
