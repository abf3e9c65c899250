// S3Store: the table cinnabar.blob-store/1 over a bucket of an S3 endpoint.
//
// Content with the digest abcdef... is the object PREFIXabcdef... . It waits in a local folder
// until it is uploaded; adopt() and put() return once the endpoint answered that the object is
// stored and the answer was checked. Content is read in slices, and content that is read from its
// beginning to its end is checked against its digest before its last bytes are handed on. Any
// number of servers may share a bucket. Any thread.
#pragma once

#include "client.hpp"
#include "staging.hpp"

#include <cinnabar/tables.hpp>

namespace cinnabar::s3 {

class S3Store final : public BlobStore {
 public:
  S3Store(Settings settings, const std::filesystem::path& staging, Client::NowMs now_ms);

  // Asks the endpoint whether bucket, credentials and rights are good. Throws as Client does.
  void check();

  std::string stage() override { return staging_.next(); }
  void adopt(const std::string& path, std::string_view sha256) override;
  void put(std::string_view sha256, std::string_view content) override;
  std::uint64_t size(std::string_view sha256) override;
  void read(std::string_view sha256, std::uint64_t offset, std::uint64_t size,
            const std::function<void(std::string_view)>& part) override;
  void remove(std::string_view sha256) override;
  void list(const std::function<void(std::string_view)>& each) override;

 private:
  struct Slice;
  Slice fetch(const std::string& digest, std::uint64_t offset, std::uint64_t size);

  Client client_;
  Staging staging_;
};

}  // namespace cinnabar::s3
