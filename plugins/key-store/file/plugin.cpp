// The door of the file key store. The store opens at start, when the data folder is there.
#include "keys_command.hpp"

#include <cinnabar/plugin.hpp>
#include <cinnabar/services/command.hpp>

#include <sys/prctl.h>

namespace cinnabar::filekeys {

struct Config {
  std::string master_key_file;  // empty: master.key in the data folder
  bool core_dumps = false;
};
CINNABAR_DESCRIBE(Config,
                  (master_key_file,
                   doc("File with the master key; empty: made in the data folder.")),
                  (core_dumps, doc("Lets the server leave a core file when it crashes.")))

namespace {

// libcrypto keeps keys in ordinary memory: who holds keys leaves no core, and cannot be looked into
// by other processes of the same user. The leak checker of a sanitizer does just that.
void close_to_onlookers() {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  ::prctl(PR_SET_DUMPABLE, 0);
#endif
}

class FileKeysPlugin final : public KeyStore, public Command {
 public:
  using Interfaces = Provides<KeyStore, Command>;
  explicit FileKeysPlugin(Host& host) : host_(host) {}

  void start() {
    const Config config = host_.config<Config>();
    if (!config.core_dumps) close_to_onlookers();
    const std::filesystem::path folder = host_.data_folder();
    MasterKeySource source;
    source.configured_file = config.master_key_file;
    source.environment = take_master_key_variable();
    MasterKeyring masters(folder, source);
    if (source.environment)
      OPENSSL_cleanse(source.environment->data(), source.environment->size());
    store_ = std::make_unique<FileKeyStore>(folder, std::move(masters),
                                            [this] { return host_.new_id("key"); });
  }

  std::string create(std::string_view algorithm) override { return store().create(algorithm); }
  std::string public_key(std::string_view id) override { return store().public_key(id); }
  std::string sign(std::string_view id, std::string_view digest_algorithm,
                   std::string_view digest) override {
    return store().sign(id, digest_algorithm, digest);
  }
  void destroy(std::string_view id) override { store().destroy(id); }

  CommandResult run(const CommandCall& call, const Call&) override {
    return {keys_command(store(), call.arguments)};
  }

 private:
  FileKeyStore& store() {
    if (!store_) throw Error("key.store_missing", {}, {}, CINNABAR_UNAVAILABLE);
    return *store_;
  }

  Host& host_;
  std::unique_ptr<FileKeyStore> store_;
};

}  // namespace
}  // namespace cinnabar::filekeys

CINNABAR_PLUGIN(cinnabar::filekeys::FileKeysPlugin)
