// What the processes of a hosted plugin use, and putting them behind everybody else: a process and
// what it started, of any depth, by process ids. Ids of processes that ended meanwhile are passed
// over. Functions; any thread.
#pragma once

#include <cstdint>

namespace cinnabar::kernel {

std::int64_t family_processor_ms(int pid);
std::int64_t family_resident_bytes(int pid);
// From now on they run when nobody else has work. There is no way back without rights.
void stand_back(int pid);

}  // namespace cinnabar::kernel
