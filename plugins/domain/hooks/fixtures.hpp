// Fixtures: recorded inputs of a script and the decisions expected for them, as files beside it:
// fixtures/NAME.in.json {"point", "now"?, "amends"?, "input"} and fixtures/NAME.out.json, of which
// every member must be the same in the answer. Run in the same sandbox as in production. Pure but
// for reading files; any thread.
#pragma once

#include "hook_views.hpp"

#include <filesystem>

namespace cinnabar::hooks {

struct FixtureResult {
  std::string name;
  std::string difference;  // empty: as expected
};

// Throws Error "hook.file_unreadable" with the path.
std::string read_script_file(const std::filesystem::path& path);
// A result in the form of the API's answer.
TryView to_view(lua::Result result);
// One run with the full limits.
TryView try_script(const std::string& source, const lua::Input& input);
// All fixtures beside a script, in order of name.
std::vector<FixtureResult> run_fixtures(const std::filesystem::path& script);

}  // namespace cinnabar::hooks
