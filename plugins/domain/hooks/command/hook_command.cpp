#include "hook_command.hpp"

#include <cinnabar/error.hpp>

#include <algorithm>
#include <cstdio>

namespace cinnabar::hooks {
namespace {

constexpr const char* kUsage = R"(cinnabar hook new FOLDER [--point POINT]
    Writes a script to start from, with fixtures and the types for your editor.
cinnabar hook check FILE [--types cinnabar.lua] [--json]
    Checks that a script can be used: syntax, limits while loading, points, globals, size.
    --types takes the annotations of your server: GET /api/v1/hook-points/types.lua
cinnabar hook test FILE [--json]
    Runs the fixtures beside it: fixtures/NAME.in.json against fixtures/NAME.out.json.
cinnabar hook run FILE --point POINT --input FILE.json [--now 2026-01-31T09:00:00+08:00]
    Runs one hook against an input and prints the decision as JSON.
cinnabar hook replay FILE RUNS.json [--before FILE] [--json]
    Runs recorded inputs (GET .../hooks/runs) and lists what is decided otherwise than recorded.
    --before takes the script that was recorded: inputs about which it decides otherwise without
    the fields that a record leaves out are not compared.
cinnabar hook push FILE [--activate] [--comment TEXT] [--json]
    Sends it, with the fixtures beside it, to the server CINNABAR_URL as a version of the
    enterprise CINNABAR_ENTERPRISE, with the token CINNABAR_TOKEN.
)";

struct Verb {
  const char* name;
  std::size_t words;  // besides its own
  std::vector<std::string> with_value;
  std::vector<std::string> alone;
};

const std::vector<Verb>& verbs() {
  static const std::vector<Verb> kVerbs{
      {"new", 1, {"--point"}, {}},
      {"check", 1, {"--types"}, {"--json"}},
      {"test", 1, {}, {"--json"}},
      {"run", 1, {"--point", "--input", "--now"}, {}},
      {"replay", 2, {"--before"}, {"--json"}},
      {"push", 1, {"--comment"}, {"--activate", "--json"}}};
  return kVerbs;
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Nothing: they do not fit the verb.
std::optional<Arguments> arguments_for(const Verb& verb, const std::vector<std::string>& given) {
  Arguments out;
  for (std::size_t i = 1; i < given.size(); ++i) {
    const std::string& word = given[i];
    if (!word.starts_with("--"))
      out.words.push_back(word);
    else if (has(verb.alone, word))
      out.flags[word];
    else if (has(verb.with_value, word) && i + 1 < given.size())
      out.flags[word] = given[++i];
    else
      return std::nullopt;
  }
  if (out.words.size() != verb.words) return std::nullopt;
  return out;
}

int usage() {
  std::fputs(kUsage, stderr);
  return kUsageFault;
}

int carry_out(const std::string& verb, const Arguments& arguments,
              const std::filesystem::path& types) {
  if (verb == "new") return new_script(arguments, types);
  if (verb == "check") return check_script(arguments, types);
  if (verb == "test") return test_script(arguments);
  if (verb == "replay") return replay_script(arguments);
  if (verb == "push") return push_script(arguments);
  if (!arguments.flags.contains("--point") || !arguments.flags.contains("--input"))
    return usage();
  return run_script(arguments);
}

}  // namespace

int hook_command(const CommandCall& command) {
  const auto& given = command.arguments;
  if (given.empty()) return usage();
  if (std::find(given.begin(), given.end(), "--help") != given.end()) {
    std::fputs(kUsage, stdout);
    return 0;
  }
  const auto types =
      std::filesystem::path(command.plugin_folder) / "resources" / "cinnabar.lua";
  for (const Verb& verb : verbs()) {
    if (command.arguments[0] != verb.name) continue;
    const auto arguments = arguments_for(verb, command.arguments);
    if (!arguments) return usage();
    try {
      return carry_out(verb.name, *arguments, types);
    } catch (const Error& error) {
      std::fprintf(stderr, "cinnabar hook %s: %s\n", verb.name, error.what());
      return kOutsideFault;
    }
  }
  return usage();
}

}  // namespace cinnabar::hooks
