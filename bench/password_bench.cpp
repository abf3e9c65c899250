// What checking a password costs against libargon2 left alone with the same parameters, as a line
// "name raw_us ours_us ratio". CPU time, both in turns, median of the rounds' ratios.
#include <cinnabar/password_hash.hpp>

#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

constexpr int kRounds = 9;
constexpr int kTimes = 3;  // of each kind in a round

template <class Work>
double mean_us(Work work) {
  const auto now_us = [] {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
  };
  const double begin = now_us();
  for (int i = 0; i < kTimes; ++i) work();
  return (now_us() - begin) / kTimes;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main() {
  using namespace cinnabar;
  const std::string password = "348215", salt(kPasswordSaltSize, 's');
  const std::string stored = hash_password(password, salt);
  std::string out(kPasswordHashSize, '\0');
  std::vector<double> raws, ours, ratios;
  for (int round = 0; round < kRounds; ++round) {
    raws.push_back(mean_us([&] {
      argon2id_hash_raw(kPasswordPasses, kPasswordMemoryKib, 1, password.data(), password.size(),
                        salt.data(), salt.size(), out.data(), out.size());
    }));
    ours.push_back(mean_us([&] {
      if (!password_matches(password, stored)) std::abort();
    }));
    ratios.push_back(ours.back() / raws.back());
  }
  std::printf("password.check %.1f %.1f %.4f\n", median(raws), median(ours), median(ratios));
  return 0;
}
