#include "hooks.hpp"

#include "command/hook_command.hpp"
#include "compare.hpp"
#include "lua_types.hpp"
#include "masking.hpp"

#include <algorithm>

namespace cinnabar::hooks {
namespace {

constexpr std::int64_t kLogWindowMs = 10'000;
constexpr std::string_view kPersonPrefix = "per_";  // of ids

// Where a line of the log belongs to.
std::string place_of(const HookRequest& request, const Call& call) {
  std::string place = std::string(call.owner()) + ", " + request.point;
  if (!call.trace().empty()) place += ", " + std::string(call.trace());
  return place;
}

bool shadows(const Shadow& shadow, const std::string& point) {
  return !shadow.hash.empty() &&
         (shadow.points.empty() ||
          std::find(shadow.points.begin(), shadow.points.end(), point) != shadow.points.end());
}

// What may be kept of a fault. The words of an error are the script's, and may hold its input.
std::string told_of(const lua::Fault& fault, const HookSettings& settings) {
  if (fault.stop != lua::Stop::none || settings.record_inputs) return fault.message;
  return "(its words are kept where record_inputs is on)";
}

// As nothing that is asked decides: the action goes on.
HookRun passed() {
  HookRun run;
  run.result.outcome = lua::Outcome::allowed;
  return run;
}

// The script has a function for the point: whatever is not its decision is a failure.
HookRun decided(HookRun run) {
  if (!run.failure.empty()) return run;
  if (!run.result.handled)
    return refused("error", "the script had a function for the point, and has none any more");
  if (run.result.outcome == lua::Outcome::failed)
    return refused("error", "the run ended without a decision");
  return run;
}

}  // namespace

HookHost::HookHost(Host& host) : DomainPlugin(host), office_(host) {
  version_routes();
  run_routes();
  route("GET", "/hook-points", "hook.points", this, &HookHost::list_points)
      .summary("The points where a script may decide", "查看可挂接脚本的位置")
      .self();
  route("GET", "/hook-points/types.lua", "hook.types", this, &HookHost::types)
      .summary("Their types, for editors with a Lua language server", "供编辑器使用的类型注解")
      .self()
      .produces("text/x-lua");
}

// ---------------------------------------------------------------- the service

HookWish HookHost::wants(const HookQuestion& question, const Call& call) {
  if (call.owner().starts_with(kPersonPrefix)) return {};  // only enterprises keep scripts
  const std::int64_t epoch = office_.epoch(call);
  const auto state = office_.state(call, epoch);
  if (shadows(state->shadow, question.point)) return {true, epoch};
  const auto script = office_.script(call, state->active);
  return {script && script->handles(question.point), epoch};
}

HookDecision HookHost::run(const HookRequest& request, const Call& call) {
  auto state = office_.scripts.known(std::string(call.owner()), request.epoch);
  if (!state) state = office_.state(call, office_.epoch(call));
  const bool beside = shadows(state->shadow, request.point);
  auto script = office_.script(call, state->active);
  const bool handles = script && script->handles(request.point);
  if (!handles && !beside) return {};
  const auto known = office_.points(call);
  const HookPointInfo* point = find_point(*known, request.point);
  const bool gate = !point || point->gate;
  const auto input = std::make_shared<const lua::Input>(
      HookOffice::input_for(request.point, point,
                            request.text.empty() ? request.input
                                                 : from_json<Json>(request.text.view()),
                            host().now_ms(Clock::business), std::string(call.trace())));
  HookRun run = handles ? ask(call, *state, std::move(script), *input) : passed();
  const Noted noted{row_of(call, *state, *input, run), run.result, state, input, known};
  if (!beside || is_passing(run) || !shadow(noted, call)) note(noted);
  log_run(request, call, run.result);
  if (!run.failure.empty()) {
    fail(request, call, state->settings, gate, run);
    return {};
  }
  if (!handles) return {};
  if (run.result.outcome != lua::Outcome::allowed && gate)
    throw Error(
        "hook.denied",
        {{"hook_code", run.result.code}, {"text", run.result.text}, {"point", request.point}});
  return {true, state->active, std::move(run.result.set), std::move(run.result.commands)};
}

HookRun HookHost::ask(const Call& call, const OwnerState& state,
                      std::shared_ptr<const Script> script, const lua::Input& input) {
  const std::string owner(call.owner());
  const std::int64_t most =
      std::min(state.settings.runs_per_second, office_.config.runs_per_second_max);
  if (!rate_.allows(owner, most, host().now_ms(Clock::real)))
    return refused("rate", "the enterprise's scripts ran " + std::to_string(most) +
                               " times within this second already");
  HookRun run = office_.runner.run(owner, std::move(script), input, office_.patience_ms(call),
                                   HookRunner::Purpose::decide,
                                   limits_of(state.settings, office_.config));
  return decided(std::move(run));
}

// The decision was given; whatever becomes of this, nobody waits for it.
bool HookHost::shadow(const Noted& noted, const Call& call) try {
  const auto script = office_.script(call, noted.state->shadow.hash);
  return office_.shadows.add(
      noted.row.owner, [this, noted = noted, script](const std::atomic<bool>& cancelled) mutable {
        try {
          if (!cancelled) compare(noted, *script, cancelled);
          note(noted);
        } catch (const std::exception& error) {
          host().log(Level::warning,
                     "a run of " + noted.row.owner + " was not noted: " + error.what());
        }
      });
} catch (const std::exception& error) {
  host().log(Level::warning, "the shadow of " + noted.row.owner + " did not run: " + error.what());
  return false;
}

void HookHost::compare(Noted& noted, const Script& script, const std::atomic<bool>& cancelled) {
  const OwnerState& state = *noted.state;
  HookRun run = passed();
  if (script.handles(noted.row.point))
    run = decided(office_.runner.run_aside(noted.row.owner, script, *noted.input,
                                           limits_of(state.settings, office_.config), cancelled));
  if (cancelled || is_passing(run)) return;
  noted.row.shadow = state.shadow.hash;
  noted.row.difference =
      difference_of(kept_decision(noted.result), kept_decision(run.result),
                    state.settings.record_inputs ? Values::shown : Values::hidden);
}

RunRow HookHost::row_of(const Call& call, const OwnerState& state, const lua::Input& input,
                        const HookRun& run) {
  const lua::Result& result = run.result;
  RunRow row;
  row.owner = std::string(call.owner());
  row.at = Time{input.now_ms};  // as the script saw it: a replay shows it the same
  row.point = input.point;
  row.script = state.active;
  row.outcome = name_of(result.outcome);
  if (result.outcome == lua::Outcome::denied) row.code = result.code;
  row.failure = run.failure;
  if (result.fault) {
    row.message = told_of(*result.fault, state.settings);
    row.line = result.fault->line;
  }
  row.instructions = result.usage.instructions;
  row.steps = result.usage.steps;
  row.memory = result.usage.memory;
  row.cpu_us = result.usage.cpu_us;
  row.trace = std::string(call.trace()).substr(0, kKeptTraceMax);
  return row;
}

void HookHost::note(const Noted& noted) {
  const HookSettings& settings = noted.state->settings;
  const auto complete = [&](RunRow& row) {
    const auto keep = [](std::string text) {
      return text.size() <= kKeptJsonMax ? std::move(text) : std::string();
    };
    KeptDecision decision = kept_decision(noted.result);
    const bool values = settings.record_inputs;
    row.decision = keep(to_json(values ? decision : without_values(std::move(decision))));
    const HookPointInfo* point = values ? find_point(*noted.known, row.point) : nullptr;
    if (point)
      row.input = keep(to_json(masked(noted.input->data, point->input_type, noted.known->schemas)));
  };
  office_.book.note(noted.row, std::min(settings.runs_kept, office_.config.runs_kept_max),
                    settings.days_kept, complete);
}

void HookHost::fail(const HookRequest& request, const Call& call, const HookSettings& settings,
                    bool gate, const HookRun& run) {
  const lua::Fault& fault = *run.result.fault;
  const std::string line = std::to_string(fault.line);
  if (may_log(std::string(call.owner())))
    host().log(Level::warning, "a hook failed (" + place_of(request, call) + "): " + run.failure +
                                   (fault.line > 0 ? ", line " + line : "") + ": " +
                                   told_of(fault, settings));
  // What is told comes again later, but not because of a script that keeps breaking its limits.
  if (gate || run.failure != "breaker") require_run(run);
  if (!gate) return;
  ErrorParams params{{"point", request.point}, {"kind", run.failure}, {"reason", fault.message}};
  if (fault.line > 0) params.emplace_back("line", line);
  throw Error("hook.failed", std::move(params));
}

void HookHost::log_run(const HookRequest& request, const Call& call, const lua::Result& result) {
  for (const std::string& text : result.log)
    if (may_log(std::string(call.owner())))
      host().log(Level::info, "hook (" + place_of(request, call) + "): " + text);
}

bool HookHost::may_log(const std::string& owner) {
  const std::lock_guard lock(mutex_);
  const std::int64_t now = host().now_ms(Clock::real);
  if (now - log_window_ms_ >= kLogWindowMs) {
    for (const auto& [name, lines] : log_lines_)
      if (lines > kHookLogLinesMax)
        host().log(Level::warning, std::to_string(lines - kHookLogLinesMax) +
                                       " lines about the script of " + name + " were dropped");
    log_lines_.clear();
    log_window_ms_ = now;
  }
  return ++log_lines_[owner] <= kHookLogLinesMax;
}

CommandResult HookHost::run(const CommandCall& command, const Call&) {
  return {hook_command(command)};
}

// ---------------------------------------------------------------- points

Answer<HookPointList> HookHost::list_points(const Request& request) {
  Answer<HookPointList> answer;
  for (const HookPointInfo& p : office_.points(request.call)->points) {
    PointRules rules = rules_of(p);
    answer.body.points.push_back({p.name, p.doc, p.gate, p.input_type, std::move(rules.amends),
                                  std::move(rules.commands)});
  }
  return answer;
}

FileAnswer HookHost::types(const Request& request) {
  const auto known = office_.points(request.call);
  return {"text/x-lua", "cinnabar.lua", lua_types(known->points, known->schemas), {}};
}

// ---------------------------------------------------------------- routes

void HookHost::version_routes() {
  permission({"hook.manage", "See, change and replay scripts", "管理企业脚本", false,
              {{"it_administrator"}}});
  const std::string base = "/enterprises/{enterprise}/hooks";
  const auto admin = [](Route& route) -> Route& {
    return route.of("enterprise").may("hook.manage");
  };
  const auto change = [&](Route& route) -> Route& { return admin(route).idempotent().audited(); };
  admin(route("GET", base + "/script", "hook.script", &versions_, &Versions::read))
      .summary("The enterprise's active script", "查看企业当前脚本");
  change(route("PUT", base + "/script", "hook.publish", &versions_, &Versions::publish))
      .summary("Checks a script, keeps it as a version and activates it", "校验、保存并启用脚本");
  change(route("DELETE", base + "/script", "hook.remove", &versions_, &Versions::remove))
      .summary("Deactivates the script; its versions stay", "停用脚本，保留历史版本");
  change(route("POST", base + "/versions", "hook.save", &versions_, &Versions::save))
      .summary("Checks a script and keeps it as a version", "校验并保存脚本版本")
      .status(201);
  admin(route("GET", base + "/versions", "hook.versions", &versions_, &Versions::list))
      .summary("The versions of the enterprise's script", "查看脚本历史版本");
  admin(route("GET", base + "/versions/{hash}", "hook.version", &versions_, &Versions::version))
      .summary("One version, with its source and fixtures", "查看某一脚本版本");
  admin(route("GET", base + "/activations", "hook.activations", &versions_,
              &Versions::activations_list))
      .summary("Which version was activated when, and by whom", "查看脚本启用记录");
  change(route("POST", base + "/activate", "hook.activate", &versions_, &Versions::activate))
      .summary("Activates a version, an old one too", "启用指定版本（可回滚）");
  change(route("POST", base + "/rollback", "hook.roll_back", &versions_, &Versions::roll_back))
      .summary("Activates the version before the active one", "回滚到上一个版本");
  admin(route("GET", base + "/shadow", "hook.shadow", &versions_, &Versions::shadow))
      .summary("The version that runs beside the active one", "查看影子版本");
  change(route("PUT", base + "/shadow", "hook.set_shadow", &versions_, &Versions::set_shadow))
      .summary("Runs a version beside the active one; it decides nothing", "设置影子版本，只记录不生效");
  change(route("DELETE", base + "/shadow", "hook.end_shadow", &versions_, &Versions::end_shadow))
      .summary("Ends it", "取消影子版本");
  admin(route("GET", base + "/settings", "hook.settings", &versions_, &Versions::settings))
      .summary("Limits and recording of scripts", "查看脚本限额与记录设置");
  change(route("PUT", base + "/settings", "hook.set_settings", &versions_,
               &Versions::set_settings))
      .summary("Sets them, within what the installation allows", "修改脚本限额与记录设置");
}

void HookHost::run_routes() {
  const std::string base = "/enterprises/{enterprise}/hooks";
  const auto admin = [](Route& route) -> Route& {
    return route.of("enterprise").may("hook.manage");
  };
  admin(route("POST", base + "/try", "hook.try", &runs_, &Runs::try_out))
      .summary("Runs a script against an input; nothing changes", "试运行脚本，不产生任何影响");
  admin(route("GET", base + "/runs", "hook.runs", &runs_, &Runs::list))
      .summary("Records of runs, the newest first", "查看脚本运行记录")
      .query("point", "Only runs at this point.")
      .query("outcome", "Only allowed, denied or failed.")
      .query("differences", "true: only those that the shadow decided otherwise.")
      .query("cursor", "`next` of the page before.")
      .query("limit", "1 to 200; 50 unless given.");
  admin(route("DELETE", base + "/runs", "hook.forget_runs", &runs_, &Runs::forget))
      .summary("Deletes all records of runs", "删除全部脚本运行记录")
      .idempotent()
      .audited();
  admin(route("GET", base + "/metrics", "hook.metrics", &runs_, &Runs::metrics))
      .summary("Runs, errors, denials and time by point, of seven days", "查看脚本运行指标（七天）");
  admin(route("POST", base + "/replay", "hook.replay", &runs_, &Runs::replay))
      .summary("Runs recorded inputs through another version; nothing changes",
               "用已记录的输入重放另一版本，不产生任何影响");
}

}  // namespace cinnabar::hooks
