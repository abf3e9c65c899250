#include "fixtures.hpp"

#include "script_cache.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace cinnabar::hooks {

// As fixtures/NAME.in.json has it.
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

// As values: members in any order.
bool same(const Json& a, const Json& b) {
  if (a.is_array() && b.is_array())
    return std::equal(a.items().begin(), a.items().end(), b.items().begin(), b.items().end(), same);
  if (!a.is_object() || !b.is_object()) return a == b;
  return a.members().size() == b.members().size() &&
         std::all_of(a.members().begin(), a.members().end(), [&](const auto& member) {
           return b.contains(member.first) && same(member.second, b[member.first]);
         });
}

std::string difference(const Json& expected, const Json& given) {
  for (const auto& [name, value] : expected.members())
    if (!same(given[name], value))
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

TryView to_view(HookRun run, const std::string& script) {
  TryView out = to_view(std::move(run.result));
  out.script = script;
  out.failure = std::move(run.failure);
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

std::vector<FixtureResult> run_fixtures(const std::vector<Fixture>& fixtures,
                                        const std::function<TryView(const Fixture&)>& run) {
  std::vector<FixtureResult> results;
  for (const Fixture& fixture : fixtures)
    results.push_back(
        {fixture.name, difference(fixture.expect, from_json<Json>(to_json(run(fixture))))});
  return results;
}

std::vector<FixtureResult> run_fixtures(const std::string& source,
                                        const std::vector<Fixture>& fixtures) {
  return run_fixtures(fixtures, [&](const Fixture& fixture) {
    return try_script(source, {fixture.point, fixture.input, fixture.now.ms, kFixtureSeed,
                               fixture.amends, std::nullopt});
  });
}

std::vector<Fixture> with_fixtures(std::vector<Fixture> kept, const std::vector<Fixture>& given) {
  for (std::size_t i = 0; i < given.size(); ++i) {
    const auto of_name = [&](const Fixture& other) { return other.name == given[i].name; };
    if (std::any_of(given.begin(), given.begin() + static_cast<std::ptrdiff_t>(i), of_name))
      throw Error("request.invalid", {{"reason", "is the name of another fixture"}},
                  "/fixtures/" + std::to_string(i) + "/name");
    const auto found = std::find_if(kept.begin(), kept.end(), of_name);
    if (found == kept.end())
      kept.push_back(given[i]);
    else
      *found = given[i];
  }
  return kept;
}

std::vector<Fixture> fixtures_beside(const std::filesystem::path& script) {
  std::vector<Fixture> fixtures;
  std::error_code none;
  for (const auto& entry :
       std::filesystem::directory_iterator(script.parent_path() / "fixtures", none)) {
    const std::string file = entry.path().filename().string();
    if (!file.ends_with(kInputSuffix)) continue;
    const std::string name = file.substr(0, file.size() - kInputSuffix.size());
    auto in = from_json<FixtureInput>(read_script_file(entry.path()), Reading::strict);
    Json expect = from_json<Json>(
        read_script_file(entry.path().parent_path() / (name + std::string(kOutputSuffix))));
    fixtures.push_back({name, std::move(in.point), in.now, std::move(in.amends),
                        std::move(in.input), std::move(expect)});
  }
  std::sort(fixtures.begin(), fixtures.end(),
            [](const Fixture& a, const Fixture& b) { return a.name < b.name; });
  return fixtures;
}

}  // namespace cinnabar::hooks
