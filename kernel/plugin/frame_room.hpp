// FrameRoom and FrameWindow: memory in which one worker's calls find their payloads, kept from call
// to call, for fresh pages cost ten times what is copied into them. The room belongs to the server,
// which writes it and never maps it; the worker looks at it through its window. Whatever a worker
// does to it harms the worker alone. Not thread-safe: a worker serves one call at a time.
#pragma once

#include <cinnabar/unique_fd.hpp>

#include <cstddef>
#include <string_view>
#include <vector>

namespace cinnabar::kernel {

class FrameRoom {
 public:
  // What is larger gets a memory file of its own, so that an idle worker holds no more than this.
  static constexpr std::size_t kSizeMax = 20'000'000;

  // Puts the parts, one behind the other, in the place of what was there. False when the system has
  // no memory for them (errno tells).
  bool fill(const std::vector<std::string_view>& parts);
  // Another caller's payload must not be there for the next call. False when it cannot be removed.
  bool clear();

  const UniqueFd& file() const { return file_; }
  bool known() const { return known_; }  // the worker has the file
  void made_known() { known_ = true; }

 private:
  UniqueFd file_;
  std::size_t size_ = 0;
  bool known_ = false;
};

class FrameWindow {
 public:
  FrameWindow() = default;
  FrameWindow(const FrameWindow&) = delete;
  FrameWindow& operator=(const FrameWindow&) = delete;
  ~FrameWindow() { unmap(); }

  void look_at(UniqueFd room);
  // The first bytes of the room, valid until it is filled again; null data when it has not so many.
  std::string_view view(std::size_t size);

 private:
  void unmap();

  UniqueFd room_;
  void* mapped_ = nullptr;
  std::size_t mapped_size_ = 0;
};

}  // namespace cinnabar::kernel
