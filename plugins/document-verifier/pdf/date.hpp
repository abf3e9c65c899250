// PDF dates. Pure function: any thread. Source: ISO 32000-2, 7.9.4.
#pragma once

#include <string>

namespace cinnabar::pdf {

// "D:20240131T..." as RFC 3339; the text itself when it is no date.
std::string date_to_rfc3339(const std::string& date);

}  // namespace cinnabar::pdf
