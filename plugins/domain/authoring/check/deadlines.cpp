// Deadlines and cancellation: a call that is cancelled, or too late, ends soon, whatever it waits
// for.
#include "check/samples.hpp"
#include "check/steps.hpp"

#include <pthread.h>

#include <chrono>
#include <condition_variable>
#include <fstream>
#include <thread>

namespace cinnabar::authoring {
namespace {

using Milliseconds = std::chrono::milliseconds;

constexpr int kTimeoutMs = 40'000;
constexpr Milliseconds kPatience(6'000);  // then the call counts as one that never ends
constexpr std::int64_t kLead = 150;       // until the deadline, or until it is cancelled
// What a call may still do after that: an answer is on its way, a digest is being finished.
constexpr std::int64_t kWaitedMsMax = 250;
constexpr std::int64_t kCpuMsMax = 900;
constexpr const char* kFix =
    "look at call.cancelled() and call.deadline_ms() before each wait and in each loop, and answer "
    "CINNABAR_DEADLINE";

// How long a thread ran, and how long it waited for anything but the processor.
struct Spent {
  std::int64_t cpu_ms = 0;
  std::int64_t waited_ms = 0;
};

std::int64_t run_delay_ms() {
  std::ifstream in("/proc/thread-self/schedstat");
  std::int64_t cpu = 0, delay = 0;
  in >> cpu >> delay;
  return delay / 1'000'000;
}

std::int64_t thread_cpu_ms() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * 1'000 + time.tv_nsec / 1'000'000;
}

std::int64_t steady_ms() {
  return std::chrono::duration_cast<Milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::int64_t system_ms() {
  return std::chrono::duration_cast<Milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

struct Outcome {
  bool ended = false;
  Reply reply;
  Spent spent;
};

class Timed {
 public:
  explicit Timed(Session& session) : session_(session) {}

  // In a thread of its own, which is left behind when it does not end.
  Outcome call(const Sample& sample, const Setting& setting,
               const std::function<void()>& meanwhile) {
    auto shared = std::make_shared<Shared>();
    std::thread([this, shared, sample, setting] {
      const std::int64_t begin = steady_ms(), cpu = thread_cpu_ms(), delay = run_delay_ms();
      Reply reply = session_.ask(sample, setting);
      const std::int64_t ran = thread_cpu_ms() - cpu;
      const std::lock_guard lock(shared->mutex);
      shared->outcome = {
          true, std::move(reply), {ran, steady_ms() - begin - ran - (run_delay_ms() - delay)}};
      shared->changed.notify_all();
    }).detach();
    meanwhile();
    std::unique_lock lock(shared->mutex);
    shared->changed.wait_for(lock, kPatience, [&] { return shared->outcome.ended; });
    return shared->outcome;
  }

 private:
  struct Shared {
    std::mutex mutex;
    std::condition_variable changed;
    Outcome outcome;
  };
  Session& session_;
};

class DeadlineCheck {
 public:
  DeadlineCheck(Session& session, const std::string& config)
      : session_(session), usual_{first_identity().enterprise, config} {}

  // False: a call never ended, and nothing more can be asked.
  bool run(const Sample& sample) {
    Recorder& recorder = session_.recorder();
    struct Mode {
      const char* when;
      bool waits;
      cinnabar_status refusal;
    };
    for (const Mode& mode :
         {Mode{"", false, CINNABAR_OK}, Mode{" while the host keeps it waiting", true, CINNABAR_OK},
          Mode{" while the host is unavailable", false, CINNABAR_UNAVAILABLE}}) {
      recorder.waits = mode.waits;
      recorder.refusal = mode.refusal;
      const bool go_on = late(sample, mode.when) && cancelled_before(sample, mode.when) &&
                         (mode.refusal != CINNABAR_OK || cancelled_during(sample, mode.when));
      recorder.waits = false;
      recorder.refusal = CINNABAR_OK;
      if (!go_on) return false;
    }
    return true;
  }

  // A deadline that passes while it is called.
  bool late(const Sample& sample, const std::string& when) {
    Setting setting = usual_;
    setting.deadline_ms = system_ms() + kLead;
    return judge(sample, Timed(session_).call(sample, setting, [] {}),
                 " although its deadline is after " + std::to_string(kLead) + " ms" + when, kLead);
  }

 private:
  bool judge(const Sample& sample, const Outcome& outcome, const std::string& circumstances,
             std::int64_t lead) {
    session_.look_at_output(sample.method + circumstances);
    const std::string where = sample.method + " " + shortened_text(sample.json, 200);
    if (!outcome.ended) {
      session_.find_fault(sample.method + " goes on for more than 6 seconds" + circumstances, where,
                          kFix);
      return false;
    }
    if (outcome.spent.waited_ms > lead + kWaitedMsMax)
      session_.find_fault(sample.method + " waits for " + std::to_string(outcome.spent.waited_ms) +
                              " ms" + circumstances,
                          where, kFix);
    if (outcome.spent.cpu_ms > lead + kCpuMsMax)
      session_.find_fault(sample.method + " works for " + std::to_string(outcome.spent.cpu_ms) +
                              " ms" + circumstances,
                          where, kFix);
    return true;
  }

  bool cancelled_before(const Sample& sample, const std::string& when) {
    static const std::atomic<bool> cancelled{true};
    Setting setting = usual_;
    setting.cancelled = &cancelled;
    const int effects = session_.recorder().effects;
    const Outcome outcome = Timed(session_).call(sample, setting, [] {});
    if (outcome.ended && outcome.reply.ok() && session_.recorder().effects > effects)
      session_.find_fault(sample.method + " changes something although it was cancelled before",
                          sample.method, kFix);
    return judge(sample, outcome, " although it was cancelled before" + when, 0);
  }

  bool cancelled_during(const Sample& sample, const std::string& when) {
    auto* cancelled = new std::atomic<bool>{false};  // a call that never ends may still look at it
    Setting setting = usual_;
    setting.cancelled = cancelled;
    const auto cancel = [&] {
      std::mutex mutex;
      std::condition_variable never;
      std::unique_lock lock(mutex);
      never.wait_for(lock, Milliseconds(kLead), [] { return false; });
      *cancelled = true;
    };
    return judge(sample, Timed(session_).call(sample, setting, cancel),
                 " although it is cancelled after " + std::to_string(kLead) + " ms" + when, kLead);
  }

  Session& session_;
  const Setting usual_;
};

// Where a channel sends to takes the message and says nothing.
void look_at_silence(const Subject& subject, const Teller& teller) {
  Endpoint endpoint("", true);
  const std::string config = sent_to(subject, endpoint);
  if (config == subject.config) return;
  Session session(subject, teller, config);
  session.recorder().live_clock = true;
  if (!session.open()) return;
  for (const Sample& sample : samples_for(session, first_identity(), config)) {
    teller.at(sample.method + " while its endpoint says nothing");
    if (!DeadlineCheck(session, config).late(sample, " while its endpoint says nothing")) return;
  }
}

}  // namespace

CheckStep check_deadlines(const Subject& subject) {
  return run_apart("deadlines", kTimeoutMs, [&](const Teller& teller) {
    Session session(subject, teller);
    session.recorder().live_clock = true;
    if (!session.open()) return teller.detail(kNoStart);
    const auto samples = samples_for(session, first_identity(), subject.config);
    if (samples.empty()) return teller.detail("left out: no call is known that it answers");
    for (const Sample& sample : samples) {
      teller.at(sample.method + " with a deadline");
      if (!DeadlineCheck(session, subject.config).run(sample)) return;
    }
    if (!any_answered(session, samples, {first_identity().enterprise, subject.config}))
      teller.detail(kOnlyErrors);
    look_at_silence(subject, teller);
  });
}

}  // namespace cinnabar::authoring
