// A verification report as text for a terminal. Pure function: any thread.
#pragma once

#include <cinnabar/services/document_verifier.hpp>

namespace cinnabar {

enum class Language { english, chinese };

std::string report_text(const VerifyReport& report, Language language);

}  // namespace cinnabar
