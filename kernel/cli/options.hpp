// Options of one command: flags that set configuration keys, and what is left. A value.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace cinnabar::kernel {

struct Options {
  std::map<std::string, std::string> settings;  // configuration keys to texts
  std::string config_file;
  bool json = false;
  bool help = false;
  std::vector<std::string> rest;  // what the command itself understands
};

// Takes --config FILE, --data DIR, --port N, --address A, --demo, --safe-mode, --json, --help and
// --set key=value; everything else stays in `rest`. Throws Error "cli.usage".
Options parse_options(const std::vector<std::string>& arguments);

}  // namespace cinnabar::kernel
