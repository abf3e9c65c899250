// What a process is made of beyond its memory, to see what a plugin did to it; and the trap for
// system calls that are work. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace cinnabar::authoring {

// Threads, descriptors, settings of the process, by name: "the working folder" and its value.
using ProcessState = std::map<std::string, std::string>;
ProcessState process_state();

// The names of what changed.
std::vector<std::string> changed(const ProcessState& before, const ProcessState& after);

std::size_t thread_count();
std::size_t descriptor_count();
// Bytes that are allocated now.
std::int64_t allocated_bytes();
std::int64_t cpu_ms();           // of the process
std::int64_t children_cpu_ms();  // of its children that ended

// From now on system calls that are work (threads, processes, sockets, waiting, writing to files)
// are refused with EPERM, and remembered. For the rest of the process. False: the system has no
// such trap.
bool trap_work();
// The system calls that were refused, by name.
std::set<std::string> trapped();

// From now on opening a file for writing is refused with EACCES, and its path remembered; as above.
bool trap_files();
std::set<std::string> trapped_files();

}  // namespace cinnabar::authoring
