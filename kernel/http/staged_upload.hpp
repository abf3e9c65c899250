// StagedUpload: a body on its way into a file, hashed as it passes (SHA-256, FIPS 180-4). The file
// goes away with it unless it was handed over. Durability is the blob store's, when it adopts the
// file. One connection's; one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace cinnabar::kernel {

class StagedUpload {
 public:
  explicit StagedUpload(std::string path);  // throws failure when the file cannot be made
  ~StagedUpload();
  StagedUpload(const StagedUpload&) = delete;
  StagedUpload& operator=(const StagedUpload&) = delete;

  void write(std::string_view bytes);  // throws failure when the disk takes no more
  std::string finish();                // closes the file; the digest in hex
  void hand_over() { keep_ = true; }   // the file belongs to somebody else now

  const std::string& path() const { return path_; }
  std::int64_t size() const { return size_; }

 private:
  struct Digest;
  std::string path_;
  std::unique_ptr<Digest> digest_;
  int file_ = -1;
  std::int64_t size_ = 0;
  bool keep_ = false;
};

}  // namespace cinnabar::kernel
