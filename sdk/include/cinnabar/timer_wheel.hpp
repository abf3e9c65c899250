// TimerWheel: deadlines of many connections at next to no cost. Moving a deadline back is storing a
// number: the entry is looked at when its slot comes round, and put into a later one then. Only a
// deadline that moves forward costs a relinking. One I/O thread's; not thread-safe.
#pragma once

#include <array>
#include <cstdint>

namespace cinnabar {

// What can be in a wheel. It must leave the wheel before it goes away.
class TimerEntry {
 public:
  TimerEntry() : next_(this), previous_(this) {}
  virtual ~TimerEntry() { unlink(); }
  TimerEntry(const TimerEntry&) = delete;
  TimerEntry& operator=(const TimerEntry&) = delete;

  static constexpr std::int64_t kNever = INT64_MAX;

 private:
  friend class TimerWheel;
  virtual void on_deadline() {}
  void unlink() {
    next_->previous_ = previous_;
    previous_->next_ = next_;
    next_ = previous_ = this;
  }
  void link_before(TimerEntry& other) {
    previous_ = other.previous_;
    next_ = &other;
    previous_->next_ = this;
    other.previous_ = this;
  }
  bool alone() const { return next_ == this; }

  TimerEntry* next_;
  TimerEntry* previous_;
  std::int64_t deadline_ = kNever;  // tick
  std::int64_t looked_at_ = 0;      // tick whose slot it is in
};

class TimerWheel {
 public:
  static constexpr int kTickMs = 250;
  static constexpr std::int64_t kSlots = 64;  // one round is 16 s; longer waits go round again

  std::int64_t now() const { return now_; }
  // The tick that lies at least that many seconds ahead.
  std::int64_t after_s(int seconds) const { return now_ + 1 + seconds * (1000 / kTickMs); }

  void set(TimerEntry& entry, std::int64_t deadline) {
    entry.deadline_ = deadline;
    if (!entry.alone() && entry.looked_at_ <= deadline) return;
    place(entry);
  }

  void remove(TimerEntry& entry) { entry.unlink(); }

  // Goes one tick on and tells the entries whose deadline passed; they are out of the wheel then.
  void tick() {
    ++now_;
    TimerEntry due;
    TimerEntry& slot = slots_[static_cast<std::size_t>(now_ % kSlots)];
    while (!slot.alone()) {
      TimerEntry& entry = *slot.next_;
      entry.unlink();
      entry.link_before(due);
    }
    while (!due.alone()) {
      TimerEntry& entry = *due.next_;
      entry.unlink();
      if (entry.deadline_ > now_)
        place(entry);
      else
        entry.on_deadline();
    }
  }

  // Calls visit(entry) for each; the visitor may take the entry it is given out of the wheel.
  template <class Visit>
  void each(Visit visit) {
    for (TimerEntry& slot : slots_)
      for (TimerEntry* entry = slot.next_; entry != &slot;) {
        TimerEntry* next = entry->next_;
        visit(*entry);
        entry = next;
      }
  }

 private:
  // Into the slot of its deadline, or the last one of this round when that is further away.
  void place(TimerEntry& entry) {
    entry.unlink();
    std::int64_t at = now_ + kSlots - 1;
    if (entry.deadline_ < at) at = entry.deadline_ > now_ ? entry.deadline_ : now_ + 1;
    entry.looked_at_ = at;
    entry.link_before(slots_[static_cast<std::size_t>(at % kSlots)]);
  }

  std::int64_t now_ = 0;
  std::array<TimerEntry, kSlots> slots_;
};

}  // namespace cinnabar
