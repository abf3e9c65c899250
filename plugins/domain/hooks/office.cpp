#include "office.hpp"

#include <cinnabar/nearest.hpp>

#include <algorithm>

namespace cinnabar::hooks {
namespace {

constexpr std::string_view kCommandPrefix = "/commands/";

Error invalid(const lua::Fault& fault) {
  return Error("hook.script_invalid",
               {{"reason", fault.message}, {"line", std::to_string(fault.line)}}, "/source");
}

}  // namespace

// FNV-1a.
std::uint64_t seed_of(std::string_view trace, std::string_view point) {
  std::uint64_t hash = 14'695'981'039'346'656'037u;
  for (const std::string_view text : {trace.substr(0, kKeptTraceMax), point})
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211u;
  return hash;
}

const HookPointInfo* find_point(const HookPointSet& known, std::string_view name) {
  for (const HookPointInfo& point : known.points)
    if (point.name == name) return &point;
  return nullptr;
}

PointRules rules_of(const HookPointInfo& point) {
  PointRules rules;
  for (const std::string& pointer : point.amends) {
    if (pointer.starts_with(kCommandPrefix))
      rules.commands.push_back(pointer.substr(kCommandPrefix.size()));
    else
      rules.amends.push_back(pointer);
  }
  return rules;
}

HookOffice::HookOffice(Host& host)
    : host(host),
      config(host.config<HooksConfig>()),
      runner(host, config.isolation),
      book(host, config.record_flush_ms) {}

std::shared_ptr<const HookPointSet> HookOffice::points(const Call& call) {
  {
    const std::lock_guard lock(mutex_);
    if (points_) return points_;
  }
  auto known = std::make_shared<const HookPointSet>(host.service<HookPoints>(call).list({}));
  const std::lock_guard lock(mutex_);
  return points_ = std::move(known);
}

std::int64_t HookOffice::epoch(const Call& call) const {
  return host.service<Bindings>(call).names({}).epoch;
}

ScriptCache::State HookOffice::state(const Call& call, std::int64_t epoch) {
  const std::string owner(call.owner());
  return scripts.state(owner, epoch, [&] { return stored_state(host, call, owner); });
}

std::shared_ptr<const Script> HookOffice::script(const Call& call, const std::string& hash) {
  return scripts.script(hash, [&](const std::string& wanted) {
    return runner.load(stored_script(host, call, std::string(call.owner()), wanted).source);
  });
}

Script HookOffice::checked(const std::string& source, const Call& call) {
  Script script = runner.load(source);
  if (script.fault && script.fault->stop == lua::Stop::cancelled)
    throw Error("hook.unavailable", {{"kind", "unavailable"}, {"reason", script.fault->message}},
                {}, CINNABAR_UNAVAILABLE);
  if (script.fault) throw invalid(*script.fault);
  if (const auto fault = unknown_global(script)) throw invalid(*fault);
  const auto known = points(call);
  for (const std::string& hook : script.hooks) {
    if (find_point(*known, hook)) continue;
    std::vector<std::string> names;
    for (const HookPointInfo& point : known->points) names.push_back(point.name);
    throw Error("hook.point_unknown", {{"point", hook}, {"nearest", nearest(hook, names)}},
                "/source");
  }
  return script;
}

std::int64_t HookOffice::patience_ms(const Call& call) const {
  if (call.deadline_ms() <= 0) return kHookPatienceMs;
  return std::clamp<std::int64_t>(call.deadline_ms() - host.now_ms(Clock::real), 0,
                                  kHookPatienceMs);
}

lua::Limits HookOffice::limits(const Call& call, const std::string& owner) const {
  return limits_of(stored_state(host, call, owner).settings, config);
}

void HookOffice::settle(const std::string& owner) {
  shadows.settle(owner, std::chrono::milliseconds(kHookPatienceMs));
  book.flush();
}

lua::Input HookOffice::input_for(const std::string& name, const HookPointInfo* point, Json data,
                                 std::int64_t now_ms, const std::string& trace) {
  PointRules rules;
  if (point) rules = rules_of(*point);
  return {name,         std::move(data),        now_ms, seed_of(trace, name),
          rules.amends, std::move(rules.commands)};
}

}  // namespace cinnabar::hooks
