#include "kernel/plugin/frame_room.hpp"

#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>

namespace cinnabar::kernel {

bool FrameRoom::fill(const std::vector<std::string_view>& parts) {
  if (!file_) file_ = UniqueFd(memfd_create("cinnabar-room", MFD_CLOEXEC));
  if (!file_) return false;
  std::size_t at = 0;
  for (std::string_view part : parts) {
    while (!part.empty()) {
      const ssize_t put = pwrite(file_.get(), part.data(), part.size(), static_cast<off_t>(at));
      if (put < 0 && errno == EINTR) continue;
      if (put <= 0) return false;
      part.remove_prefix(static_cast<std::size_t>(put));
      at += static_cast<std::size_t>(put);
    }
  }
  if (size_ > at && ftruncate(file_.get(), static_cast<off_t>(at)) != 0) return false;
  size_ = at;
  return true;
}

// Gives the pages back even while the worker still has them mapped.
bool FrameRoom::clear() {
  if (size_ != 0 && ftruncate(file_.get(), 0) != 0) return false;
  size_ = 0;
  return true;
}

void FrameWindow::look_at(UniqueFd room) {
  unmap();
  room_ = std::move(room);
}

std::string_view FrameWindow::view(std::size_t size) {
  struct stat info {};
  if (!room_ || size == 0 || fstat(room_.get(), &info) != 0 ||
      static_cast<std::size_t>(info.st_size) != size)
    return {};
  if (size > mapped_size_) {
    unmap();
    void* at = mmap(nullptr, size, PROT_READ, MAP_SHARED, room_.get(), 0);
    if (at == MAP_FAILED) return {};
    mapped_ = at;
    mapped_size_ = size;
  }
  return {static_cast<const char*>(mapped_), size};
}

void FrameWindow::unmap() {
  if (mapped_ != nullptr) munmap(mapped_, mapped_size_);
  mapped_ = nullptr;
  mapped_size_ = 0;
}

}  // namespace cinnabar::kernel
