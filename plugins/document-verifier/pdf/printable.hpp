// The strings of a stranger's file, made fit to be told: a name may hold anything, of any length.
//
// Pure functions: any thread.
#pragma once

#include <cinnabar/services/document_verifier.hpp>

#include <string>
#include <string_view>

namespace cinnabar::pdf {

// Valid UTF-8 without characters that would move the cursor, turn the direction of writing or end a
// line, which could make a report say what it does not; cut where it is longer than a name is.
std::string printable(std::string_view text);

// All texts of the report that come from the file.
void make_printable(VerifyReport& report);

}  // namespace cinnabar::pdf
