// cinnabar hook check, test, run and replay.
#include "hook_command.hpp"

#include "../compare.hpp"
#include "../fixtures.hpp"
#include "../office.hpp"
#include "../script_cache.hpp"

#include <cinnabar/nearest.hpp>

#include <algorithm>
#include <cstdio>

namespace cinnabar::hooks {

struct CheckReport {
  std::string file;
  bool good = false;
  std::string hash;
  std::vector<std::string> hooks;
  std::vector<std::string> warnings;
  int line = 0;
  std::string message;
};
CINNABAR_DESCRIBE(CheckReport, file, good, hash, hooks, warnings, line, message)

struct TestCase {
  std::string name;
  bool good = false;
  std::string difference;
};
CINNABAR_DESCRIBE(TestCase, name, good, difference)
struct TestReport {
  std::string file;
  bool good = false;
  std::vector<TestCase> fixtures;
};
CINNABAR_DESCRIBE(TestReport, file, good, fixtures)

namespace {

void print_line(const std::string& text) { std::printf("%s\n", text.c_str()); }

std::optional<lua::Fault> fault_of(const Script& script, const std::vector<std::string>& points) {
  if (script.fault) return script.fault;
  if (auto unknown = unknown_global(script)) return unknown;
  for (const std::string& hook : script.hooks)
    if (!points.empty() && std::find(points.begin(), points.end(), hook) == points.end())
      return lua::Fault{lua::Stop::none,
                        "there is no point '" + hook + "'; perhaps '" + nearest(hook, points) +
                            "' is meant",
                        0};
  return std::nullopt;
}

void print(const CheckReport& report) {
  for (const std::string& warning : report.warnings)
    print_line(report.file + ": warning: " + warning);
  if (!report.good)
    print_line(report.file + ":" + std::to_string(report.line) + ": " + report.message);
  else
    for (const std::string& hook : report.hooks) print_line(report.file + ": " + hook);
}

}  // namespace

std::vector<std::string> points_in(const std::string& annotations) {
  constexpr std::string_view kOpening = "---@field [\"";
  std::vector<std::string> points;
  for (std::size_t at = 0; (at = annotations.find(kOpening, at)) != std::string::npos;) {
    at += kOpening.size();
    const std::size_t end = annotations.find('"', at);
    if (end == std::string::npos) break;
    points.push_back(annotations.substr(at, end - at));
  }
  return points;
}

int check_script(const Arguments& arguments, const std::filesystem::path& types) {
  const std::string given = arguments.flag("--types");
  const auto points =
      points_in(read_script_file(given.empty() ? types : std::filesystem::path(given)));
  CheckReport report;
  report.file = arguments.words[0];
  const Script script = load_script(read_script_file(report.file));
  report.hash = script.hash;
  report.hooks = script.hooks;
  report.warnings = script.warnings;
  const auto fault = fault_of(script, points);
  report.good = !fault;
  if (fault) {
    report.line = fault->line;
    report.message = fault->message;
  }
  if (arguments.json())
    print_line(to_json(report));
  else
    print(report);
  return report.good ? kGood : kScriptFault;
}

int test_script(const Arguments& arguments) {
  TestReport report;
  report.file = arguments.words[0];
  const std::string source = read_script_file(report.file);
  for (const FixtureResult& result : run_fixtures(source, fixtures_beside(report.file)))
    report.fixtures.push_back({result.name, result.difference.empty(), result.difference});
  // A script without fixtures is not a tested one.
  report.good = !report.fixtures.empty() &&
                std::all_of(report.fixtures.begin(), report.fixtures.end(),
                            [](const TestCase& one) { return one.good; });
  if (arguments.json()) {
    print_line(to_json(report));
  } else {
    for (const TestCase& one : report.fixtures)
      print_line(one.good ? "ok      " + one.name : "failed  " + one.name + ": " + one.difference);
    if (report.fixtures.empty()) print_line(report.file + " has no fixtures beside it");
  }
  return report.good ? kGood : kScriptFault;
}

int run_script(const Arguments& arguments) {
  lua::Input input;
  input.point = arguments.flag("--point");
  input.data = from_json<Json>(read_script_file(arguments.flag("--input")));
  if (arguments.flags.contains("--now")) {
    const auto time = from_rfc3339(arguments.flag("--now"));
    if (!time) {
      std::fputs("--now takes a time such as 2026-01-31T09:00:00+08:00\n", stderr);
      return kUsageFault;
    }
    input.now_ms = time->ms;
  }
  const TryView view = try_script(read_script_file(arguments.words[0]), input);
  print_line(to_json(view));
  return view.failure.empty() ? kGood : kScriptFault;
}

int replay_script(const Arguments& arguments) {
  const auto script_in = [](const std::string& file) {
    Script script = load_script(read_script_file(file));
    if (script.fault)
      print_line(file + ":" + std::to_string(script.fault->line) + ": " + script.fault->message);
    return script;
  };
  const Script script = script_in(arguments.words[0]);
  std::optional<Script> before;
  if (arguments.flags.contains("--before")) before = script_in(arguments.flag("--before"));
  if (script.fault || (before && before->fault)) return kScriptFault;
  ReplayView report;
  report.script = script.hash;
  for (const RunView& run : from_json<RunList>(read_script_file(arguments.words[1])).runs) {
    if (!run.input.is_object() || !run.decision.is_object() || !is_of_script(run.failure))
      continue;
    const lua::Input input{run.point, run.input, run.at.ms, seed_of(run.trace, run.point),
                           std::nullopt, std::nullopt};
    const auto recorded = from_json<KeptDecision>(to_json(run.decision));
    const auto was = before ? kept_decision(lua::run(before->bytecode, input)) : recorded;
    if (!difference_of(recorded, was).empty()) {
      ++report.unrepeatable;
      continue;
    }
    ++report.replayed;
    const auto now = kept_decision(lua::run(script.bytecode, input));
    if (const std::string difference = difference_of(was, now); !difference.empty())
      report.differences.push_back({run.id, run.at, run.point, was.outcome, now.outcome,
                                    difference});
  }
  if (arguments.json()) {
    print_line(to_json(report));
  } else {
    for (const Replayed& one : report.differences)
      print_line(one.run + " " + one.point + ": " + one.difference);
    print_line(std::to_string(report.replayed) + " replayed, " +
               std::to_string(report.differences.size()) + " different" +
               (report.unrepeatable > 0 ? ", " + std::to_string(report.unrepeatable) +
                                              " not to be repeated from what was kept"
                                        : ""));
  }
  return report.differences.empty() ? kGood : kScriptFault;
}

}  // namespace cinnabar::hooks
