#include "kernel/lua/hooks.hpp"

#include "kernel/config/nearest.hpp"
#include "kernel/log/log.hpp"
#include "kernel/lua/fixtures.hpp"
#include "kernel/lua/hook_errors.hpp"
#include "kernel/lua/hook_scripts.hpp"
#include "kernel/lua/hook_views.hpp"
#include "kernel/lua/lua_types.hpp"
#include "kernel/plugin/call_context.hpp"
#include "kernel/plugin/pinned_route.hpp"

#include <algorithm>

namespace cinnabar::kernel {
namespace {

constexpr const char* kScriptPath = "/enterprises/{enterprise}/hooks/script";
constexpr std::int64_t kLogWindowMs = 10'000;

// FNV-1a: what a run's random numbers start from.
std::uint64_t seed_of(std::string_view text) {
  std::uint64_t hash = 14'695'981'039'346'656'037u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211u;
  return hash;
}

std::int64_t epoch_of(const Call& call) {
  CallContext* context = CallContext::of(call.raw());
  return context ? context->snapshot(call.owner())->epoch() : -1;
}

}  // namespace

HookHost::HookHost(Host& host, const Clocks& clocks, FindPoints find_points)
    : DomainPlugin(host), clocks_(clocks), find_points_(std::move(find_points)), runner_(clocks) {
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
  const auto known = points();
  const HookPointInfo* point = known->find(request.point);
  const bool gate = !point || point->gate;
  std::int64_t patience = kHookPatienceMs;
  if (call.deadline_ms() > 0)
    patience = std::clamp<std::int64_t>(call.deadline_ms() - clocks_.real_ms(), 0, patience);
  const std::string hash = script->hash;
  HookRun run = runner_.run(std::string(call.owner()), std::move(script),
                            input_for(request.point, request.input, call), patience,
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
    log_warning("a hook failed", {{"owner", call.owner()},
                                  {"point", request.point},
                                  {"kind", run.failure},
                                  {"reason", fault.message},
                                  {"line", line},
                                  {"trace", call.trace()}});
  if (!gate) return;
  ErrorParams params{{"point", request.point}, {"kind", run.failure}, {"reason", fault.message}};
  if (fault.line > 0) params.emplace_back("line", line);
  throw Error("hook.failed", std::move(params));
}

void HookHost::log_run(const HookRequest& request, const Call& call, const lua::Result& result) {
  for (const std::string& text : result.log)
    if (may_log(std::string(call.owner())))
      log_info("hook: " + text,
               {{"owner", call.owner()}, {"point", request.point}, {"trace", call.trace()}});
}

bool HookHost::may_log(const std::string& owner) {
  const std::lock_guard lock(mutex_);
  const std::int64_t now = clocks_.real_ms();
  if (now - log_window_ms_ >= kLogWindowMs) {
    for (const auto& [name, lines] : log_lines_)
      if (lines > kHookLogLinesMax)
        log_warning("lines of scripts were dropped",
                    {{"owner", name}, {"lines", std::to_string(lines - kHookLogLinesMax)}});
    log_lines_.clear();
    log_window_ms_ = now;
  }
  return ++log_lines_[owner] <= kHookLogLinesMax;
}

std::shared_ptr<const Script> HookHost::active(const Call& call) {
  const std::string owner(call.owner());
  return scripts_.active(
      owner, epoch_of(call), [&] { return active_hash(host(), call, owner); },
      [&](const std::string& hash) { return stored_script(host(), call, owner, hash).source; });
}

lua::Input HookHost::input_for(const std::string& point, Json data, const Call& call) {
  const auto known = points();
  const HookPointInfo* info = known->find(point);
  return {point, std::move(data), clocks_.business_ms(), seed_of(std::string(call.trace()) + point),
          info ? info->amends : std::vector<std::string>()};
}

// ---------------------------------------------------------------- points

const HookPointInfo* HookHost::Points::find(std::string_view name) const {
  for (const HookPointInfo& point : points)
    if (point.name == name) return &point;
  return nullptr;
}

void HookHost::set_points(std::vector<HookPointInfo> points, Json schemas) {
  std::sort(points.begin(), points.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  auto made = std::make_shared<const Points>(Points{std::move(points), std::move(schemas)});
  const std::lock_guard lock(mutex_);
  points_ = std::move(made);
}

std::shared_ptr<const HookHost::Points> HookHost::points() {
  {
    const std::lock_guard lock(mutex_);
    if (points_) return points_;
  }
  // Asked without the lock: this plugin is among those that describe themselves.
  DomainDescription found = find_points_();
  set_points(std::move(found.hook_points), std::move(found.schemas));
  const std::lock_guard lock(mutex_);
  return points_;
}

Answer<HookPointList> HookHost::list_points(const Request&) {
  Answer<HookPointList> answer;
  for (const HookPointInfo& p : points()->points)
    answer.body.points.push_back({p.name, p.doc, p.gate, p.input_type, p.amends});
  return answer;
}

FileAnswer HookHost::types(const Request&) {
  const auto known = points();
  return {"text/x-lua", "cinnabar.lua", lua_types(known->points, known->schemas), {}};
}

// ---------------------------------------------------------------- scripts

Script HookHost::checked(const std::string& source) {
  Script script = load_script(source);
  if (script.fault)
    throw Error("hook.script_invalid",
                {{"reason", script.fault->message}, {"line", std::to_string(script.fault->line)}},
                "/source");
  const auto known = points();
  for (const std::string& hook : script.hooks) {
    if (known->find(hook)) continue;
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
  const Script script = checked(in.source);
  const StoredScript stored{script.hash, in.source, request.subject().person,
                            Time{clocks_.business_ms()}};
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
  const Script script = checked(stored.source);
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
  auto script = std::make_shared<const Script>(checked(source));
  const std::string hash = script->hash;
  HookRun run = runner_.run(owner, std::move(script), input_for(in.point, in.input, request.call),
                            kHookPatienceMs, HookRunner::Purpose::try_out);
  Answer<TryView> answer;
  answer.body = to_view(std::move(run.result));
  answer.body.script = hash;
  answer.body.failure = run.failure;
  return answer;
}

// ---------------------------------------------------------------- the plugin

void add_hook_host(PluginHost& plugins, const Clocks& clocks, HookHost*& hooks) {
  Manifest manifest;
  manifest.id = "cinnabar.kernel-hooks";
  manifest.version = "1.0.0";
  manifest.title = "Lua hooks";
  manifest.author = "Cinnabar";
  manifest.status = "beta";
  manifest.posture = "hardened";
  manifest.provides = {{"cinnabar.hooks/1", "lua"}, {"cinnabar.domain/1", "kernel-hooks"}};
  manifest.permissions = {"database"};
  manifest.table_prefix = "kernel_";
  manifest.errors = hook_errors();
  const auto find_points = [&plugins, &clocks] {
    DomainDescription all;
    all.schemas = Json::object();
    for (const Provider* provider : plugins.providers(interface_id<Domain>())) {
      CallContext context(plugins, clocks, 0);
      const DomainClient domain(std::make_shared<PinnedRoute>(
          plugins, context.snapshot(""), context.call("", "hooks", "en"), provider->interface_id,
          provider->name));
      DomainDescription one = domain.describe({});
      for (auto& point : one.hook_points) all.hook_points.push_back(std::move(point));
      for (const auto& [name, schema] : one.schemas.members())
        if (!all.schemas.contains(name)) all.schemas.set(name, schema);
    }
    return all;
  };
  plugins.add_builtin(std::move(manifest), builtin<HookHost>([=, &clocks, &hooks](Host& host) {
                        auto made = std::make_unique<HookHost>(host, clocks, find_points);
                        hooks = made.get();
                        return made;
                      }));
}

}  // namespace cinnabar::kernel
