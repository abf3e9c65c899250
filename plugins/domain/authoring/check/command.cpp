// `cinnabar plugin check`: the arguments, and the report as text or JSON.
#include "check/check.hpp"
#include "commands.hpp"

#include <cinnabar/nearest.hpp>

#include <algorithm>
#include <cstdio>

namespace cinnabar::authoring {
namespace {

constexpr const char* kHelp = R"(cinnabar plugin check FOLDER|LIBRARY [--json] [--step NAME]...
                     [--fixture FILE]
    Whether a plugin keeps to the contract. Exit code 1 when it does not. With --step only the
    steps of these names: load, create, config, deadlines, leaks, calls, enterprises, threads, and
    one for each kind of plugin. FILE says what the check cannot know, a configuration or an
    answer; usually check.json beside plugin.json does.
)";

Error usage(std::string reason) {
  return Error("authoring.usage", {{"reason", std::move(reason)}});
}

// Takes the options --step and their values out of the arguments.
std::set<std::string> named_steps(std::vector<std::string>& arguments) {
  const std::vector<std::string> known = check_names();
  std::set<std::string> only;
  for (std::size_t i = 0; i < arguments.size();) {
    if (arguments[i] != "--step") {
      ++i;
      continue;
    }
    const std::string name = i + 1 < arguments.size() ? arguments[i + 1] : std::string();
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw usage("--step needs the name of a step; nearest is " + nearest(name, known));
    only.insert(name);
    arguments.erase(arguments.begin() + static_cast<std::ptrdiff_t>(i),
                    arguments.begin() + static_cast<std::ptrdiff_t>(i) + 2);
  }
  return only;
}

// Takes the option --fixture and its value out of the arguments.
std::string named_fixture(std::vector<std::string>& arguments) {
  const auto at = std::find(arguments.begin(), arguments.end(), "--fixture");
  if (at == arguments.end()) return {};
  if (at + 1 == arguments.end()) throw usage("--fixture needs a file");
  const std::string file = *(at + 1);
  arguments.erase(at, at + 2);
  return file;
}

Json as_json(const std::vector<CheckStep>& steps, bool passed) {
  Json list = Json::array();
  for (const CheckStep& step : steps) {
    Json json = from_json<Json>(to_json(step));
    list.add(json.set("passed", step.passed()));
  }
  return Json::object().set("passed", passed).set("steps", std::move(list));
}

void print(const std::vector<CheckStep>& steps) {
  for (const CheckStep& step : steps) {
    std::printf("%-5s %-28s %s\n", step.passed() ? "ok" : "WRONG", step.name.c_str(),
                step.detail.c_str());
    for (const Finding& finding : step.findings) {
      std::printf("      %s\n", finding.what.c_str());
      if (!finding.where.empty()) std::printf("        in: %s\n", finding.where.c_str());
      if (!finding.fix.empty()) std::printf("        do: %s\n", finding.fix.c_str());
    }
  }
}

}  // namespace

int plugin_check(const CommandCall& command) {
  std::vector<std::string> arguments = command.arguments;
  const bool json = std::erase(arguments, "--json") > 0;
  if (std::erase(arguments, "--help") + std::erase(arguments, "-h") > 0) {
    std::fputs(kHelp, stdout);
    return 0;
  }
  const std::set<std::string> only = named_steps(arguments);
  const std::string fixture = named_fixture(arguments);
  for (const std::string& argument : arguments)
    if (argument.starts_with("-")) throw usage(argument + " is not understood");
  if (arguments.size() != 1) throw usage("A plugin's folder or library is needed");
  const std::vector<CheckStep> steps = check_plugin(arguments[0], only, fixture);
  const bool passed =
      std::all_of(steps.begin(), steps.end(), [](const CheckStep& step) { return step.passed(); });
  if (json)
    std::printf("%s\n", to_json(as_json(steps, passed)).c_str());
  else
    print(steps);
  return passed ? 0 : 1;
}

}  // namespace cinnabar::authoring
