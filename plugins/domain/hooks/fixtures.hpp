// Fixtures: inputs of a script and the decisions expected for them, run in the same sandbox as in
// production; on a server as runs are, with the enterprise's limits and the point's rules. They lie
// beside a script as fixtures/NAME.in.json {"point", "now"?, "amends"?, "input"} and
// fixtures/NAME.out.json, or are given with a version. Pure but for reading files; any thread.
#pragma once

#include "hook_runner.hpp"
#include "hook_views.hpp"

#include <filesystem>
#include <functional>

namespace cinnabar::hooks {

// What random numbers start from: the same on a server and without one.
inline constexpr std::uint64_t kFixtureSeed = 1;
// Of one version.
inline constexpr std::size_t kFixturesMax = 100;

struct FixtureResult {
  std::string name;
  std::string difference;  // empty: as expected
};

// Throws Error "hook.file_unreadable" with the path.
std::string read_script_file(const std::filesystem::path& path);
// A result in the form of the API's answer.
TryView to_view(lua::Result result);
TryView to_view(HookRun run, const std::string& script);
// One run with the full limits.
TryView try_script(const std::string& source, const lua::Input& input);
// Every member of `expect` must be the same in the answer of the run.
std::vector<FixtureResult> run_fixtures(const std::vector<Fixture>& fixtures,
                                        const std::function<TryView(const Fixture&)>& run);
// With the full limits, in this process: for an author, without a server.
std::vector<FixtureResult> run_fixtures(const std::string& source,
                                        const std::vector<Fixture>& fixtures);
// Those kept of a version and those given with it anew, which take the place of those of the same
// name. Throws Error "request.invalid" where a name is given twice.
std::vector<Fixture> with_fixtures(std::vector<Fixture> kept, const std::vector<Fixture>& given);
// Those beside a script, in order of name. Throws Error "hook.file_unreadable", and what is wrong
// with a file.
std::vector<Fixture> fixtures_beside(const std::filesystem::path& script);

}  // namespace cinnabar::hooks
