#include "script_cache.hpp"

#include <cinnabar/digest_state.hpp>

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

std::optional<std::string> ScriptCache::remembered(const std::string& owner, std::int64_t epoch) {
  const auto found = owners_.find(owner);
  if (found == owners_.end()) return std::nullopt;
  if (found->second.newest.epoch == epoch) return found->second.newest.hash;
  if (found->second.previous.epoch == epoch) return found->second.previous.hash;
  return std::nullopt;
}

void ScriptCache::remember(const std::string& owner, std::int64_t epoch, const std::string& hash) {
  if (owners_.size() >= kCachedOwnersMax && !owners_.contains(owner)) owners_.clear();
  Owner& entry = owners_[owner];
  if (epoch <= entry.newest.epoch) {
    if (epoch > entry.previous.epoch) entry.previous = {epoch, hash};
    return;
  }
  entry.previous = std::move(entry.newest);
  entry.newest = {epoch, hash};
}

std::shared_ptr<const Script> ScriptCache::active(const std::string& owner, std::int64_t epoch,
                                                  const ReadHash& read_hash,
                                                  const ReadSource& read_source) {
  std::unique_lock lock(mutex_);
  std::optional<std::string> hash = remembered(owner, epoch);
  if (!hash) {
    lock.unlock();
    hash = read_hash();
    lock.lock();
    remember(owner, epoch, *hash);
  }
  if (hash->empty()) return nullptr;
  if (const auto found = scripts_.find(*hash); found != scripts_.end()) return found->second;
  lock.unlock();
  auto script = std::make_shared<const Script>(load_script(read_source(*hash)));
  // Time is the machine's fault, not the script's: next time it may do.
  if (script->fault && script->fault->stop == lua::Stop::cpu) return script;
  lock.lock();
  if (scripts_.size() >= kCachedScriptsMax) scripts_.clear();
  return scripts_.emplace(*hash, std::move(script)).first->second;
}

}  // namespace cinnabar::hooks
