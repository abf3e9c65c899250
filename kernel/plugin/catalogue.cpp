#include "kernel/plugin/catalogue.hpp"

namespace cinnabar::kernel {
namespace {

std::set<std::string> offered_to(const QueryRows& query, const std::string& plugin) {
  std::set<std::string> owners;
  for (const auto& row : query("SELECT owner FROM kernel_offer WHERE plugin = ?", {plugin}).rows)
    owners.insert(row[0].text());
  return owners;
}

}  // namespace

WriteSet offer_writes(const QueryRows& query, const Manifest& plugin, const std::string& owner,
                      bool offered) {
  WriteSet writes;
  std::set<std::string> owners = offered_to(query, plugin.id);
  if (owners.contains(owner) == offered) return writes;
  if (offered) {
    writes.run("INSERT INTO kernel_offer (plugin, owner) VALUES (?, ?)", {plugin.id, owner}, 1);
    return writes;
  }
  writes.run("DELETE FROM kernel_offer WHERE plugin = ? AND owner = ?", {plugin.id, owner}, 1);
  owners.erase(owner);
  if (owners.contains("")) return writes;
  for (const Provided& provided : plugin.provides)
    for (const auto& row : query("SELECT owner FROM kernel_binding WHERE interface = ? "
                                 "AND name = ? AND enabled = 1",
                                 {provided.interface, provided.name})
                               .rows) {
      if (owners.contains(row[0].text())) continue;
      writes.merge(binding_writes(query, {row[0].text(), provided.interface, provided.name, false,
                                          std::nullopt, std::nullopt}));
    }
  return writes;
}

WriteSet admission_writes(const QueryRows& query, const Manifest& plugin, bool first) {
  WriteSet writes;
  const Rows known = query("SELECT plugin FROM kernel_plugin WHERE plugin = ?", {plugin.id});
  if (first || known.rows.empty()) writes = switch_writes(query, {plugin.id, true, std::nullopt});
  if (known.rows.empty()) writes.merge(offer_writes(query, plugin, "", true));
  return writes;
}

void check_available(const QueryRows& query, const std::string& plugin,
                     const std::string& enterprise) {
  const auto owners = offered_to(query, plugin);
  if (!owners.contains("") && !owners.contains(enterprise))
    throw Error("plugin.not_available", {{"plugin", plugin}, {"enterprise", enterprise}});
}

}  // namespace cinnabar::kernel
