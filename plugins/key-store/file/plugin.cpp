// The door of the file key store. The store opens at start, when the data folder is there.
#include "file_key_store.hpp"

#include <cinnabar/plugin.hpp>

#include <cstdlib>

namespace cinnabar::filekeys {

struct Config {
  std::string master_key_file;  // empty: master.key in the data folder
};
CINNABAR_DESCRIBE(Config, (master_key_file,
                           doc("File with the master key; empty: made in the data folder.")))

namespace {

class FileKeysPlugin final : public KeyStore {
 public:
  explicit FileKeysPlugin(Host& host) : host_(host) {}

  void start() {
    const std::filesystem::path folder = host_.data_folder();
    MasterKeySource source;
    source.configured_file = host_.config<Config>().master_key_file;
    if (const char* value = std::getenv(kMasterKeyVariable)) source.environment = value;
    store_ = std::make_unique<FileKeyStore>(folder, load_master_key(folder, source),
                                            [this] { return host_.new_id("key"); });
  }

  std::string create(std::string_view algorithm) override { return store().create(algorithm); }
  std::string public_key(std::string_view id) override { return store().public_key(id); }
  std::string sign(std::string_view id, std::string_view digest_algorithm,
                   std::string_view digest) override {
    return store().sign(id, digest_algorithm, digest);
  }
  void destroy(std::string_view id) override { store().destroy(id); }

 private:
  KeyStore& store() {
    if (!store_) throw Error("key.store_missing", {}, {}, CINNABAR_UNAVAILABLE);
    return *store_;
  }

  Host& host_;
  std::unique_ptr<FileKeyStore> store_;
};

}  // namespace
}  // namespace cinnabar::filekeys

CINNABAR_PLUGIN(cinnabar::filekeys::FileKeysPlugin)
