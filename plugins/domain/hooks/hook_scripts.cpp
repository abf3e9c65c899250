#include "hook_scripts.hpp"

namespace cinnabar::hooks {
namespace {

Rows of_owner(const Host& host, const Call& call, std::string_view sql, const std::string& owner) {
  return host.query(call, sql, {Json(owner)});
}

}  // namespace

std::string active_hash(const Host& host, const Call& call, const std::string& owner) {
  const Rows rows = of_owner(host, call, "SELECT hash FROM hook_active WHERE owner = ?", owner);
  return rows.rows.empty() ? std::string() : rows.rows[0][0].text();
}

StoredScript stored_script(const Host& host, const Call& call, const std::string& owner,
                           const std::string& hash) {
  const Rows rows =
      host.query(call, "SELECT source, author, at FROM hook_script WHERE owner = ? AND hash = ?",
                 {Json(owner), Json(hash)});
  if (rows.rows.empty()) throw Error("hook.version_not_found", {{"hash", hash}});
  const auto& row = rows.rows[0];
  return {hash, row[0].text(), row[1].text(), Time{row[2].integer()}};
}

std::vector<StoredScript> stored_versions(const Host& host, const Call& call,
                                          const std::string& owner) {
  const Rows rows = of_owner(host, call,
                             "SELECT hash, author, at FROM hook_script WHERE owner = ? "
                             "ORDER BY at DESC, hash LIMIT 100",
                             owner);
  std::vector<StoredScript> out;
  for (const auto& row : rows.rows)
    out.push_back({row[0].text(), {}, row[1].text(), Time{row[2].integer()}});
  return out;
}

void add_version(const Host& host, const Call& call, const std::string& owner,
                 const StoredScript& script, WriteSet& writes) {
  const Rows rows = host.query(call, "SELECT hash FROM hook_script WHERE owner = ? AND hash = ?",
                               {Json(owner), Json(script.hash)});
  if (!rows.rows.empty()) return;
  writes.run("INSERT INTO hook_script (owner, hash, source, author, at) VALUES (?, ?, ?, ?, ?)",
             {Json(owner), Json(script.hash), Json(script.source), Json(script.author),
              Json(script.at.ms)},
             1);
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
  writes.changed_owners.push_back(owner);
  writes.events.push_back({"hooks.activated", owner, owner, actor,
                           Json::object().set("hash", hash).set("previous", before)});
}

}  // namespace cinnabar::hooks
