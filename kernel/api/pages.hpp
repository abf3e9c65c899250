// The pages that the kernel itself serves: where one lands, and the browsable description of the
// API. Self-contained: nothing comes from another server. Constants and pure functions.
#pragma once

#include "kernel/http/server.hpp"

namespace cinnabar::kernel {

HttpResponse landing_page(std::string_view locale);
HttpResponse docs_page(std::string_view locale);
HttpResponse docs_script();
HttpResponse docs_style();

// Texts of docs_script.cpp and docs_style.cpp.
extern const std::string_view kDocsScript;
extern const std::string_view kDocsStyle;

}  // namespace cinnabar::kernel
