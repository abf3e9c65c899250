#include "hook_scripts.hpp"

namespace cinnabar::hooks {
namespace {

Rows of_owner(const Host& host, const Call& call, std::string_view sql, const std::string& owner) {
  return host.query(call, sql, {Json(owner)});
}

Shadow stored_shadow(const Host& host, const Call& call, const std::string& owner) {
  const Rows rows =
      of_owner(host, call, "SELECT hash, points, since FROM hook_shadow WHERE owner = ?", owner);
  if (rows.rows.empty()) return {};
  const auto& row = rows.rows[0];
  return {row[0].text(), from_json<std::vector<std::string>>(row[1].text()),
          Time{row[2].integer()}};
}

HookSettings stored_settings(const Host& host, const Call& call, const std::string& owner) {
  const Rows rows =
      of_owner(host, call, "SELECT settings FROM hook_setting WHERE owner = ?", owner);
  return rows.rows.empty() ? HookSettings{} : from_json<HookSettings>(rows.rows[0][0].text());
}

void announce(const std::string& type, const std::string& owner, const std::string& actor,
              Json data, WriteSet& writes) {
  writes.changed_owners.push_back(owner);
  writes.events.push_back({type, owner, owner, actor, std::move(data)});
}

}  // namespace

OwnerState stored_state(const Host& host, const Call& call, const std::string& owner) {
  return {active_hash(host, call, owner), stored_shadow(host, call, owner),
          stored_settings(host, call, owner)};
}

std::string active_hash(const Host& host, const Call& call, const std::string& owner) {
  const Rows rows = of_owner(host, call, "SELECT hash FROM hook_active WHERE owner = ?", owner);
  return rows.rows.empty() ? std::string() : rows.rows[0][0].text();
}

std::optional<StoredScript> find_script(const Host& host, const Call& call,
                                        const std::string& owner, const std::string& hash) {
  const Rows rows = host.query(call,
                               "SELECT source, author, at, comment, fixtures FROM hook_script "
                               "WHERE owner = ? AND hash = ?",
                               {Json(owner), Json(hash)});
  if (rows.rows.empty()) return std::nullopt;
  const auto& row = rows.rows[0];
  return StoredScript{hash,          row[0].text(), row[1].text(), Time{row[2].integer()},
                      row[3].text(), row[4].text()};
}

StoredScript stored_script(const Host& host, const Call& call, const std::string& owner,
                           const std::string& hash) {
  auto found = find_script(host, call, owner, hash);
  if (!found) throw Error("hook.version_not_found", {{"hash", hash}});
  return *std::move(found);
}

std::vector<StoredScript> stored_versions(const Host& host, const Call& call,
                                          const std::string& owner) {
  const Rows rows = of_owner(host, call,
                             "SELECT hash, author, at, comment FROM hook_script WHERE owner = ? "
                             "ORDER BY at DESC, hash LIMIT 100",
                             owner);
  std::vector<StoredScript> out;
  for (const auto& row : rows.rows)
    out.push_back({row[0].text(), {}, row[1].text(), Time{row[2].integer()}, row[3].text()});
  return out;
}

std::vector<Activation> activations(const Host& host, const Call& call, const std::string& owner) {
  const Rows rows = of_owner(host, call,
                             "SELECT hash, previous, actor, at FROM hook_activation "
                             "WHERE owner = ? ORDER BY id DESC LIMIT 100",
                             owner);
  std::vector<Activation> out;
  for (const auto& row : rows.rows)
    out.push_back({row[0].text(), row[1].text(), row[2].text(), Time{row[3].integer()}});
  return out;
}

void add_version(const std::string& owner, const StoredScript& script, WriteSet& writes) {
  writes.run(
      "INSERT INTO hook_script (owner, hash, source, author, at, comment, fixtures) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      {Json(owner), Json(script.hash), Json(script.source), Json(script.author),
       Json(script.at.ms), Json(script.comment), Json(script.fixtures)},
      1);
  writes.events.push_back({"hooks.saved", owner, owner, script.author,
                           Json::object().set("hash", script.hash)});
}

void set_fixtures(const std::string& owner, const StoredScript& script, const std::string& before,
                  const std::string& actor, WriteSet& writes) {
  writes.run(
      "UPDATE hook_script SET fixtures = ? "
      "WHERE owner = ? AND hash = ? AND COALESCE(fixtures, '') = ?",
      {Json(script.fixtures), Json(owner), Json(script.hash), Json(before)}, 1);
  writes.events.push_back({"hooks.fixtures_changed", owner, owner, actor,
                           Json::object().set("hash", script.hash)});
}

void set_active(const Host& host, const Call& call, const std::string& owner,
                const std::string& hash, const std::string& actor, WriteSet& writes) {
  const std::string before = active_hash(host, call, owner);
  if (before == hash) return;
  if (hash.empty())
    writes.run("DELETE FROM hook_active WHERE owner = ? AND hash = ?", {Json(owner), Json(before)},
               1);
  else if (before.empty())
    writes.run("INSERT INTO hook_active (owner, hash) VALUES (?, ?)", {Json(owner), Json(hash)}, 1);
  else
    writes.run("UPDATE hook_active SET hash = ? WHERE owner = ? AND hash = ?",
               {Json(hash), Json(owner), Json(before)}, 1);
  writes.run(
      "INSERT INTO hook_activation (id, owner, hash, previous, actor, at) "
      "VALUES (?, ?, ?, ?, ?, ?)",
      {Json(host.new_id("hka")), Json(owner), Json(hash), Json(before), Json(actor),
       Json(host.now().ms)},
      1);
  announce("hooks.activated", owner, actor,
           Json::object().set("hash", hash).set("previous", before), writes);
}

void set_shadow(const std::string& owner, const Shadow& shadow, const std::string& actor,
                WriteSet& writes) {
  writes.run("DELETE FROM hook_shadow WHERE owner = ?", {Json(owner)});
  if (!shadow.hash.empty())
    writes.run("INSERT INTO hook_shadow (owner, hash, points, since) VALUES (?, ?, ?, ?)",
               {Json(owner), Json(shadow.hash), Json(to_json(shadow.points)),
                Json(shadow.since.ms)},
               1);
  announce("hooks.shadowed", owner, actor, Json::object().set("hash", shadow.hash), writes);
}

void set_settings(const std::string& owner, const HookSettings& settings, const std::string& actor,
                  WriteSet& writes) {
  const std::string text = to_json(settings);
  writes.run("DELETE FROM hook_setting WHERE owner = ?", {Json(owner)});
  writes.run("INSERT INTO hook_setting (owner, settings) VALUES (?, ?)", {Json(owner), Json(text)},
             1);
  announce("hooks.settings_changed", owner, actor, from_json<Json>(text), writes);
}

}  // namespace cinnabar::hooks
