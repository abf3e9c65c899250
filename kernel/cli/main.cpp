// The executable: hands its arguments to the command line.
#include "kernel/cli/cli.hpp"

int main(int argc, char** argv) { return cinnabar::kernel::run_command_line(argc, argv); }
