#include "hook_command.hpp"

#include "fixtures.hpp"
#include "script_cache.hpp"

#include <cstdio>

namespace cinnabar::hooks {
namespace {

constexpr const char* kUsage = R"(cinnabar hook lint FILE
    Checks that a script can be used: that it parses, loads within its limits and names its hooks.
cinnabar hook test FILE
    Runs the fixtures beside it: fixtures/NAME.in.json against fixtures/NAME.out.json.
cinnabar hook test FILE --point POINT --input FILE.json [--now 2026-01-31T09:00:00+08:00]
    Runs one hook against an input and prints the decision as JSON.
)";

int usage() {
  std::fputs(kUsage, stderr);
  return 2;
}

void print_fault(const std::string& file, const lua::Fault& fault) {
  std::printf("%s:%d: %s\n", file.c_str(), fault.line, fault.message.c_str());
}

int lint(const std::string& file) {
  const Script script = load_script(read_script_file(file));
  for (const std::string& warning : script.warnings)
    std::printf("%s: warning: %s\n", file.c_str(), warning.c_str());
  if (script.fault) {
    print_fault(file, *script.fault);
    return 1;
  }
  for (const std::string& hook : script.hooks) std::printf("%s: %s\n", file.c_str(), hook.c_str());
  return 0;
}

int test_fixtures(const std::string& file) {
  const auto results = run_fixtures(file);
  bool good = !results.empty();
  if (results.empty()) std::printf("%s has no fixtures beside it\n", file.c_str());
  for (const FixtureResult& result : results) {
    if (result.difference.empty()) {
      std::printf("ok      %s\n", result.name.c_str());
    } else {
      good = false;
      std::printf("failed  %s: %s\n", result.name.c_str(), result.difference.c_str());
    }
  }
  return good ? 0 : 1;
}

int test_one(const std::string& file, const std::map<std::string, std::string>& flags) {
  lua::Input input;
  input.point = flags.at("--point");
  input.data = from_json<Json>(read_script_file(flags.at("--input")));
  if (const auto now = flags.find("--now"); now != flags.end()) {
    const auto time = from_rfc3339(now->second);
    if (!time) return usage();
    input.now_ms = time->ms;
  }
  const TryView view = try_script(read_script_file(file), input);
  std::printf("%s\n", to_json(view).c_str());
  return view.failure.empty() ? 0 : 1;
}

}  // namespace

int hook_command(const std::vector<std::string>& arguments) {
  std::vector<std::string> words;
  std::map<std::string, std::string> flags;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (!word.starts_with("--")) {
      words.push_back(word);
    } else if ((word == "--point" || word == "--input" || word == "--now") &&
               i + 1 < arguments.size()) {
      flags[word] = arguments[++i];
    } else {
      return usage();
    }
  }
  if (words.size() != 2) return usage();
  if (words[0] == "lint" && flags.empty()) return lint(words[1]);
  if (words[0] != "test") return usage();
  if (flags.empty()) return test_fixtures(words[1]);
  if (!flags.contains("--point") || !flags.contains("--input")) return usage();
  return test_one(words[1], flags);
}

}  // namespace cinnabar::hooks
