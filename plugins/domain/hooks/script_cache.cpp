#include "script_cache.hpp"

#include "lua/globals.hpp"

#include <cinnabar/digest_state.hpp>
#include <cinnabar/nearest.hpp>

#include <algorithm>

namespace cinnabar::hooks {

bool Script::handles(const std::string& point) const {
  return fault || std::binary_search(hooks.begin(), hooks.end(), point);
}

Script load_script(const std::string& source) {
  Script script;
  script.hash = to_hex(sha256(source));
  lua::Compiled compiled = lua::compile(source);
  script.bytecode = std::move(compiled.bytecode);
  script.fault = std::move(compiled.fault);
  if (script.fault) return script;
  lua::Bundle bundle = lua::inspect(script.bytecode);
  script.hooks = std::move(bundle.hooks);
  script.warnings = std::move(bundle.warnings);
  script.fault = std::move(bundle.fault);
  return script;
}

std::optional<lua::Fault> unknown_global(const Script& script) {
  const auto uses = lua::globals_of(script.bytecode);
  std::vector<std::string> known = lua::known_globals();
  for (const lua::GlobalUse& use : uses)
    if (use.sets) known.push_back(use.name);
  for (const lua::GlobalUse& use : uses)
    if (!use.sets && std::find(known.begin(), known.end(), use.name) == known.end())
      return lua::Fault{lua::Stop::none,
                        "there is no global '" + use.name + "'; perhaps '" +
                            nearest(use.name, known) + "' is meant",
                        use.line};
  return std::nullopt;
}

ScriptCache::State ScriptCache::remembered(const std::string& owner, std::int64_t epoch) {
  const auto found = owners_.find(owner);
  if (found == owners_.end()) return nullptr;
  if (found->second.newest.epoch == epoch) return found->second.newest.state;
  if (found->second.previous.epoch == epoch) return found->second.previous.state;
  return nullptr;
}

void ScriptCache::remember(const std::string& owner, std::int64_t epoch, const State& state) {
  if (owners_.size() >= kCachedOwnersMax && !owners_.contains(owner)) owners_.clear();
  Owner& entry = owners_[owner];
  if (epoch <= entry.newest.epoch) {
    if (epoch > entry.previous.epoch) entry.previous = {epoch, state};
    return;
  }
  entry.previous = std::move(entry.newest);
  entry.newest = {epoch, state};
}

ScriptCache::State ScriptCache::known(const std::string& owner, std::int64_t epoch) {
  const std::lock_guard lock(mutex_);
  return epoch < 0 ? nullptr : remembered(owner, epoch);
}

ScriptCache::State ScriptCache::state(const std::string& owner, std::int64_t epoch,
                                      const ReadState& read_state) {
  if (State state = known(owner, epoch)) return state;
  auto state = std::make_shared<const OwnerState>(read_state());
  const std::lock_guard lock(mutex_);
  remember(owner, epoch, state);
  return state;
}

std::shared_ptr<const Script> ScriptCache::script(const std::string& hash,
                                                  const Load& load) {
  if (hash.empty()) return nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = scripts_.find(hash); found != scripts_.end()) return found->second;
  }
  auto script = std::make_shared<const Script>(load(hash));
  // Time is the machine's fault, not the script's: next time it may do.
  if (script->fault && (script->fault->stop == lua::Stop::cpu ||
                        script->fault->stop == lua::Stop::cancelled))
    return script;
  const std::lock_guard lock(mutex_);
  if (scripts_.size() >= kCachedScriptsMax) scripts_.clear();
  return scripts_.emplace(hash, std::move(script)).first->second;
}

}  // namespace cinnabar::hooks
