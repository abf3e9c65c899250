// BodyRoom: how many bytes of uploads the server holds in memory at a time. Shared by all requests;
// any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

namespace cinnabar::kernel {

class BodyRoom {
 public:
  explicit BodyRoom(std::int64_t size) : left_(std::make_shared<std::atomic<std::int64_t>>(size)) {}

  // Room for so many bytes, given back when the last holder lets go; null when there is none now.
  std::shared_ptr<const void> take(std::int64_t size) {
    if (left_->fetch_sub(size) < size) {
      left_->fetch_add(size);
      return nullptr;
    }
    const auto give_back = [left = left_, size](const void*) { left->fetch_add(size); };
    return {left_.get(), give_back};
  }

 private:
  const std::shared_ptr<std::atomic<std::int64_t>> left_;
};

}  // namespace cinnabar::kernel
