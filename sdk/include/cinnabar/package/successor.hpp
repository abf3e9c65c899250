// What a version of a plugin must be able to do to take the place of another: go on with what the
// database keeps of it. Reads the database through a function; any thread.
#pragma once

#include <cinnabar/package/config_check.hpp>
#include <cinnabar/package/manifest.hpp>

#include <algorithm>

namespace cinnabar::package {

// What was configured for the version before. `query(sql, params)` gives rows. Throws Error
// "plugin.refused".
template <class Query>
void check_kept_settings(const Query& query, const Manifest& manifest) {
  const auto check = [&](const std::string& text, const std::string& whose) {
    if (text.empty()) return;
    if (const auto problem = config_problem(manifest.config, from_json<Json>(text)))
      throw Error("plugin.refused",
                  {{"reason", "its configuration for " + whose + " is wrong at " +
                                  problem->pointer + ": it " + problem->reason}});
  };
  for (const auto& row :
       query("SELECT config FROM kernel_plugin WHERE plugin = ?", {manifest.id}).rows)
    check(row[0].text(), "the installation");
  for (const Provided& provided : manifest.provides)
    for (const auto& row :
         query("SELECT config, owner FROM kernel_binding WHERE interface = ? AND name = ?",
               {provided.interface, provided.name})
             .rows)
      check(row[0].text(), row[1].text());
}

// Jobs that are to be run yet, of kinds that the plugin may not know any more. Throws as above.
template <class Query>
void check_open_jobs(const Query& query, const std::string& plugin,
                     const std::vector<std::string>& kinds) {
  const auto open = query(
      "SELECT DISTINCT kind FROM kernel_job WHERE plugin = ? AND state <> 'dead'", {plugin});
  for (const auto& row : open.rows)
    if (std::find(kinds.begin(), kinds.end(), row[0].text()) == kinds.end())
      throw Error("plugin.refused", {{"reason", "jobs of the kind " + row[0].text() +
                                                    " are open, which it does not run"}});
}

}  // namespace cinnabar::package
