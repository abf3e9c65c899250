#include "check/check.hpp"

#include "check/configs.hpp"
#include "check/program.hpp"
#include "check/steps.hpp"

#include <cinnabar/testing/folder.hpp>

#include <algorithm>
#include <fstream>

namespace cinnabar::authoring {
namespace {

CheckStep package_step(const std::filesystem::path& place, const std::filesystem::path& fixture,
                       Subject& subject) {
  CheckStep step{"package", {}, {}};
  const bool folder = std::filesystem::is_directory(place);
  const auto at = folder ? place : std::filesystem::absolute(place).parent_path();
  try {
    Manifest& manifest = subject.manifest;
    manifest = read_manifest(at);
    if (!folder) manifest.library = place;
    step.detail = manifest.id + " " + manifest.version;
    if (const auto problem = contract_problem(manifest.contract))
      step.findings.push_back({*problem, "plugin.json /contract", "build it with this SDK"});
    if (manifest.provides.empty() && manifest.commands.empty())
      step.findings.push_back({"names nothing that it provides", "plugin.json /provides",
                               "name the interfaces that it implements"});
    if (std::ifstream in(fixture.empty() ? at / "check.json" : fixture); in)
      subject.fixture = from_json<Json>(std::string(std::istreambuf_iterator<char>(in), {}));
    else if (!fixture.empty())
      step.findings.push_back({"cannot be read", fixture.string(), "name a file with --fixture"});
    subject.config = to_json(usual_config(manifest.config, subject.fixture));
  } catch (const Error& error) {
    step.findings.push_back({reason_of(error), place.string(), "correct the file"});
  }
  return step;
}

struct Check {
  const char* name;
  CheckStep (*run)(const Subject&);
  const char* interface;  // only for plugins that provide it; null: for all
  bool program = true;    // a program can be asked, too
};
// Loading comes first, and calls that end: what comes after goes by them.
constexpr Check kChecks[] = {
    {"load", &check_load, nullptr, false},
    {"create", &check_life, nullptr},
    {"config", &check_config, nullptr},
    {"deadlines", &check_deadlines, nullptr, false},
    {"leaks", &check_leaks, nullptr, false},
    {"calls", &check_calls, nullptr},
    {"enterprises", &check_tenancy, nullptr},
    {"threads", &check_threads, nullptr, false},
    {"auth-method", &check_auth_method, "cinnabar.auth-method/1"},
    {"seal-type", &check_seal_type, "cinnabar.seal-type/1"},
    {"notification-channel", &check_notification_channel, "cinnabar.notification-channel/1"},
    {"blob-store", &check_blob_store, "cinnabar.blob-store/1"},
    {"key-store", &check_key_store, "cinnabar.key-store/1"},
};

// Each further step would fail, or wait as long.
bool goes_on(const CheckStep& step) {
  if (step.passed()) return true;
  if (step.name == "load" || step.name == "deadlines") return false;
  return std::none_of(step.findings.begin(), step.findings.end(), [](const Finding& finding) {
    return finding.what.starts_with("did not end");
  });
}

}  // namespace

std::vector<std::string> check_names() {
  std::vector<std::string> names;
  for (const Check& check : kChecks) names.emplace_back(check.name);
  return names;
}

std::vector<CheckStep> check_plugin(const std::filesystem::path& place,
                                    const std::set<std::string>& only,
                                    const std::filesystem::path& fixture) {
  const testing::TestFolder data;
  Subject subject;
  subject.data = data.path;
  std::vector<CheckStep> steps{package_step(place, fixture, subject)};
  if (!steps.back().passed()) return steps;
  const bool program = !subject.manifest.run.empty();
  steps.push_back(program ? check_program(subject.manifest) : check_symbols(subject.manifest));
  if (!steps.back().passed()) return steps;
  for (const Check& check : kChecks) {
    if (!only.empty() && !only.contains(check.name)) continue;
    if (program && !check.program) continue;
    if (check.interface && !subject.manifest.provides_interface(check.interface)) continue;
    steps.push_back(check.run(subject));
    if (goes_on(steps.back())) continue;
    steps.push_back({"more", "left out: it would fail, or wait as long", {}});
    break;
  }
  return steps;
}

}  // namespace cinnabar::authoring
