// What an import needs of the enterprise: which roles and departments there are, and adding many
// employees at once. Values of one call; not shared between threads.
#pragma once

#include "import_rows.hpp"

#include <cinnabar/host.hpp>

namespace cinnabar {

// The names of the enterprise's roles and the paths of its departments, as they are now.
ImportScope import_scope(const Host& host, const Call& call, const std::string& enterprise);

// Adds those who can be added, all in one write-set, with a bounded number of look-ups however
// many there are. Returns the others, each with what is wrong. Throws what passes (a script that
// cannot be run now, a conflict): nothing was added then, and the same call may be made again.
std::vector<BadRow> add_employees(const Host& host, const Call& call,
                                  const std::string& enterprise, const std::string& actor,
                                  const std::vector<ImportedEmployee>& employees,
                                  WriteSet& writes);

}  // namespace cinnabar
