// Changes of the catalogue of plugins, <cinnabar/package/catalogue.hpp>, and what it lets
// enterprises do. Pure functions over a way to query; any thread.
#pragma once

#include "kernel/plugin/bindings.hpp"

#include <cinnabar/package/catalogue.hpp>

namespace cinnabar::kernel {

// Offers the plugin to the owner (empty: to all), or takes that back: then those to whom it is not
// offered any more are unbound in the same commit.
WriteSet offer_writes(const QueryRows& query, const Manifest& plugin, const std::string& owner,
                      bool offered);

// One of its versions is admitted; `first`: none was. A plugin that was never known is offered to
// all enterprises; which of them has it is theirs to decide.
WriteSet admission_writes(const QueryRows& query, const Manifest& plugin, bool first);

// Throws Error "plugin.not_available" when the enterprise may not bind the package.
void check_available(const QueryRows& query, const std::string& plugin,
                     const std::string& enterprise);

}  // namespace cinnabar::kernel
