// The catalogue of plugins: four separate facts. Installed: a package lies on this node. Admitted:
// its version may run. Available: enterprises may bind it. Bound: an
// enterprise did. What came with the installation, or lies in a configured folder, is admitted and
// available by that. Reads files, and the database through a function; any thread.
#pragma once

#include <cinnabar/package/load_order.hpp>
#include <cinnabar/package/trust.hpp>
#include <cinnabar/value.hpp>

namespace cinnabar::package {

struct Catalogue {
  std::map<std::string, std::set<std::string>> offers;  // by plugin; owner "" is everybody
  std::map<std::pair<std::string, std::string>, std::int64_t> bound;  // by interface and name
};

// `query(sql, params)` gives rows.
template <class Query>
Catalogue read_catalogue(const Query& query) {
  Catalogue out;
  for (const auto& row : query("SELECT plugin, owner FROM kernel_offer", {}).rows)
    out.offers[row[0].text()].insert(row[1].text());
  for (const auto& row : query("SELECT interface, name, COUNT(*) FROM kernel_binding "
                               "WHERE enabled = 1 GROUP BY interface, name",
                               {})
                             .rows)
    out.bound[{row[0].text(), row[1].text()}] = row[2].integer();
  return out;
}

// A plugin that was found, and what is so of it.
struct CatalogueEntry {
  Manifest manifest;
  Trust trust;
  bool package = false;                       // brought by plugin install
  std::string problem;                        // why it is not used; empty: it is
  bool admitted = true;
  std::vector<std::string> available{"all"};  // or enterprises
  std::int64_t bound = 0;                     // enterprises that chose it
};

namespace detail {

inline std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + text;
  return out;
}

inline void add_facts(CatalogueEntry& entry, const Catalogue& catalogue,
                      const std::filesystem::path& data) {
  if (entry.package) {
    const std::string version = admitted_version(data, entry.manifest.id);
    entry.admitted = !version.empty() && version == entry.manifest.version;
    entry.available.clear();
    if (const auto offers = catalogue.offers.find(entry.manifest.id);
        offers != catalogue.offers.end())
      for (const std::string& owner : offers->second)
        entry.available.push_back(owner.empty() ? "all" : owner);
  }
  for (const Provided& p : entry.manifest.provides)
    if (const auto bound = catalogue.bound.find({p.interface, p.name});
        bound != catalogue.bound.end())
      entry.bound = std::max(entry.bound, bound->second);
  if (entry.problem.empty() && !entry.admitted) entry.problem = "not admitted";
}

// Of what did not come with the installation: where it comes from, and the four facts.
inline std::string facts_text(const CatalogueEntry& entry) {
  if (entry.trust.is(TrustClass::first_party)) return {};
  return "  " + std::string(name_of(entry.trust.trust)) + ", " +
         (entry.trust.publisher.empty() ? "unsigned" : "signed by " + entry.trust.publisher) +
         "; installed; " + (entry.admitted ? "admitted" : "not admitted") + "; available to " +
         (entry.available.empty() ? "nobody" : joined(entry.available)) + "; bound by " +
         std::to_string(entry.bound) + "\n";
}

}  // namespace detail

using CatalogueEntries = std::vector<std::unique_ptr<CatalogueEntry>>;

// Everything that lies in the folders and in the store of the data folder, in order of id, without
// running any of it. `problem_of(manifest, trust)` says, or throws, why a sound one is not used.
template <class ProblemOf>
CatalogueEntries find_entries(const std::vector<std::filesystem::path>& folders,
                              const std::filesystem::path& data, const TrustRules& rules,
                              const Catalogue& catalogue, const std::vector<std::string>& given,
                              const ProblemOf& problem_of) {
  CatalogueEntries all;
  std::vector<const Manifest*> sound;
  auto places = plugin_places(folders);
  for (auto& place : installed_places(data)) places.push_back(std::move(place));
  for (const auto& place : places) {
    auto& entry = *all.emplace_back(std::make_unique<CatalogueEntry>());
    entry.package = is_package(place, data);
    try {
      auto [manifest, trust] = read_plugin(place, rules);
      entry.manifest = std::move(manifest);
      entry.trust = std::move(trust);
      entry.problem = problem_of(entry.manifest, entry.trust);
    } catch (const Error& error) {
      if (entry.manifest.id.empty())
        entry.manifest.id = (entry.package ? place.parent_path() : place).filename().string();
      entry.problem = reason_of(error);
    }
    detail::add_facts(entry, catalogue, data);
    if (entry.problem.empty()) sound.push_back(&entry.manifest);
  }
  for (const auto& refusal : load_order(sound, given).refused)
    for (const auto& entry : all)
      if (&entry->manifest == refusal.manifest) entry->problem = refusal.reason;
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a->manifest.id < b->manifest.id; });
  return all;
}

inline Json as_json(const CatalogueEntry& entry) {
  Json available = Json::array();
  for (const std::string& owner : entry.available) available.add(owner);
  Json json = from_json<Json>(to_json(entry.manifest));
  return json.set("folder", entry.manifest.folder.string())
      .set("usable", entry.problem.empty())
      .set("problem", entry.problem)
      .set("trust", std::string(name_of(entry.trust.trust)))
      .set("publisher", entry.trust.publisher)
      .set("installed", true)
      .set("admitted", entry.admitted)
      .set("available", std::move(available))
      .set("bound", entry.bound);
}

// One line for a list; two for what others brought.
inline std::string list_text(const CatalogueEntry& entry) {
  std::vector<std::string> provides;
  for (const Provided& p : entry.manifest.provides) {
    const std::string id = p.interface.substr(0, p.interface.find('/'));
    provides.push_back(id.substr(id.rfind('.') + 1) + " " + p.name);
  }
  const auto padded = [](std::string text, std::size_t width) {
    return text.size() < width ? text.append(width - text.size(), ' ') : text;
  };
  return padded(entry.manifest.id, 28) + " " + padded(entry.manifest.version, 10) + " " +
         (entry.problem.empty() ? detail::joined(provides) : "NOT USED: " + entry.problem) + "\n" +
         detail::facts_text(entry);
}

// Everything about one plugin, in lines.
inline std::string info_text(const CatalogueEntry& entry) {
  const Manifest& m = entry.manifest;
  std::string out = m.id + " " + m.version + " - " + m.title + "\n";
  const auto line = [&](std::string label, const std::string& text) {
    if (!text.empty()) out += label.append(13 - label.size(), ' ') + text + "\n";
  };
  std::vector<std::string> provides;
  for (const Provided& p : m.provides) provides.push_back(p.interface + " \"" + p.name + "\"");
  line("author", m.author);
  line("license", m.license);
  line("provides", detail::joined(provides));
  line("requires", detail::joined(m.requires_));
  line("permissions", detail::joined(m.permissions));
  line("scope", std::string(name_of(m.scope)));
  line("isolation", std::string(name_of(m.isolation)));
  line("status", m.status + ", " + m.posture);
  line("folder", m.folder.string());
  if (!m.config.is_null()) line("config", to_json(m.config));
  line("NOT USED", entry.problem);
  return out + detail::facts_text(entry);
}

}  // namespace cinnabar::package
