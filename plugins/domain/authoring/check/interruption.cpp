#include "check/interruption.hpp"

#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <thread>

namespace cinnabar::authoring {
namespace {

// The other call needs microseconds; who takes longer waits for a lock of the call that stands.
constexpr long kBlockedNs = 20'000'000;
constexpr int kBlockedMax = 12;  // then every further interruption would only cost time
constexpr unsigned long kTrapFlag = 0x100;

// What the signal handler works with.
struct State {
  std::atomic<bool> active{false};
  std::atomic<unsigned> stride{0};
  std::atomic<unsigned> steps{0};
  std::atomic<int> wanted{0};    // calls of the other thread that were asked for
  std::atomic<int> finished{0};  // and are through
  std::atomic<int> interruptions{0};
  std::atomic<int> blocked{0};
  std::atomic<std::int64_t> end_ns{0};
  std::atomic<bool> stop{false};
} state;

std::int64_t now_ns() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

// Of all threads: calls that come in between may be much longer than the call that is stepped.
std::int64_t cpu_ns() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

void wake(std::atomic<int>& word) {
  syscall(SYS_futex, reinterpret_cast<int*>(&word), FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

void wait_while(std::atomic<int>& word, int value, long ns) {
  const timespec most{ns / 1'000'000'000, ns % 1'000'000'000};
  syscall(SYS_futex, reinterpret_cast<int*>(&word), FUTEX_WAIT_PRIVATE, value, &most, nullptr, 0);
}

// In the signal handler of the thread that is stopped: only system calls and atomics.
void let_other_run() {
  if (state.finished != state.wanted || state.blocked >= kBlockedMax) return;  // it still waits
  const int number = ++state.wanted;
  wake(state.wanted);
  const std::int64_t end = now_ns() + kBlockedNs;
  for (int done = state.finished; done != number; done = state.finished) {
    const std::int64_t left = end - now_ns();
    if (left <= 0) {
      ++state.blocked;
      return;
    }
    wait_while(state.finished, done, left);
  }
  ++state.interruptions;
}

void on_step(int, siginfo_t*, void* context) {
  const int kept = errno;
  auto* machine = &static_cast<ucontext_t*>(context)->uc_mcontext;
  if (state.active && ++state.steps % state.stride == 0) let_other_run();
#ifdef __x86_64__
  // Looking at the clock at each step would take longer than the step.
  if (!state.active || (state.steps % 1'024 == 0 && cpu_ns() > state.end_ns))
    machine->gregs[REG_EFL] &= ~static_cast<long long>(kTrapFlag);
#else
  static_cast<void>(machine);
#endif
  errno = kept;
}

void on_moment(int, siginfo_t*, void*) {
  const int kept = errno;
  if (state.active) let_other_run();
  errno = kept;
}

void handle(int number, void (*handler)(int, siginfo_t*, void*)) {
  struct sigaction action {};
  action.sa_sigaction = handler;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigaction(number, &action, nullptr);
}

// Makes the other calls; ends when it is told to.
void serve(const std::function<void()>& other) {
  int done = state.finished;
  while (!state.stop) {
    if (state.wanted == done) {
      wait_while(state.wanted, done, 50'000'000);
      continue;
    }
    other();
    state.finished = ++done;
    wake(state.finished);
  }
}

void begin_steps() {
#ifdef __x86_64__
  __asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq" ::: "memory", "cc");
#endif
}

void stepped(const std::function<void()>& call) {
  state.active = true;
  begin_steps();
  call();
  state.active = false;
}

// Signals at moments that are spread over the call, again and again.
void at_moments(const std::function<void()>& call, std::chrono::milliseconds longest) {
  const pthread_t thread = pthread_self();
  std::atomic<bool> over{false};
  std::thread timer([&] {
    std::uint32_t random = 0x2545F491;
    while (!over) {
      random = random * 1'664'525 + 1'013'904'223;
      const std::int64_t until = now_ns() + 20'000 + random % 400'000;
      while (!over && now_ns() < until) std::this_thread::yield();
      if (!over) pthread_kill(thread, SIGUSR2);
    }
  });
  const std::int64_t end = cpu_ns() + std::chrono::nanoseconds(longest).count();
  state.active = true;
  do call();
  while (cpu_ns() < end && state.blocked < kBlockedMax);
  state.active = false;
  over = true;
  timer.join();
}

}  // namespace

Interrupted interrupted(const std::function<void()>& call, const std::function<void()>& other,
                        unsigned stride, std::chrono::milliseconds longest) {
  handle(SIGTRAP, &on_step);
  handle(SIGUSR2, &on_moment);
  state.stride = stride;
  state.steps = 0;
  state.interruptions = 0;
  state.blocked = 0;
  state.stop = false;
  state.end_ns = cpu_ns() + std::chrono::nanoseconds(longest).count();
  std::thread server([&] { serve(other); });
  if (stride > 0)
    stepped(call);
  else
    at_moments(call, longest);
  state.stop = true;
  wake(state.wanted);
  server.join();
  return {state.interruptions, state.blocked};
}

}  // namespace cinnabar::authoring
