// Replay: what is on the disk after a power cut, made from the log of the file shim.
//
// The model is stricter than common file systems: a file's bytes last once the file was synced, a
// name in a folder once that folder was synced, and nothing else does. What was not synced is lost
// altogether, or (Lost::some) lost in part: any of the writes, whole or torn at a sector, and for
// each folder the last of its changes. One thread.
#pragma once

#include "shim_log.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace cinnabar::fault {

enum class Lost {
  everything,
  some,
  nothing,  // only the process died
};

struct Cut {
  std::uint64_t at = 0;  // bytes of the log that happened; a write may be cut in its middle
  Lost lost = Lost::everything;
  std::uint64_t seed = 0;  // of the choices of Lost::some
};

// Makes the folder as the cut leaves it; returns the marks that came before it. Throws
// std::runtime_error for a log that begins in the middle of a folder's life.
std::vector<std::string> play_back(std::string_view log, const Cut& cut,
                                   const std::filesystem::path& folder);

// The log of a process that had not made the syncs that `left_out` (of the name of a file or a
// folder) says: to see that a test finds it out.
std::string without_syncs(std::string_view log,
                          const std::function<bool(Op, const std::string&)>& left_out);

// Where in the log its marks end.
std::vector<std::uint64_t> ends_of_marks(std::string_view log);

std::string read_log(const std::filesystem::path& path);

}  // namespace cinnabar::fault
