// Many threads: the same calls at once give the same answers as one after the other, and a call
// that is stopped anywhere does not see what another one does meanwhile.
#include "check/interruption.hpp"
#include "check/samples.hpp"
#include "check/steps.hpp"
#include "check/watch.hpp"

#include <poll.h>

#include <algorithm>
#include <set>
#include <thread>

namespace cinnabar::authoring {
namespace {

using Milliseconds = std::chrono::milliseconds;

constexpr int kTimeoutMs = 180'000;
constexpr int kThreads = 8;
constexpr std::int64_t kTogetherCpuMs = 1'000;
constexpr unsigned kStride = 61;  // instructions from one interruption to the next
constexpr Milliseconds kStepped(2'400);
constexpr Milliseconds kAtMoments(250);
constexpr std::size_t kPairsMax = 4;
constexpr std::int64_t kTextMax = 100'000'000;
// Of what is made at the first call, only the first calls can see a half.
constexpr int kFirstTries = 30;
constexpr int kFirstThreads = 4;
constexpr std::int64_t kFirstCpuMs = 2'000;
constexpr const char* kFix =
    "[any] means many threads at once: keep what a call works with on its stack, and guard what is "
    "shared with a mutex or make it atomic";

struct Expected {
  Sample sample;
  Setting setting;
  std::string whole;
};

// The same, as it is handed to another process.
struct FirstCall {
  std::string interface;
  std::string method;
  std::string json;
  std::string owner;
  std::string digest;  // of the answer
};
CINNABAR_DESCRIBE(FirstCall, interface, method, (json, length(0, kTextMax)), owner, digest)

// Enough to compare answers by.
std::string digest_of(const std::string& whole) {
  return std::to_string(whole.size()) + " " + std::to_string(std::hash<std::string>{}(whole));
}

// Those whose answer is the same each time.
std::vector<Expected> expected(Session& session) {
  std::vector<Expected> out;
  for (const Identity& who : {first_identity(), second_identity()})
    for (const Sample& sample : samples_for(session, who, session.subject().config)) {
      Setting setting{who.enterprise, session.subject().config};
      const std::string whole = session.ask(sample, setting).whole();
      if (session.ask(sample, setting).whole() == whole) out.push_back({sample, setting, whole});
    }
  return out;
}

void find_mixture(Session& session, const Expected& one, const Reply& reply, const char* when) {
  session.find_fault("is not thread-safe: " + one.sample.method + " answers otherwise " + when,
                     one.sample.method + " answered " + shortened_text(reply.whole(), 160) +
                         " instead of " + shortened_text(one.whole, 160),
                     kFix);
}

void all_at_once(Session& session, const std::vector<Expected>& calls) {
  std::atomic<int> ready{0};
  std::atomic<bool> over{false};
  std::mutex mutex;
  std::vector<std::thread> threads;
  for (int number = 0; number < kThreads; ++number)
    threads.emplace_back([&, number] {
      ++ready;
      while (ready < kThreads) std::this_thread::yield();
      for (std::size_t i = static_cast<std::size_t>(number); !over; ++i) {
        const Expected& one = calls[i % calls.size()];
        const Reply reply = session.ask(one.sample, one.setting);
        if (reply.whole() == one.whole) continue;
        const std::lock_guard lock(mutex);
        find_mixture(session, one, reply, "when eight threads call at once");
      }
    });
  const std::int64_t end = cpu_ms() + kTogetherCpuMs;
  while (cpu_ms() < end) {
    session.recorder().take_log();
    poll(nullptr, 0, 5);
  }
  over = true;
  for (std::thread& thread : threads) thread.join();
}

// Interrupts calls of `one` with calls of `other`.
int interleave(Session& session, const Expected& one, const Expected& other) {
  int interruptions = 0;
  Reply reply, reply_of_other;
  bool one_differs = false, other_differs = false;
  const auto call = [&] {
    Reply now = session.ask(one.sample, one.setting);
    if (now.whole() == one.whole || one_differs) return;
    one_differs = true;
    reply = std::move(now);
  };
  const auto call_other = [&] {
    Reply now = session.ask(other.sample, other.setting);
    if (now.whole() == other.whole || other_differs) return;
    other_differs = true;
    reply_of_other = std::move(now);
  };
  const auto look = [&](const Interrupted& done) {
    interruptions += done.interruptions;
    if (one_differs)
      find_mixture(session, one, reply, "when another call comes in between");
    if (other_differs) find_mixture(session, other, reply_of_other, "in the midst of another call");
  };
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  look(interrupted(call, call_other, kStride, kStepped));
#endif
  look(interrupted(call, call_other, 0, kAtMoments));
  session.recorder().take_log();
  return interruptions;
}

// A call of one person's and the like of another's: one pair for each method, then further ones.
std::vector<std::pair<Expected, Expected>> pairs(const std::vector<Expected>& calls) {
  std::vector<std::pair<Expected, Expected>> first, further;
  std::set<std::string> methods;
  const std::size_t half = std::max<std::size_t>(calls.size() / 2, 1);
  for (std::size_t i = 0; i < half; ++i) {
    const Expected& one = calls[i];
    auto& where = methods.insert(one.sample.method).second ? first : further;
    where.emplace_back(one, calls[(i + half) % calls.size()]);
  }
  first.insert(first.end(), further.begin(), further.end());
  if (first.size() > kPairsMax) first.resize(kPairsMax);
  return first;
}

// The first calls of a fresh process, all at once.
CheckStep first_calls(const Subject& subject, const FirstCall& one) {
  return run_apart("threads", kTimeoutMs, [&](const Teller& teller) {
    Session session(subject, teller);
    if (!session.open()) return;
    teller.at("the first calls of " + one.method + ", at once");
    const Sample sample{one.interface, one.method, one.json};
    const Setting setting{one.owner, subject.config};
    std::atomic<int> ready{0};
    std::mutex mutex;
    std::vector<std::thread> threads;
    for (int number = 0; number < kFirstThreads; ++number)
      threads.emplace_back([&] {
        ++ready;
        while (ready < kFirstThreads) std::this_thread::yield();
        const Reply reply = session.ask(sample, setting);
        const std::lock_guard lock(mutex);
        if (digest_of(reply.whole()) != one.digest)
          session.find_fault("is not thread-safe: " + one.method +
                                 " answers otherwise when its first calls come at once",
                             one.method + " answered " + shortened_text(reply.whole(), 300), kFix);
      });
    for (std::thread& thread : threads) thread.join();
  });
}

void look_at_first_calls(const Subject& subject, const std::vector<FirstCall>& calls,
                         CheckStep& step) {
  const std::int64_t end = children_cpu_ms() + kFirstCpuMs;
  for (int i = 0; i < kFirstTries && step.passed() && children_cpu_ms() < end; ++i)
    for (const FirstCall& one : calls) {
      CheckStep tried = first_calls(subject, one);
      if (!tried.passed()) step.findings = std::move(tried.findings);
      if (!step.passed()) return;
    }
}

CheckStep all_calls(const Subject& subject, std::vector<FirstCall>& first) {
  std::string text;
  CheckStep step = run_apart("threads", kTimeoutMs, [&](const Teller& teller) {
    Session session(subject, teller);
    if (!session.open()) return teller.detail(kNoStart);
    const auto calls = expected(session);
    std::vector<FirstCall> kept;
    std::set<std::string> methods;
    for (const Expected& one : calls)
      if (methods.insert(one.sample.method).second)
        kept.push_back({one.sample.interface, one.sample.method, one.sample.json,
                        one.setting.owner, digest_of(one.whole)});
    teller.value(to_json(kept));
    if (calls.empty()) return teller.detail("left out: no call is known that it answers the same");
    int interruptions = 0;
    for (const auto& [one, other] : pairs(calls)) {
      teller.at("calls of " + other.sample.method + " in the midst of " + one.sample.method);
      interruptions += interleave(session, one, other);
    }
    teller.at("calls of eight threads at once");
    session.recorder().yields = true;
    all_at_once(session, calls);
    const bool answered = std::any_of(calls.begin(), calls.end(), [&](const Expected& one) {
      return session.ask(one.sample, one.setting).ok();
    });
    teller.detail(answered ? std::to_string(interruptions) + " interruptions" : kOnlyErrors);
  }, nullptr, &text);
  if (!text.empty()) first = from_json<std::vector<FirstCall>>(text);
  return step;
}

}  // namespace

CheckStep check_threads(const Subject& subject) {
  std::vector<FirstCall> first;
  CheckStep step = all_calls(subject, first);
  if (step.passed()) look_at_first_calls(subject, first, step);
  return step;
}

}  // namespace cinnabar::authoring
