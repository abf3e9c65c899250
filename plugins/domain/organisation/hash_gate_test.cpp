// How many may hash a password at once, how many wait, and that all others are refused at once.
#include <cinnabar/password_hash.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

namespace cinnabar {
namespace {

TEST(HashGate, RefusesAtOnceWhenEnoughCallersWait) {
  std::vector<std::optional<detail::HashGate>> inside(kPasswordHashesAtOnce);
  for (auto& gate : inside) gate.emplace();
  std::atomic<int> passed{0};
  std::vector<std::thread> waiting;
  for (int i = 0; i < kPasswordHashesWaiting; ++i)
    waiting.emplace_back([&] {
      const detail::HashGate gate;
      ++passed;
    });
  while (detail::HashGate::waiting() < kPasswordHashesWaiting) std::this_thread::yield();
  try {
    password_matches("secret", "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA");
    ADD_FAILURE() << "was not refused";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "password.busy");
    EXPECT_EQ(error.status(), CINNABAR_UNAVAILABLE);
  }
  EXPECT_EQ(passed, 0);
  inside.clear();
  for (std::thread& thread : waiting) thread.join();
  EXPECT_EQ(passed, kPasswordHashesWaiting);
  EXPECT_EQ(detail::HashGate::waiting(), 0);
  EXPECT_NO_THROW(detail::HashGate());
}

}  // namespace
}  // namespace cinnabar
