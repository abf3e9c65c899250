// Workers that a command forks from itself: as powerless as those of the pool.
#include "worker_fixture.hpp"

#include <cinnabar/unique_fd.hpp>

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <future>
#include <thread>

namespace cinnabar::kernel {
namespace {

PluginSettings forking() {
  PluginSettings settings = fixture_settings();
  settings.fork_workers = true;
  return settings;
}

class ForkedWorkerTest : public WorkerTest {
 protected:
  bool is_child_of_this_process() {
    std::ifstream stat("/proc/" + std::to_string(look("pid")) + "/stat");
    std::string word;
    for (int i = 0; i < 4; ++i) stat >> word;  // the parent's id is the fourth
    return word == std::to_string(getpid());
  }
};

TEST_F(ForkedWorkerTest, IsForkedFromThisProcessAndServesSeveralCalls) {
  start(forking());
  EXPECT_TRUE(is_child_of_this_process());
  const std::int64_t pid = look("pid");
  const std::string large(5'000'000, 'x');
  EXPECT_EQ(probe().echo({"", 0, Bytes(large)}).bytes.view(), large);
  EXPECT_EQ(look("pid"), pid);
}

TEST_F(ForkedWorkerTest, HasNoNetworkNoProcessesNoNewCodeNoFilesNoKeys) {
  start(forking());
  EXPECT_NE(look("socket"), 0);
  EXPECT_NE(look("fork"), 0);
  EXPECT_NE(look("code"), 0);
  EXPECT_EQ(look("host"), 1);
  const testing::TestFolder folder;
  const auto secret = folder.write("secret", "master key");
  chmod(secret.c_str(), 0600);
  EXPECT_NE(look("read", secret.string()), 0);
  EXPECT_NE(look("write", (folder.path / "new").string()), 0);
  if (geteuid() == 0) EXPECT_NE(look("user"), 0);
  EXPECT_EQ(misbehave("connect"), "worker.crashed");
  EXPECT_EQ(misbehave("exec"), "worker.crashed");
}

TEST_F(ForkedWorkerTest, KnowsNothingOfTheEnvironment) {
  setenv("SOMEBODYS_PASSWORD", "secret", 1);
  const char* text = getenv("SOMEBODYS_PASSWORD");
  start(forking());
  // A forked process has its memory where its parent has it.
  const auto address = static_cast<std::int64_t>(reinterpret_cast<std::intptr_t>(text));
  EXPECT_EQ(probe().look({"byte", address, {}}).number, 0);
  EXPECT_STREQ(text, "secret");
  unsetenv("SOMEBODYS_PASSWORD");
}

TEST_F(ForkedWorkerTest, HasNoDescriptorsOfThisProcess) {
  const testing::TestFolder folder;
  const auto file = folder.write("secret", "master key");
  const UniqueFd open_file(open(file.c_str(), O_RDONLY));  // without O_CLOEXEC
  ASSERT_GE(open_file.get(), 3);
  const int high = fcntl(open_file.get(), F_DUPFD, 50);
  start(forking());
  EXPECT_EQ(probe().look({"descriptor", high, {}}).number, EBADF);
  close(high);
}

TEST_F(ForkedWorkerTest, WhatItDiesOfIsAnErrorAndTheNextCallWorks) {
  PluginSettings settings = forking();
  settings.worker_deadline_s = 3;
  start(settings);
  for (const char* how : {"crash", "abort", "exit"}) {
    EXPECT_EQ(misbehave(how), "worker.crashed") << how;
    EXPECT_EQ(probe().echo({"still", 0, {}}).text, "still||");
  }
  EXPECT_EQ(misbehave("memory"), "worker.memory");
  EXPECT_EQ(misbehave("hang"), "worker.timeout");
  EXPECT_EQ(misbehave("noise"), "none");
  EXPECT_EQ(probe().echo({"still", 0, {}}).text, "still||");
}

TEST_F(ForkedWorkerTest, AKilledOneIsReplaced) {
  start(forking());
  ASSERT_EQ(kill(static_cast<pid_t>(look("pid")), SIGKILL), 0);
  EXPECT_EQ(probe().echo({"still", 0, {}}).text, "still||");
}

TEST_F(ForkedWorkerTest, IsNotForkedBesideOtherThreads) {
  std::promise<void> done;
  std::thread other([waiting = done.get_future()] { waiting.wait(); });
  start(forking());
  EXPECT_FALSE(is_child_of_this_process());
  host_.reset();
  done.set_value();
  other.join();
}

}  // namespace
}  // namespace cinnabar::kernel
