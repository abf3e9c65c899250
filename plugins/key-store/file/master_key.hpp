// The master key, under which every key of the store is sealed: from the environment variable
// CINNABAR_MASTER_KEY, from a file that the configuration names, or from master.key in the data
// folder, which is made at first start. Loaded once; immutable afterwards; any thread.
//
// The file, version 1, mode 0600: "cinnabar-master-key 1 <64 hex digits>\n". The environment
// variable holds the 64 hex digits alone.
#pragma once

#include "secret.hpp"

#include <filesystem>
#include <optional>
#include <string>

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

struct MasterKeySource {
  std::optional<std::string> environment;  // value of kMasterKeyVariable
  std::filesystem::path configured_file;   // empty: master.key in the folder
};

// Makes the file only where it may: none is configured, and the folder holds no key that an older
// master key must have sealed. Throws Error "key.master_missing", "key.master_unreadable".
MasterKey load_master_key(const std::filesystem::path& folder, const MasterKeySource& source);

}  // namespace cinnabar::filekeys
