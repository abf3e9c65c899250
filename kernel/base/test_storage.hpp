// For tests: storage plugins loaded through the one door with a host that offers them a folder and
// nothing else. CMake says where the plugins are. One test's own.
#pragma once

#include <cinnabar/host.hpp>
#include <cinnabar/testing/folder.hpp>

#include <gtest/gtest.h>

#include <dlfcn.h>

#include <filesystem>

namespace cinnabar::kernel {

// One instance of a plugin, from create to destroy.
class TestPlugin {
 public:
  TestPlugin(const char* library, std::string folder) : folder_(std::move(folder)) {
    std::filesystem::create_directories(folder_);
    void* handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (!handle) throw failure(dlerror());
    const auto entry =
        reinterpret_cast<cinnabar_plugin_entry>(dlsym(handle, CINNABAR_PLUGIN_ENTRY));
    plugin_ = entry();
    host_.struct_size = sizeof host_;
    host_.self = this;
    host_.log = [](void*, std::int32_t, cinnabar_bytes) {};
    host_.data_folder = [](void* self, const cinnabar_sink* sink) {
      return sink->write(sink->self, bytes_of(static_cast<TestPlugin*>(self)->folder_));
    };
    host_.config = [](void*, const cinnabar_sink*) -> cinnabar_status { return CINNABAR_OK; };
    ReplyBuffer error;
    if (plugin_->create(&host_, error.raw(), &instance_) != CINNABAR_OK ||
        plugin_->start(instance_, error.raw()) != CINNABAR_OK)
      throw failure(error.json());
  }
  ~TestPlugin() {
    plugin_->drain(instance_);
    plugin_->destroy(instance_);
  }
  TestPlugin(const TestPlugin&) = delete;
  TestPlugin& operator=(const TestPlugin&) = delete;

  template <class Table>
  const Table* table(std::string_view interface_id) const {
    return static_cast<const Table*>(plugin_->interface_by_id(instance_, bytes_of(interface_id)));
  }

 private:
  std::string folder_;
  cinnabar_host host_{};
  const cinnabar_plugin* plugin_ = nullptr;
  void* instance_ = nullptr;
};

inline std::unique_ptr<TestPlugin> test_database(const std::filesystem::path& folder) {
  return std::make_unique<TestPlugin>(CINNABAR_TEST_DATABASE, (folder / "database").string());
}
inline std::unique_ptr<TestPlugin> test_blob_store(const std::filesystem::path& folder) {
  return std::make_unique<TestPlugin>(CINNABAR_TEST_BLOB_STORE, (folder / "blobs").string());
}
inline const cinnabar_database* database_of(const TestPlugin& plugin) {
  return plugin.table<cinnabar_database>("cinnabar.database/1");
}
inline const cinnabar_blob_store* blob_store_of(const TestPlugin& plugin) {
  return plugin.table<cinnabar_blob_store>("cinnabar.blob-store/1");
}

}  // namespace cinnabar::kernel
