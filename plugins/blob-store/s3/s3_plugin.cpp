// The door of the store: reads the configuration, asks the endpoint once at the start, and writes
// into the log why a call failed, because the table can say only that it did.
#include "s3_store.hpp"

#include <cinnabar/plugin.hpp>

namespace cinnabar::s3 {

class S3Plugin final : public BlobStore {
 public:
  explicit S3Plugin(Host& host) : host_(host) {
    const Config config = host.config<Config>();
    if (!config.endpoint.empty()) settings_ = settings_of(config);
  }

  // Without an endpoint it is switched off. With one, a bucket that cannot be used ends the start.
  void start() {
    if (!settings_) return;
    auto store = std::make_unique<S3Store>(*settings_,
                                           std::filesystem::path(host_.data_folder()) / "staging",
                                           [this] { return host_.now_ms(Clock::real); });
    store->check();
    store_ = std::move(store);
  }

  std::string stage() override {
    return told("stage", [&] { return store().stage(); });
  }
  void adopt(const std::string& path, std::string_view sha256) override {
    told("adopt", [&] { store().adopt(path, sha256); });
  }
  void put(std::string_view sha256, std::string_view content) override {
    told("put", [&] { store().put(sha256, content); });
  }
  std::uint64_t size(std::string_view sha256) override {
    return told("size", [&] { return store().size(sha256); });
  }
  void read(std::string_view sha256, std::uint64_t offset, std::uint64_t size,
            const std::function<void(std::string_view)>& part) override {
    told("read", [&] { store().read(sha256, offset, size, part); });
  }
  void remove(std::string_view sha256) override {
    told("remove", [&] { store().remove(sha256); });
  }
  void list(const std::function<void(std::string_view)>& each) override {
    told("list", [&] { store().list(each); });
  }

 private:
  S3Store& store() {
    if (!store_)
      throw Error("s3.settings", {{"setting", "endpoint"}, {"reason", "it is not set"}}, {},
                  CINNABAR_UNAVAILABLE);
    return *store_;
  }

  template <class Work>
  auto told(const char* what, Work work) -> decltype(work()) {
    try {
      return work();
    } catch (const Error& error) {
      if (error.code() != "blob.not_found")
        host_.log(Level::error, std::string("blob store s3, ") + what + ": " + error.what());
      throw;
    }
  }

  Host& host_;
  std::optional<Settings> settings_;
  std::unique_ptr<S3Store> store_;
};

}  // namespace cinnabar::s3

using cinnabar::s3::S3Plugin;
CINNABAR_PLUGIN(S3Plugin)
