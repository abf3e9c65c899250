#include "hooks.hpp"

#include "fixtures.hpp"
#include "hook_command.hpp"
#include "hook_scripts.hpp"
#include "hook_views.hpp"
#include "lua_types.hpp"

#include <cinnabar/nearest.hpp>

#include <algorithm>

namespace cinnabar::hooks {
namespace {

constexpr const char* kScriptPath = "/enterprises/{enterprise}/hooks/script";
constexpr std::int64_t kLogWindowMs = 10'000;

// FNV-1a: what a run's random numbers start from.
std::uint64_t seed_of(std::string_view text) {
  std::uint64_t hash = 14'695'981'039'346'656'037u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211u;
  return hash;
}

// Null: no domain declares it.
const HookPointInfo* find(const HookPointSet& known, std::string_view name) {
  for (const HookPointInfo& point : known.points)
    if (point.name == name) return &point;
  return nullptr;
}

// Where a line of the log belongs to.
std::string place_of(const HookRequest& request, const Call& call) {
  std::string place = std::string(call.owner()) + ", " + request.point;
  if (!call.trace().empty()) place += ", " + std::string(call.trace());
  return place;
}

}  // namespace

HookHost::HookHost(Host& host) : DomainPlugin(host), runner_(host) {
  route("GET", kScriptPath, "hook.script", this, &HookHost::read)
      .summary("The enterprise's active script", "查看企业当前脚本")
      .on("enterprise", {"admin"});
  route("PUT", kScriptPath, "hook.publish", this, &HookHost::publish)
      .summary("Checks a script, keeps it as a version and activates it", "校验、保存并启用脚本")
      .on("enterprise", {"admin"})
      .idempotent()
      .audited();
  route("DELETE", kScriptPath, "hook.remove", this, &HookHost::remove)
      .summary("Deactivates the script; its versions stay", "停用脚本，保留历史版本")
      .on("enterprise", {"admin"})
      .idempotent()
      .audited();
  route("GET", "/enterprises/{enterprise}/hooks/versions", "hook.versions", this,
        &HookHost::versions)
      .summary("The versions of the enterprise's script", "查看脚本历史版本")
      .on("enterprise", {"admin"});
  route("POST", "/enterprises/{enterprise}/hooks/activate", "hook.activate", this,
        &HookHost::activate)
      .summary("Activates a version, an old one too", "启用指定版本（可回滚）")
      .on("enterprise", {"admin"})
      .idempotent()
      .audited();
  route("POST", "/enterprises/{enterprise}/hooks/try", "hook.try", this, &HookHost::try_out)
      .summary("Runs a script against an input; nothing changes", "试运行脚本，不产生任何影响")
      .on("enterprise", {"admin"});
  route("GET", "/hook-points", "hook.points", this, &HookHost::list_points)
      .summary("The points where a script may decide", "查看可挂接脚本的位置");
  route("GET", "/hook-points/types.lua", "hook.types", this, &HookHost::types)
      .summary("Their types, for editors with a Lua language server", "供编辑器使用的类型注解")
      .produces("text/x-lua");
}

// ---------------------------------------------------------------- the service

HookDecision HookHost::run(const HookRequest& request, const Call& call) {
  std::shared_ptr<const Script> script = active(call);
  if (!script || !script->handles(request.point)) return {};
  const auto known = points(call);
  const HookPointInfo* point = find(*known, request.point);
  const bool gate = !point || point->gate;
  std::int64_t patience = kHookPatienceMs;
  if (call.deadline_ms() > 0)
    patience =
        std::clamp<std::int64_t>(call.deadline_ms() - host().now_ms(Clock::real), 0, patience);
  const std::string hash = script->hash;
  HookRun run = runner_.run(std::string(call.owner()), std::move(script),
                            input_for(request.point, point, request.input, call), patience,
                            HookRunner::Purpose::decide);
  log_run(request, call, run.result);
  if (!run.failure.empty()) {
    fail(request, call, gate, run);
    return {};
  }
  if (!run.result.handled) return {};
  if (run.result.outcome == lua::Outcome::denied && gate)
    throw Error(
        "hook.denied",
        {{"hook_code", run.result.code}, {"text", run.result.text}, {"point", request.point}});
  return {true, hash, std::move(run.result.set), std::move(run.result.commands)};
}

void HookHost::fail(const HookRequest& request, const Call& call, bool gate, const HookRun& run) {
  const lua::Fault& fault = *run.result.fault;
  const std::string line = std::to_string(fault.line);
  if (may_log(std::string(call.owner())))
    host().log(Level::warning, "a hook failed (" + place_of(request, call) + "): " + run.failure +
                                   (fault.line > 0 ? ", line " + line : "") + ": " + fault.message);
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

std::shared_ptr<const Script> HookHost::active(const Call& call) {
  const std::string owner(call.owner());
  const std::int64_t epoch = host().service<Bindings>(call).names({}).epoch;
  return scripts_.active(
      owner, epoch, [&] { return active_hash(host(), call, owner); },
      [&](const std::string& hash) { return stored_script(host(), call, owner, hash).source; });
}

lua::Input HookHost::input_for(const std::string& name, const HookPointInfo* point, Json data,
                               const Call& call) {
  return {name, std::move(data), host().now_ms(Clock::business),
          seed_of(std::string(call.trace()) + name),
          point ? point->amends : std::vector<std::string>()};
}

CommandResult HookHost::run(const CommandCall& command, const Call&) {
  return {hook_command(command.arguments)};
}

// ---------------------------------------------------------------- points

std::shared_ptr<const HookPointSet> HookHost::points(const Call& call) {
  {
    const std::lock_guard lock(mutex_);
    if (points_) return points_;
  }
  auto known = std::make_shared<const HookPointSet>(host().service<HookPoints>(call).list({}));
  const std::lock_guard lock(mutex_);
  return points_ = std::move(known);
}

Answer<HookPointList> HookHost::list_points(const Request& request) {
  Answer<HookPointList> answer;
  for (const HookPointInfo& p : points(request.call)->points)
    answer.body.points.push_back({p.name, p.doc, p.gate, p.input_type, p.amends});
  return answer;
}

FileAnswer HookHost::types(const Request& request) {
  const auto known = points(request.call);
  return {"text/x-lua", "cinnabar.lua", lua_types(known->points, known->schemas), {}};
}

// ---------------------------------------------------------------- scripts

Script HookHost::checked(const std::string& source, const Call& call) {
  Script script = load_script(source);
  if (script.fault)
    throw Error("hook.script_invalid",
                {{"reason", script.fault->message}, {"line", std::to_string(script.fault->line)}},
                "/source");
  const auto known = points(call);
  for (const std::string& hook : script.hooks) {
    if (find(*known, hook)) continue;
    std::vector<std::string> names;
    for (const HookPointInfo& point : known->points) names.push_back(point.name);
    throw Error("hook.point_unknown", {{"point", hook}, {"nearest", nearest(hook, names)}},
                "/source");
  }
  return script;
}

Answer<ScriptView> HookHost::read(const Request& request) {
  const std::string& owner = request.object().id;
  const std::string hash = active_hash(host(), request.call, owner);
  if (hash.empty()) throw Error("hook.no_script", {{"enterprise", owner}});
  const StoredScript stored = stored_script(host(), request.call, owner, hash);
  const Script script = load_script(stored.source);
  Answer<ScriptView> answer;
  answer.body = {hash,      true,         stored.source,  stored.author,
                 stored.at, script.hooks, script.warnings};
  answer.etag = hash;
  return answer;
}

Answer<ScriptView> HookHost::publish(const ScriptBody& in, const Request& request) {
  const std::string& owner = request.object().id;
  const Script script = checked(in.source, request.call);
  const StoredScript stored{script.hash, in.source, request.subject().person, host().now()};
  Answer<ScriptView> answer;
  add_version(host(), request.call, owner, stored, answer.writes);
  set_active(host(), request.call, owner, script.hash, stored.author, answer.writes);
  answer.body = {script.hash, true,         in.source,      stored.author,
                 stored.at,   script.hooks, script.warnings};
  answer.etag = script.hash;
  return answer;
}

Answer<Nothing> HookHost::remove(const Request& request) {
  Answer<Nothing> answer;
  set_active(host(), request.call, request.object().id, "", request.subject().person,
             answer.writes);
  return answer;
}

Answer<ScriptVersions> HookHost::versions(const Request& request) {
  const std::string& owner = request.object().id;
  const std::string hash = active_hash(host(), request.call, owner);
  Answer<ScriptVersions> answer;
  for (const StoredScript& version : stored_versions(host(), request.call, owner))
    answer.body.versions.push_back(
        {version.hash, version.author, version.at, version.hash == hash});
  return answer;
}

Answer<ScriptView> HookHost::activate(const ActivateBody& in, const Request& request) {
  const std::string& owner = request.object().id;
  const StoredScript stored = stored_script(host(), request.call, owner, in.hash);
  // Checked again: the points, or what the sandbox lets through, may have changed since.
  const Script script = checked(stored.source, request.call);
  Answer<ScriptView> answer;
  set_active(host(), request.call, owner, in.hash, request.subject().person, answer.writes);
  answer.body = {in.hash,   true,         stored.source,  stored.author,
                 stored.at, script.hooks, script.warnings};
  answer.etag = in.hash;
  return answer;
}

Answer<TryView> HookHost::try_out(const TryBody& in, const Request& request) {
  const std::string& owner = request.object().id;
  std::string source;
  if (in.source) {
    source = *in.source;
  } else {
    const std::string hash = active_hash(host(), request.call, owner);
    if (hash.empty()) throw Error("hook.no_script", {{"enterprise", owner}});
    source = stored_script(host(), request.call, owner, hash).source;
  }
  auto script = std::make_shared<const Script>(checked(source, request.call));
  const std::string hash = script->hash;
  const auto known = points(request.call);
  HookRun run = runner_.run(owner, std::move(script),
                            input_for(in.point, find(*known, in.point), in.input, request.call),
                            kHookPatienceMs, HookRunner::Purpose::try_out);
  Answer<TryView> answer;
  answer.body = to_view(std::move(run.result));
  answer.body.script = hash;
  answer.body.failure = run.failure;
  return answer;
}

}  // namespace cinnabar::hooks
