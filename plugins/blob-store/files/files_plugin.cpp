// The plugin: opens the store where its configuration says, and hands calls on.
#include "file_store.hpp"

#include <cinnabar/plugin.hpp>

namespace cinnabar {

struct FilesConfig {
  std::string folder;  // empty: the plugin's data folder
};
CINNABAR_DESCRIBE(FilesConfig, folder)

class FilesPlugin final : public BlobStore {
 public:
  explicit FilesPlugin(Host& host) : host_(host), config_(host.config<FilesConfig>()) {}

  void start() {
    store_ =
        std::make_unique<FileStore>(config_.folder.empty() ? host_.data_folder() : config_.folder);
  }

  std::string stage() override { return store_->stage(); }
  void adopt(const std::string& path, std::string_view sha256) override {
    store_->adopt(path, sha256);
  }
  void put(std::string_view sha256, std::string_view content) override {
    store_->put(sha256, content);
  }
  std::uint64_t size(std::string_view sha256) override { return store_->size(sha256); }
  void read(std::string_view sha256, std::uint64_t offset, std::uint64_t size,
            const std::function<void(std::string_view)>& part) override {
    store_->read(sha256, offset, size, part);
  }
  void remove(std::string_view sha256) override { store_->remove(sha256); }
  void list(const std::function<void(std::string_view)>& each) override { store_->list(each); }

 private:
  Host& host_;
  const FilesConfig config_;
  std::unique_ptr<FileStore> store_;
};

}  // namespace cinnabar

using cinnabar::FilesPlugin;
CINNABAR_PLUGIN(FilesPlugin)
