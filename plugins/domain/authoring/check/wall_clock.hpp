// Another wall clock for one library: what it asks the machine for the time of day by is answered
// with another day, so that what depends on it shows. For the rest of the process; one thread.
#pragma once

#include <cstdint>
#include <string>

namespace cinnabar::authoring {

// The library is loaded already, from that path.
void shift_wall_clock(const std::string& library, std::int64_t seconds);

}  // namespace cinnabar::authoring
