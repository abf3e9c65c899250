// cinnabar hook new|check|test|run|replay|push: for authors of scripts, without a server but for
// the last one, with the sandbox of the server. Exit codes: 0 good, 1 the script is at fault, 2 the
// command line is, 3 a file or the server is. One thread.
#pragma once

#include "../hook_views.hpp"
#include "../run_views.hpp"

#include <cinnabar/services/command.hpp>

#include <filesystem>

namespace cinnabar::hooks {

inline constexpr int kGood = 0, kScriptFault = 1, kUsageFault = 2, kOutsideFault = 3;

// Words, and flags with their values; a flag without one has an empty value.
struct Arguments {
  std::vector<std::string> words;
  std::map<std::string, std::string> flags;
  bool json() const { return flags.contains("--json"); }
  std::string flag(const std::string& name) const {
    const auto found = flags.find(name);
    return found == flags.end() ? std::string() : found->second;
  }
};

int hook_command(const CommandCall& command);

// Each of them for arguments of the right number. `types`: the file of annotations that comes with
// the plugin.
int new_script(const Arguments& arguments, const std::filesystem::path& types);
int check_script(const Arguments& arguments, const std::filesystem::path& types);
int test_script(const Arguments& arguments);
int run_script(const Arguments& arguments);
int replay_script(const Arguments& arguments);
int push_script(const Arguments& arguments);

// The points that a file of annotations names.
std::vector<std::string> points_in(const std::string& annotations);

}  // namespace cinnabar::hooks
