// The checking page, in one file to be kept or in three as the server's own policy asks for.
// Constants and pure functions.
#pragma once

#include <string>
#include <string_view>

namespace cinnabar::evidence {

extern const std::string_view kCheckHtml;
extern const std::string_view kCheckScript;
extern const std::string_view kCheckStyle;

std::string check_page();    // names script and style of the server
std::string offline_page();  // holds them

}  // namespace cinnabar::evidence
