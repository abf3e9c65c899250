#include "check/check.hpp"

#include "check/apart.hpp"
#include "check/library.hpp"

#include <cinnabar/service.hpp>

namespace cinnabar::authoring {
namespace {

constexpr int kRunTimeoutMs = 20'000;

CheckStep package_step(const std::filesystem::path& place, Manifest& manifest) {
  CheckStep step{"package", {}, {}};
  const bool folder = std::filesystem::is_directory(place);
  try {
    manifest = read_manifest(folder ? place : std::filesystem::absolute(place).parent_path());
    if (!folder) manifest.library = place;
    step.detail = manifest.id + " " + manifest.version;
    if (const auto problem = contract_problem(manifest.contract))
      step.findings.push_back({*problem, "plugin.json /contract", "build it with this SDK"});
    if (manifest.provides.empty() && manifest.commands.empty())
      step.findings.push_back({"names nothing that it provides", "plugin.json /provides",
                               "name the interfaces that it implements"});
  } catch (const Error& error) {
    step.findings.push_back({reason_of(error), place.string(), "correct the file"});
  }
  return step;
}

CheckStep symbols_step(const Manifest& manifest) {
  CheckStep step{"symbols", {}, {}};
  try {
    step.findings = library_findings(manifest);
  } catch (const Error& error) {
    step.findings.push_back({reason_of(error), library_path(manifest), "build it anew"});
  }
  return step;
}

}  // namespace

std::vector<CheckStep> check_plugin(const std::filesystem::path& place) {
  Manifest manifest;
  std::vector<CheckStep> steps{package_step(place, manifest)};
  if (!steps.back().passed()) return steps;
  steps.push_back(symbols_step(manifest));
  if (!steps.back().passed()) return steps;
  steps.push_back(run_apart("load", kRunTimeoutMs, [&](const Teller&) { load_library(manifest); }));
  return steps;
}

}  // namespace cinnabar::authoring
