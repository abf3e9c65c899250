// The master keys, under which the keys of the store are sealed: from the environment variable
// CINNABAR_MASTER_KEY, from a file that the configuration names, or from master.key in the data
// folder, which is made at first start. The first one seals; the others open what was sealed before
// a rotation that has not come to its end.
//
// The file, mode 0600: a line "cinnabar-master-key 1 <64 hex digits>" each. The environment
// variable holds the hex digits alone, with a comma between several.
#pragma once

#include "secret.hpp"

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace cinnabar::filekeys {

inline constexpr const char* kMasterKeyVariable = "CINNABAR_MASTER_KEY";

class MasterKey {
 public:
  // 32 bytes.
  explicit MasterKey(Secret key);

  const Secret& key() const { return key_; }
  // Names the key without telling anything of it: 16 hex digits, kept with what is sealed under it.
  const std::string& name() const { return name_; }

 private:
  Secret key_;
  std::string name_;
};

// At least one. Immutable.
class MasterKeys {
 public:
  explicit MasterKeys(std::vector<MasterKey> keys) : keys_(std::move(keys)) {}

  const MasterKey& current() const { return keys_.front(); }
  bool single() const { return keys_.size() == 1; }
  // Null when it is not among them.
  const MasterKey* find(std::string_view name) const;
  const std::vector<MasterKey>& all() const { return keys_; }

 private:
  std::vector<MasterKey> keys_;
};

struct MasterKeySource {
  std::optional<std::string> environment;  // value of kMasterKeyVariable
  std::filesystem::path configured_file;   // empty: master.key in the folder
};

// Where the master keys come from, and the keys as last read. Any thread.
class MasterKeyring {
 public:
  // Makes the file only where it may: none is configured, and the folder holds no key that an older
  // master key must have sealed. Throws Error "key.master_missing", "key.master_unreadable".
  MasterKeyring(const std::filesystem::path& folder, const MasterKeySource& source);
  // Of keys that do not change.
  explicit MasterKeyring(MasterKeys keys);
  MasterKeyring(MasterKeyring&& other);

  std::shared_ptr<const MasterKeys> keys() const;
  // Reads the file again: another process may have rotated. Throws as the constructor.
  std::shared_ptr<const MasterKeys> read_again();

  // Puts a new key before the others; what is sealed from now on is sealed under it. Throws Error
  // "key.master_given" when the keys come from the environment.
  void add();
  // Drops all but the first. From the environment they are to be dropped by who set it: false.
  bool drop_older();

 private:
  void write(const MasterKeys& keys);

  std::filesystem::path file_;  // empty: from the environment
  mutable std::mutex mutex_;
  std::shared_ptr<const MasterKeys> keys_;
};

// Takes the variable's value, and the variable out of the process's environment, where others of
// the same user could read it.
std::optional<std::string> take_master_key_variable();

}  // namespace cinnabar::filekeys
