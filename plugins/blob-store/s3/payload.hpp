// Payload: what a request sends, from memory or from a part of an open file, so that a large blob
// is never in memory as a whole. Borrows both. One thread at a time.
#pragma once

#include "digest.hpp"

#include <cstdint>

namespace cinnabar::s3 {

class Payload {
 public:
  explicit Payload(std::string_view content) : content_(content), size_(content.size()) {}
  Payload(int fd, std::uint64_t offset, std::uint64_t size)
      : fd_(fd), offset_(offset), size_(size) {}

  std::uint64_t size() const { return size_; }
  Payload part(std::uint64_t offset, std::uint64_t size) const;
  // Up to `room` bytes from `at` on; fewer only at its end. False: the file cannot be read, or is
  // shorter than it was.
  bool read(std::uint64_t at, char* to, std::size_t room, std::size_t& got) const;
  // Throws Error "blob.unavailable" when it cannot be read.
  Digests::Result digests() const;

 private:
  std::string_view content_;
  int fd_ = -1;
  std::uint64_t offset_ = 0;
  std::uint64_t size_;
};

}  // namespace cinnabar::s3
