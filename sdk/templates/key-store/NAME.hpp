// @title@: private keys as PKCS #8 files in the plugin's own folder: the least that a store must
// do. The files are not encrypted: put your device or service in their place before anyone trusts
// it. Keys are on disk before their id is told. Thread-safety: any thread.
#pragma once

#include <cinnabar/durable_file.hpp>
#include <cinnabar/tables.hpp>

#include <openssl/evp.h>

#include <mutex>

namespace @ident@_plugin {

class @Class@ final : public cinnabar::KeyStore {
 public:
  explicit @Class@(cinnabar::Host& host) : host_(host) {}

  void start() { folder_ = host_.data_folder(); }

  std::string create(std::string_view algorithm) override;
  std::string public_key(std::string_view id) override;
  std::string sign(std::string_view id, std::string_view digest_algorithm,
                   std::string_view digest) override;
  void destroy(std::string_view id) override;

 private:
  using Key = std::shared_ptr<EVP_PKEY>;

  std::filesystem::path file_of(std::string_view id) const;
  Key key(std::string_view id);

  cinnabar::Host& host_;
  std::filesystem::path folder_;
  std::mutex mutex_;
  std::map<std::string, Key, std::less<>> ready_;  // what was used; reading a key costs 2 ms
};

}  // namespace @ident@_plugin
