// An executable that can host plugins, as the server's does; the tests start it.
#include "kernel/plugin/host_process.hpp"

int main(int argc, char** argv) { return cinnabar::kernel::run_plugin_host(argc, argv); }
