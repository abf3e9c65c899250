#include "kernel/plugin/snapshots.hpp"

#include <cinnabar/package/config_check.hpp>

#include <algorithm>

namespace cinnabar::kernel {
namespace {

constexpr std::string_view kDomain = "cinnabar.domain/1";

Json parsed(const Json& text) {
  return text.text().empty() ? Json() : from_json<Json>(text.text());
}

const BindingChoice* choice_of(const std::vector<BindingChoice>& choices, const Provider& p) {
  if (!p.scoped_to_enterprise) return nullptr;
  for (const BindingChoice& choice : choices)
    if (choice.interface == p.interface_id && choice.name == p.name) return &choice;
  return nullptr;
}

}  // namespace

BoundTable::BoundTable(std::shared_ptr<const Generation> generation,
                       const std::map<std::string, PluginSwitch>& switches,
                       const std::vector<BindingChoice>& choices)
    : generation_(std::move(generation)) {
  for (const BindablePlugin& plugin : generation_->plugins) {
    const auto found = switches.find(plugin.manifest->id);
    const bool switched = found != switches.end();
    const bool admitted = !switched || found->second.enabled;
    const bool default_on = switched ? found->second.enabled : plugin.manifest->enabled;
    const Json config =
        switched ? merged_config(plugin.config, found->second.config) : plugin.config;
    bool any = false, domain = false, domain_on = false;
    for (const Provider* provider : plugin.providers) {
      const BindingChoice* choice = choice_of(choices, *provider);
      const bool by_default = default_on && !(plugin.opt_in && provider->scoped_to_enterprise);
      const bool on = admitted && (choice ? choice->enabled : by_default);
      any = any || on;
      if (provider->interface_id == kDomain) {
        domain = true;
        domain_on = domain_on || on;
      }
      if (!on) continue;
      const Json merged = choice ? merged_config(config, choice->config) : config;
      bound_[provider->interface_id].push_back(
          {provider->name, choice && choice->position > 0 ? choice->position : kPositionDefault,
           Binding{provider, merged.is_null() ? std::string() : to_json(merged)}});
    }
    enabled_[plugin.manifest->id] =
        domain ? domain_on : any || (plugin.providers.empty() && admitted && default_on);
  }
  for (auto& [interface, names] : bound_)
    std::stable_sort(names.begin(), names.end(),
                     [](const Named& a, const Named& b) { return a.position < b.position; });
}

const Binding* BoundTable::find(std::string_view interface_id, std::string_view name) const {
  const auto found = bound_.find(interface_id);
  if (found == bound_.end()) return nullptr;
  for (const Named& named : found->second)
    if (name.empty() || named.name == name) return &named.binding;
  return nullptr;
}

std::vector<std::string> BoundTable::names(std::string_view interface_id) const {
  std::vector<std::string> names;
  const auto found = bound_.find(interface_id);
  if (found != bound_.end())
    for (const Named& named : found->second) names.push_back(named.name);
  return names;
}

bool BoundTable::plugin_enabled(std::string_view plugin_id) const {
  const auto found = enabled_.find(plugin_id);
  return found != enabled_.end() && found->second;
}

// Epochs only rise, so their sum tells whether either moved. What plugins hear as the epoch moves
// with the generation, too.
struct Snapshots::Entry final : Snapshot {
  std::string owner_id;
  std::int64_t epoch_sum = 0;
  std::shared_ptr<const BoundTable> table;

  std::int64_t epoch() const override { return epoch_sum + table->generation().number; }
  const std::string& owner() const override { return owner_id; }
  const Binding* find(std::string_view interface_id, std::string_view name) const override {
    return table->find(interface_id, name);
  }
  std::vector<std::string> names(std::string_view interface_id) const override {
    return table->names(interface_id);
  }
  bool plugin_enabled(std::string_view plugin_id) const override {
    return table->plugin_enabled(plugin_id);
  }
};

void Snapshots::set(std::shared_ptr<const Generation> generation) {
  const std::lock_guard lock(mutex_);
  generation_ = std::move(generation);
  cache_.clear();
  installation_.reset();
}

std::shared_ptr<const Generation> Snapshots::generation() const {
  const std::lock_guard lock(mutex_);
  return generation_;
}

void Snapshots::attach(const Db* db) {
  const std::lock_guard lock(mutex_);
  db_ = db;
  cache_.clear();
  installation_.reset();
}

std::shared_ptr<const Snapshot> Snapshots::get(std::string_view owner,
                                               const std::shared_ptr<const Generation>& of) {
  const std::string key(owner);
  std::int64_t installation_epoch = 0, owner_epoch = 0;
  const Db* db = nullptr;
  {
    const std::lock_guard lock(mutex_);
    db = db_;
  }
  if (db) {
    const Rows rows =
        db->query("SELECT owner, epoch FROM kernel_epoch WHERE owner IN ('', ?)", {Json(key)});
    for (const auto& row : rows.rows)
      (row[0].text().empty() ? installation_epoch : owner_epoch) = row[1].integer();
  }
  const std::int64_t epoch = installation_epoch + owner_epoch;
  const std::lock_guard lock(mutex_);
  if (of != generation_) return build_earlier(key, epoch, of);
  const auto found = cache_.find(key);
  // A snapshot that another request built meanwhile may be newer than what this one read.
  if (found != cache_.end() && found->second->epoch_sum >= epoch) return found->second;
  return build(key, installation_epoch, epoch);
}

std::shared_ptr<const Snapshots::Entry> Snapshots::build(const std::string& owner,
                                                         std::int64_t installation_epoch,
                                                         std::int64_t epoch) {
  if (!installation_ || installation_epoch_ != installation_epoch) {
    switches_ = std::make_shared<const Switches>(read_switches());
    installation_ =
        std::make_shared<const BoundTable>(generation_, *switches_, std::vector<BindingChoice>{});
    installation_epoch_ = installation_epoch;
  }
  auto entry = std::make_shared<Entry>();
  entry->owner_id = owner;
  entry->epoch_sum = epoch;
  const auto choices = owner.empty() ? std::vector<BindingChoice>{} : read_choices(owner);
  entry->table = choices.empty()
                     ? installation_
                     : std::make_shared<const BoundTable>(generation_, *switches_, choices);
  if (cache_.size() >= kOwnersMax) cache_.clear();
  cache_[owner] = entry;
  return entry;
}

std::shared_ptr<const Snapshots::Entry> Snapshots::build_earlier(
    const std::string& owner, std::int64_t epoch,
    const std::shared_ptr<const Generation>& of) const {
  auto entry = std::make_shared<Entry>();
  entry->owner_id = owner;
  entry->epoch_sum = epoch;
  entry->table = std::make_shared<const BoundTable>(
      of, read_switches(), owner.empty() ? std::vector<BindingChoice>{} : read_choices(owner));
  return entry;
}

Snapshots::Switches Snapshots::read_switches() const {
  Switches switches;
  if (!db_) return switches;
  for (const auto& row : db_->query("SELECT plugin, enabled, config FROM kernel_plugin").rows)
    switches[row[0].text()] = {row[1].integer() != 0, parsed(row[2])};
  return switches;
}

std::vector<BindingChoice> Snapshots::read_choices(const std::string& owner) const {
  std::vector<BindingChoice> choices;
  if (!db_) return choices;
  const Rows rows = db_->query(
      "SELECT interface, name, enabled, position, config FROM kernel_binding WHERE owner = ?",
      {Json(owner)});
  for (const auto& row : rows.rows)
    choices.push_back({row[0].text(), row[1].text(), row[2].integer() != 0,
                       static_cast<int>(row[3].integer()), parsed(row[4])});
  return choices;
}

}  // namespace cinnabar::kernel
