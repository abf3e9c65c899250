// Fixtures: inputs of a script and the decisions expected for them, run in the same sandbox as in
// production. They lie beside a script as fixtures/NAME.in.json {"point", "now"?, "amends"?,
// "input"} and fixtures/NAME.out.json, or are given with a version. Pure but for reading files;
// any thread.
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
// Every member of `expect` must be the same in the answer.
std::vector<FixtureResult> run_fixtures(const std::string& source,
                                        const std::vector<Fixture>& fixtures);
// Those beside a script, in order of name. Throws Error "hook.file_unreadable", and what is wrong
// with a file.
std::vector<Fixture> fixtures_beside(const std::filesystem::path& script);

}  // namespace cinnabar::hooks
