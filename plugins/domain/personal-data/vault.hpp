// Vault: people's keys, and cells sealed under them. Keys are unwrapped when they are asked for and
// kept in memory within a bound. One a plugin, made with it; any thread.
#pragma once

#include "key_file.hpp"

#include <cinnabar/lru_cache.hpp>
#include <cinnabar/services/personal.hpp>
#include <cinnabar/store.hpp>

#include <map>

namespace cinnabar {

struct PersonKeyRow {
  std::string person;
  std::string wrapped;   // base64; empty: destroyed
  std::string wrapping;  // name of the key that it is wrapped under
  Time created;
  std::int64_t version = 1;
};
CINNABAR_DESCRIBE(PersonKeyRow, person, wrapped, wrapping, created, version)
inline constexpr Table<PersonKeyRow> kPersonKeys{"personal_key", false};

class Vault {
 public:
  Vault(Host& host, const std::filesystem::path& file);

  // As cinnabar.personal/1 says.
  SealedCells seal(const PersonalCells& in, const Call& call);
  OpenedCells open(const PersonalCells& in, const Call& call);
  BlindIndexes index(const BlindIndexRequest& in) const;
  void forget(const std::string& person, const Call& call, WriteSet& writes);

  // Keys that are not under the newest wrapping key yet.
  std::int64_t left(const Call& call);
  // Puts a new wrapping key in front: what is made from now on lies under it.
  void begin_rotation() { file_.add(); }
  // Brings some under it; false: there were none.
  bool rotate_some(const Call& call, WriteSet& writes);
  // Takes the older wrapping keys away.
  void end_rotation() { file_.keep_newest(); }

 private:
  using Keys = std::map<std::string, std::shared_ptr<const std::string>>;  // by person
  // Those that are there; null: destroyed. Absent: never made.
  Keys keys_of(const std::vector<PersonalCell>& cells, const Call& call);
  std::string unwrap(const PersonKeyRow& row);
  PersonKeyRow wrap(const std::string& person, const std::string& key);

  Host& host_;
  KeyFile file_;
  LruCache<std::string> cache_;
};

}  // namespace cinnabar
