#include "payload.hpp"

#include <cinnabar/error.hpp>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace cinnabar::s3 {

namespace {

constexpr std::size_t kPieceSize = 256 * 1024;

}  // namespace

Payload Payload::part(std::uint64_t offset, std::uint64_t size) const {
  if (fd_ < 0) return Payload(content_.substr(offset, size));
  return {fd_, offset_ + offset, size};
}

bool Payload::read(std::uint64_t at, char* to, std::size_t room, std::size_t& got) const {
  got = 0;
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(room, size_ - at));
  if (fd_ < 0) {
    if (wanted > 0) std::memcpy(to, content_.data() + at, wanted);
    got = wanted;
    return true;
  }
  while (got < wanted) {
    const ssize_t read =
        ::pread(fd_, to + got, wanted - got, static_cast<off_t>(offset_ + at + got));
    if (read < 0 && errno == EINTR) continue;
    if (read <= 0) return false;
    got += static_cast<std::size_t>(read);
  }
  return true;
}

Digests::Result Payload::digests() const {
  Digests digests;
  if (fd_ < 0) {
    digests.add(content_);
    return digests.finish();
  }
  std::string piece(static_cast<std::size_t>(std::min<std::uint64_t>(size_, kPieceSize)), '\0');
  std::size_t got = 0;
  for (std::uint64_t at = 0; at < size_; at += got) {
    if (!read(at, piece.data(), piece.size(), got))
      throw Error("blob.unavailable", {{"detail", "a staged file cannot be read"}}, {},
                  CINNABAR_UNAVAILABLE);
    digests.add({piece.data(), got});
  }
  return digests.finish();
}

}  // namespace cinnabar::s3
