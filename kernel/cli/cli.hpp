// The command line: `cinnabar serve`, `plugin`, `doctor`, `migrate`, `config`, and the commands
// that plugins bring. Called once, from main.
#pragma once

namespace cinnabar::kernel {

// Exit codes: 0 done, 1 it failed, 2 the command line was wrong.
int run_command_line(int argc, char** argv);

}  // namespace cinnabar::kernel
