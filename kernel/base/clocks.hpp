// The two clocks. The business clock decides deadlines, reminders and what a contract says; it can
// be moved forward in demonstrations and tests. The real clock decides certificates, timestamps,
// sessions and leases. Injected everywhere; owned by the composition root. Any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace cinnabar::kernel {

class Clocks {
 public:
  virtual ~Clocks() = default;
  virtual std::int64_t business_ms() const = 0;
  virtual std::int64_t real_ms() const = 0;
};

class SystemClocks final : public Clocks {
 public:
  std::int64_t business_ms() const override { return real_ms() + shift_ms_.load(); }
  std::int64_t real_ms() const override {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  }
  // Moves the business clock on; never back.
  void advance(std::int64_t ms) {
    if (ms > 0) shift_ms_ += ms;
  }

 private:
  std::atomic<std::int64_t> shift_ms_{0};
};

class ManualClocks final : public Clocks {
 public:
  explicit ManualClocks(std::int64_t start_ms = 1'700'000'000'000) : now_ms_(start_ms) {}
  std::int64_t business_ms() const override { return now_ms_; }
  std::int64_t real_ms() const override { return now_ms_; }
  void advance(std::int64_t ms) { now_ms_ += ms; }

 private:
  std::atomic<std::int64_t> now_ms_;
};

}  // namespace cinnabar::kernel
