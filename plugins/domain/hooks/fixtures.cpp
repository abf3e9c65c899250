#include "fixtures.hpp"

#include "script_cache.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace cinnabar::hooks {

struct FixtureInput {
  std::string point;
  Time now;
  std::optional<std::vector<std::string>> amends;
  Json input;
};
CINNABAR_DESCRIBE(FixtureInput, (point, required), now, amends, input)

namespace {

constexpr std::string_view kInputSuffix = ".in.json";
constexpr std::string_view kOutputSuffix = ".out.json";

std::string difference(const Json& expected, const Json& given) {
  for (const auto& [name, value] : expected.members())
    if (!(given[name] == value))
      return name + " is " + to_json(given[name]) + ", not " + to_json(value);
  return {};
}

}  // namespace

std::string read_script_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) throw Error("hook.file_unreadable", {{"path", path.string()}});
  return text;
}

TryView to_view(lua::Result result) {
  TryView out;
  out.outcome = name_of(result.outcome);
  out.handled = result.handled;
  if (result.outcome == lua::Outcome::denied) {
    out.code = result.code;
    out.text = result.text;
  }
  out.set = std::move(result.set);
  out.commands = std::move(result.commands);
  out.log = std::move(result.log);
  if (result.fault) {
    out.failure = result.fault->stop == lua::Stop::none ? "error" : name_of(result.fault->stop);
    out.message = result.fault->message;
    out.line = result.fault->line;
  }
  const lua::Usage& u = result.usage;
  out.usage = {u.instructions, u.steps, u.memory, u.cpu_us};
  return out;
}

TryView try_script(const std::string& source, const lua::Input& input) {
  const Script script = load_script(source);
  lua::Result result;
  if (script.fault)
    result.fault = script.fault;
  else
    result = lua::run(script.bytecode, input);
  TryView out = to_view(std::move(result));
  out.script = script.hash;
  return out;
}

std::vector<FixtureResult> run_fixtures(const std::filesystem::path& script) {
  const std::string source = read_script_file(script);
  std::vector<FixtureResult> results;
  std::error_code none;
  for (const auto& entry :
       std::filesystem::directory_iterator(script.parent_path() / "fixtures", none)) {
    const std::string file = entry.path().filename().string();
    if (!file.ends_with(kInputSuffix)) continue;
    const std::string name = file.substr(0, file.size() - kInputSuffix.size());
    const auto in = from_json<FixtureInput>(read_script_file(entry.path()), Reading::strict);
    const Json expected = from_json<Json>(
        read_script_file(entry.path().parent_path() / (name + std::string(kOutputSuffix))));
    const TryView view = try_script(source, {in.point, in.input, in.now.ms, 1, in.amends});
    results.push_back({name, difference(expected, from_json<Json>(to_json(view)))});
  }
  std::sort(results.begin(), results.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return results;
}

}  // namespace cinnabar::hooks
