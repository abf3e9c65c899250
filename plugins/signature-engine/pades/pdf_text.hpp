// How values are written in PDF syntax (ISO 32000-2 7.3, 7.9). Stateless; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cinnabar::pades {

// A number in points: at most five decimals, no exponent, no locale.
void append_number(std::string& out, double value);
void append_integer(std::string& out, std::int64_t value);

// A text string (7.9.2.2): ASCII as it is, anything else as UTF-16BE. What is not UTF-8 becomes
// U+FFFD.
std::string text_string(std::string_view utf8);

// A date (7.9.4) in UTC.
std::string date(std::int64_t time_ms);

// "12 0 R"
std::string reference(std::int64_t object);

}  // namespace cinnabar::pades
