// FileKeyStore: private keys as files `<id>.key` in one folder, sealed under the master key; those
// in use stay ready in memory. A key is on disk, synced, before its id is told. Owned by the
// plugin; any thread.
#pragma once

#include "envelope.hpp"
#include "software_key.hpp"

#include <cinnabar/lru_cache.hpp>
#include <cinnabar/tables.hpp>

#include <functional>

namespace cinnabar::filekeys {

// Keys kept ready. Loading one costs 2 ms, holding it some 3 KB.
inline constexpr std::size_t kWarmKeysMax = 1'024;

struct Rotation {
  std::string master;          // name of the one in force
  std::size_t rewrapped = 0;   // keys that were brought under it
  std::size_t keys = 0;        // all there are
  bool older_dropped = true;   // false: they stand in the environment, and are of no use any more
};

struct KeyFault {
  std::string key;
  Error error;
};

class FileKeyStore final : public KeyStore {
 public:
  // new_id gives "key_<ULID>".
  FileKeyStore(std::filesystem::path folder, MasterKeyring masters,
               std::function<std::string()> new_id, std::size_t warm_keys_max = kWarmKeysMax);

  std::string create(std::string_view algorithm) override;
  std::string public_key(std::string_view id) override;
  std::string sign(std::string_view id, std::string_view digest_algorithm,
                   std::string_view digest) override;
  void destroy(std::string_view id) override;

  // Brings every key under a new master key, and goes on with a rotation that was interrupted. Safe
  // while other processes use the folder. Throws Error "key.master_given" and what opening a key
  // throws; every key can then be opened as before.
  Rotation rotate();
  // Opens every key as after a restore; those that cannot be opened.
  std::vector<KeyFault> check();
  std::size_t size() const { return key_files().size(); }

 private:
  std::filesystem::path path_of(std::string_view id) const;
  std::shared_ptr<const SoftwareKey> key_of(std::string_view id);
  std::shared_ptr<const SoftwareKey> load(std::string_view text, std::string_view id);
  Secret opened(const Envelope& envelope);
  std::vector<std::filesystem::path> key_files() const;
  bool rewrap_file(const std::filesystem::path& path);

  std::filesystem::path folder_;
  MasterKeyring masters_;
  std::function<std::string()> new_id_;
  LruCache<SoftwareKey> warm_;
};

}  // namespace cinnabar::filekeys
