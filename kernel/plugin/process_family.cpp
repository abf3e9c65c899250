#include "kernel/plugin/process_family.hpp"

#include <sched.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace cinnabar::kernel {
namespace {

// More than a plugin may have; the tree changes while it is walked.
constexpr std::size_t kFamilyMax = 1'000;

std::vector<int> family(int pid) {
  std::vector<int> members{pid};
  for (std::size_t i = 0; i < members.size() && members.size() < kFamilyMax; ++i) {
    const std::string id = std::to_string(members[i]);
    std::ifstream children("/proc/" + id + "/task/" + id + "/children");
    for (int child; children >> child;) members.push_back(child);
  }
  return members;
}

}  // namespace

std::int64_t family_processor_ms(int pid) {
  std::int64_t sum_ms = 0;
  for (const int member : family(pid)) {
    clockid_t clock;
    timespec used{};
    if (clock_getcpuclockid(member, &clock) == 0 && clock_gettime(clock, &used) == 0)
      sum_ms += std::int64_t{used.tv_sec} * 1000 + used.tv_nsec / 1'000'000;
  }
  return sum_ms;
}

std::int64_t family_resident_bytes(int pid) {
  std::int64_t sum = 0;
  for (const int member : family(pid)) {
    std::ifstream sizes("/proc/" + std::to_string(member) + "/statm");
    std::int64_t all = 0, resident = 0;
    if (sizes >> all >> resident) sum += resident * sysconf(_SC_PAGESIZE);
  }
  return sum;
}

void stand_back(int pid) {
  const sched_param none{};
  for (const int member : family(pid)) {
    std::error_code gone;
    const auto threads =
        std::filesystem::directory_iterator("/proc/" + std::to_string(member) + "/task", gone);
    for (auto thread = begin(threads); !gone && thread != end(threads); thread.increment(gone))
      sched_setscheduler(std::atoi(thread->path().filename().c_str()), SCHED_IDLE, &none);
  }
}

}  // namespace cinnabar::kernel
