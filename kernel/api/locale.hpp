// Languages of answers: which of "zh" and "en" a client wants (RFC 9110 section 12.5.4). Pure; any
// thread.
#pragma once

#include <string>
#include <string_view>

namespace cinnabar::kernel {

// The better one for an Accept-Language header; the fallback when it names neither.
std::string choose_locale(std::string_view accept_language, std::string_view fallback);

}  // namespace cinnabar::kernel
