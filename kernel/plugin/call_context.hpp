// CallContext: what the kernel keeps for one request (or job, or delivery) while plugins work on
// it: the plugins and the snapshots it began with, the blobs it put, how many service calls it
// made. It stands behind cinnabar_call.self and comes back in every call to the host. Owned by
// whoever runs the request; any thread, because a plugin may fan out.
#pragma once

#include "kernel/base/clocks.hpp"
#include "kernel/plugin/registry.hpp"

#include <atomic>
#include <mutex>

namespace cinnabar::kernel {

// A request that makes more service calls than this is a loop between plugins.
inline constexpr int kServiceCallsMax = 20'000;
// Plugins that call each other deeper than this would end in the stack's end.
inline constexpr int kServiceDepthMax = 32;

class CallContext {
 public:
  CallContext(Registry& registry, const Clocks& clocks, std::int64_t deadline_ms)
      : registry_(registry),
        clocks_(clocks),
        deadline_ms_(deadline_ms),
        generation_(registry.generation()) {}
  CallContext(const CallContext&) = delete;
  CallContext& operator=(const CallContext&) = delete;

  // The owner's snapshot: read once, then the same for the rest of the request.
  std::shared_ptr<const Snapshot> snapshot(std::string_view owner) {
    const std::lock_guard lock(mutex_);
    for (const auto& pinned : pinned_)
      if (pinned->owner() == owner) return pinned;
    return pinned_.emplace_back(registry_.snapshot(owner, generation_));
  }
  // The plugins as they were when the request began.
  const std::shared_ptr<const Generation>& generation() const { return generation_; }
  void pin(std::shared_ptr<const Snapshot> snapshot) {
    const std::lock_guard lock(mutex_);
    pinned_.push_back(std::move(snapshot));
  }

  void add_blob(std::string id) {
    const std::lock_guard lock(mutex_);
    blobs_.push_back(std::move(id));
  }
  // Ids of the blobs put so far, taken out: whoever commits or gives up settles them.
  std::vector<std::string> take_blobs() {
    const std::lock_guard lock(mutex_);
    return std::exchange(blobs_, {});
  }

  void cancel() { cancelled_ = true; }
  bool cancelled() const {
    return cancelled_ || (deadline_ms_ != 0 && clocks_.real_ms() > deadline_ms_);
  }
  std::int64_t deadline_ms() const { return deadline_ms_; }
  int service_calls() const { return service_calls_; }

  // One service call, as long as this lives. `plugin` is the id of the plugin that is called.
  class Entry {
   public:
    Entry(CallContext& context, const std::string& plugin)
        : context_(context), outer_(context.plugin_.exchange(&plugin)) {
      ++context.service_calls_;
      ++context.depth_;
      outer_current_ = std::exchange(current_, &context);
    }
    ~Entry() {
      current_ = outer_current_;
      --context_.depth_;
      context_.plugin_ = outer_;
    }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    bool allowed() const {
      return context_.service_calls_ <= kServiceCallsMax && context_.depth_ <= kServiceDepthMax;
    }

   private:
    CallContext& context_;
    const std::string* outer_;
    CallContext* outer_current_;
  };
  // The context of the call that this thread carries out, or null: for host functions that are
  // given no call.
  static CallContext* current() { return current_; }

  // Id of the plugin that is being run; empty outside of any.
  std::string plugin() const {
    const std::string* id = plugin_;
    return id ? *id : std::string();
  }

  // A call on behalf of an owner in this context. The texts are borrowed.
  cinnabar_call call(std::string_view owner, std::string_view trace, std::string_view locale) {
    return {sizeof(cinnabar_call),
            bytes_of(owner),
            {},
            bytes_of(trace),
            bytes_of(locale),
            deadline_ms_,
            [](const void* self) -> std::int32_t {
              return static_cast<const CallContext*>(self)->cancelled();
            },
            this};
  }
  static CallContext* of(const cinnabar_call* call) {
    return call && call->self ? static_cast<CallContext*>(const_cast<void*>(call->self)) : nullptr;
  }

 private:
  static inline thread_local CallContext* current_ = nullptr;

  Registry& registry_;
  const Clocks& clocks_;
  const std::int64_t deadline_ms_;
  const std::shared_ptr<const Generation> generation_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<const Snapshot>> pinned_;
  std::vector<std::string> blobs_;
  std::atomic<bool> cancelled_{false};
  std::atomic<int> service_calls_{0};
  std::atomic<int> depth_{0};
  std::atomic<const std::string*> plugin_{nullptr};
};

}  // namespace cinnabar::kernel
