// Generation: the plugins that stand side by side until one of them is replaced. A value: made
// whole by the plugin host, then immutable, shared by every request that began with it; the
// instances in it live until the last of these has ended. Any thread.
#pragma once

#include "kernel/plugin/registry.hpp"

#include <cinnabar/services/domain.hpp>

#include <algorithm>

namespace cinnabar::kernel {

// A plugin as bindings see it.
struct BindablePlugin {
  const Manifest* manifest = nullptr;
  std::vector<const Provider*> providers;
  Json config;  // installation-wide, from the configuration file
  bool opt_in = false;  // brought by somebody else: an enterprise has it once it binds it
};

// A piece of the business as it describes itself.
struct DescribedDomain {
  const Provider* provider = nullptr;
  DomainDescription description;
};

struct RouteTables;  // see kernel/api/router.hpp

struct Generation {
  std::int64_t number = 0;              // rises by one with each replacement since the start
  std::vector<BindablePlugin> plugins;  // in order of id
  std::vector<DescribedDomain> domains;
  std::shared_ptr<const RouteTables> routes;
  std::vector<std::shared_ptr<const void>> uses;  // hold the instances

  const DescribedDomain* domain_of(std::string_view plugin_id) const {
    const auto found = std::find_if(domains.begin(), domains.end(), [&](const auto& domain) {
      return domain.provider->manifest->id == plugin_id;
    });
    return found == domains.end() ? nullptr : &*found;
  }
};

using MakeRoutes =
    std::function<std::shared_ptr<const RouteTables>(const std::vector<DescribedDomain>&)>;

}  // namespace cinnabar::kernel
