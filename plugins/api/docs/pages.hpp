// The pages: where one lands, and the browsable description of the API. Self-contained: nothing
// comes from another server. Constants and pure functions.
#pragma once

#include <string>
#include <string_view>

namespace cinnabar {

std::string landing_page(std::string_view locale);
std::string docs_page(std::string_view locale);
extern const std::string_view kDocsScript;
extern const std::string_view kDocsStyle;

}  // namespace cinnabar
