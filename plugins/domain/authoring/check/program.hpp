// A plugin that is a program of any language, under check: a table as a library has one, whose
// calls go to the program as the platform carries them (docs/authors/process-protocol.md). It is
// not confined here as the platform confines it. One plugin in a process; any thread.
#pragma once

#include "check/report.hpp"

#include <cinnabar/abi.h>
#include <cinnabar/package/manifest.hpp>

namespace cinnabar::authoring {

// Whether there is something to execute.
CheckStep check_program(const Manifest& manifest);

const cinnabar_plugin* program_table(const Manifest& manifest);

}  // namespace cinnabar::authoring
