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

class FileKeyStore final : public KeyStore {
 public:
  // new_id gives "key_<ULID>".
  FileKeyStore(std::filesystem::path folder, MasterKey master, std::function<std::string()> new_id,
               std::size_t warm_keys_max = kWarmKeysMax);

  std::string create(std::string_view algorithm) override;
  std::string public_key(std::string_view id) override;
  std::string sign(std::string_view id, std::string_view digest_algorithm,
                   std::string_view digest) override;
  void destroy(std::string_view id) override;

 private:
  std::filesystem::path path_of(std::string_view id) const;
  std::shared_ptr<const SoftwareKey> key_of(std::string_view id);

  std::filesystem::path folder_;
  MasterKey master_;
  std::function<std::string()> new_id_;
  LruCache<SoftwareKey> warm_;
};

}  // namespace cinnabar::filekeys
