// Plugins in processes of their own: what they may do, and what happens when they misbehave.
#include "worker_fixture.hpp"

#include "kernel/plugin/process_breaker.hpp"
#include "kernel/plugin/process_pool.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <atomic>
#include <csignal>
#include <future>
#include <map>

namespace cinnabar::kernel {
namespace {

TEST_F(WorkerTest, CarriesTextNumbersAndBytes) {
  start();
  const ProbeResult result = probe().echo({"hello", 7, Bytes(std::string("a\0b", 3))});
  EXPECT_EQ(result.text, "hello||");
  EXPECT_EQ(result.number, 7);
  EXPECT_EQ(result.bytes.view(), std::string_view("a\0b", 3));
}

TEST_F(WorkerTest, CarriesBytesThatDoNotFitIntoADatagram) {
  start();
  std::string large(5'000'000, 'x');
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>(i * 31 % 251);
  EXPECT_EQ(probe().echo({"", 0, Bytes(large)}).bytes.view(), large);
}

TEST_F(WorkerTest, TellsTheBusinessClock) {
  start();
  clocks_.advance(3'600'000);
  EXPECT_NEAR(static_cast<double>(look("clock")), 3'600'000, 5);
}

TEST_F(WorkerTest, RefusalsComeBackAsTheyAreAndKeepTheWorker) {
  start();
  const std::int64_t pid = look("pid");
  try {
    probe().misbehave({"refuse", 0, {}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "probe.refused");
    EXPECT_EQ(error.pointer(), "/what");
  }
  EXPECT_EQ(look("pid"), pid);
}

TEST_F(WorkerTest, FailuresRetireTheWorker) {
  start();
  const std::int64_t pid = look("pid");
  EXPECT_EQ(misbehave("fail"), "internal");
  EXPECT_NE(look("pid"), pid);
}

TEST_F(WorkerTest, ACrashIsAnErrorAndTheNextCallWorks) {
  start();
  for (const char* how : {"crash", "abort", "exit"}) {
    EXPECT_EQ(misbehave(how), "worker.crashed") << how;
    EXPECT_EQ(probe().echo({"still", 0, {}}).text, "still||");
  }
}

TEST_F(WorkerTest, AHangIsCutOffAtTheDeadline) {
  PluginSettings settings = fixture_settings();
  settings.worker_deadline_s = 1;
  start(settings);
  const std::int64_t begin = clocks_.real_ms();
  EXPECT_EQ(misbehave("hang"), "worker.timeout");
  EXPECT_LT(clocks_.real_ms() - begin, 3'000);
  EXPECT_EQ(probe().echo({"still", 0, {}}).text, "still||");
}

TEST_F(WorkerTest, ACallersDeadlineCutsEarlier) {
  start();
  try {
    probe(clocks_.real_ms() + 300).misbehave({"hang", 0, {}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "worker.timeout");
  }
}

TEST_F(WorkerTest, OnlyAFewWaitWhileTheWorkIsSlow) {
  start();
  const int kWaitingMax = Patience{}.slow_waiting_max;
  const auto end_of = [this](const char* what, std::int64_t patience_ms) -> std::string {
    try {
      const auto caller = probe(clocks_.real_ms() + patience_ms);
      std::string(what) == "hang" ? caller.misbehave({what, 0, {}}) : caller.echo({what, 0, {}});
      return "none";
    } catch (const Error& error) {
      return error.code();
    }
  };
  std::vector<std::future<std::string>> slow, quick;
  for (int i = 0; i < 2; ++i)  // every worker that there is
    slow.push_back(std::async(std::launch::async, end_of, "hang", 5'000));
  while (end_of("quick", 20) != "worker.busy") continue;
  constexpr int kTooMany = 5;
  for (int i = 0; i < kWaitingMax + kTooMany; ++i)
    quick.push_back(std::async(std::launch::async, end_of, "quick", 10'000));
  std::map<std::string, int> ends;
  for (auto& one : quick) ++ends[one.get()];
  for (auto& one : slow) EXPECT_EQ(one.get(), "worker.timeout");
  EXPECT_EQ(ends["worker.busy"], kTooMany);
  EXPECT_EQ(ends["none"], kWaitingMax);
}

TEST_F(WorkerTest, WhoFailsAgainAndAgainRestsAndNobodyElseDoes) {
  start();
  for (int i = 0; i < CircuitBreaker::kFailuresMax; ++i)
    EXPECT_EQ(misbehave("crash"), "worker.crashed") << i;
  EXPECT_EQ(misbehave("crash"), "worker.resting");
  const auto other = std::make_shared<ProbeCaller>(*host_, clocks_, "ent_other");
  EXPECT_EQ(Client<Probe>(other).echo({"still", 0, {}}).text, "still|ent_other|");
  EXPECT_EQ(misbehave("crash"), "worker.resting");
}

TEST(CircuitBreaker, TriesOneCallAfterEachRestAndRestsLongerUntilItIsAnswered) {
  using Outcome = CircuitBreaker::Outcome;
  CircuitBreaker breaker;
  std::int64_t now_ms = 1'000;
  for (int i = 0; i < CircuitBreaker::kFailuresMax; ++i) {
    EXPECT_EQ(breaker.begin("a", now_ms), 0);
    breaker.ended("a", Outcome::failed, now_ms);
  }
  EXPECT_EQ(breaker.begin("a", now_ms), CircuitBreaker::kRestFirstMs);
  EXPECT_EQ(breaker.begin("b", now_ms), 0);
  now_ms += CircuitBreaker::kRestFirstMs;
  EXPECT_EQ(breaker.begin("a", now_ms), 0);
  EXPECT_GT(breaker.begin("a", now_ms), 0) << "one call at a time is tried";
  breaker.ended("a", Outcome::failed, now_ms);
  EXPECT_EQ(breaker.begin("a", now_ms), 2 * CircuitBreaker::kRestFirstMs);
  now_ms += 2 * CircuitBreaker::kRestFirstMs;
  EXPECT_EQ(breaker.begin("a", now_ms), 0);
  breaker.ended("a", Outcome::none, now_ms);  // it was not the plugin's doing
  EXPECT_EQ(breaker.begin("a", now_ms), 0);
  breaker.ended("a", Outcome::answered, now_ms);
  EXPECT_EQ(breaker.begin("a", now_ms), 0);
  EXPECT_EQ(breaker.begin("a", now_ms), 0);
}

TEST_F(WorkerTest, CallsWhatItsManifestRequiresForTheEnterpriseOfTheCall) {
  start();
  const ProbeResult allowed = probe().look({"ask", 0, Bytes(std::string("cinnabar.bindings/1"))});
  EXPECT_EQ(allowed.number, CINNABAR_OK);
  EXPECT_NE(allowed.text.find("\"probe\""), std::string::npos) << allowed.text;
  const ProbeResult other = probe().look({"ask", 0, Bytes(std::string("test.probe/1"))});
  EXPECT_NE(other.text.find("plugin.call_forbidden"), std::string::npos) << other.text;
  const ProbeResult foreign = probe().look({"ask for another", 0, {}});
  EXPECT_NE(foreign.text.find("plugin.call_forbidden"), std::string::npos) << foreign.text;
}

// A plugin with the permission "network".
class OnlineWorkerTest : public WorkerTest {
 protected:
  void SetUp() override {
    std::filesystem::copy(std::filesystem::path(FIXTURES) / "test.probe", folder_.path / "probe");
    std::ifstream in(folder_.path / "probe" / "plugin.json");
    const Json manifest = from_json<Json>(std::string(std::istreambuf_iterator<char>(in), {}));
    Json online = manifest;
    online.set("permissions", Json::array().add("network"));
    folder_.write("probe/plugin.json", to_json(online));
    PluginSettings settings = fixture_settings();
    settings.folders = {folder_.path};
    start(settings);
  }
  testing::TestFolder folder_;
};

TEST_F(OnlineWorkerTest, ConnectsAndHasThreadsButNeitherListensNorForksNorReachesLocalSockets) {
  const UniqueFd server(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  socklen_t size = sizeof address;
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(bind(server.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(listen(server.get(), 1), 0);
  ASSERT_EQ(getsockname(server.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  EXPECT_EQ(probe().look({"port", ntohs(address.sin_port), {}}).number, 0);
  EXPECT_EQ(probe().look({"ask on a thread", 0, {}}).number, CINNABAR_OK);
  EXPECT_NE(look("local socket"), 0);
  EXPECT_NE(look("fork"), 0);
  EXPECT_NE(look("code"), 0);
  EXPECT_NE(look("write", (folder_.path / "new").string()), 0);
  EXPECT_EQ(misbehave("exec"), "worker.crashed");
  try {
    look("listen");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "worker.crashed");
  }
}

TEST_F(WorkerTest, MemoryIsLimited) {
  start();
  EXPECT_EQ(misbehave("memory"), "worker.memory");
  EXPECT_EQ(probe().echo({"still", 0, {}}).text, "still||");
}

TEST_F(WorkerTest, HasNoNetworkNoProcessesNoNewCode) {
  start();
  EXPECT_NE(look("socket"), 0);
  EXPECT_NE(look("fork"), 0);
  EXPECT_NE(look("code"), 0);
  EXPECT_EQ(misbehave("connect"), "worker.crashed");
  EXPECT_EQ(misbehave("exec"), "worker.crashed");
}

TEST_F(WorkerTest, CannotReachTheServersFiles) {
  start();
  const testing::TestFolder folder;
  const auto secret = folder.write("secret", "master key");
  chmod(secret.c_str(), 0600);
  EXPECT_NE(look("read", secret.string()), 0);
  EXPECT_NE(look("write", (folder.path / "new").string()), 0);
  EXPECT_FALSE(std::filesystem::exists(folder.path / "new"));
}

TEST_F(WorkerTest, RunsAsAnotherUserWhenStartedAsRoot) {
  start();
  if (geteuid() != 0) GTEST_SKIP() << "not root";
  EXPECT_NE(look("user"), 0);
}

TEST_F(WorkerTest, TheHostOffersNoKeysThere) {
  start();
  EXPECT_EQ(look("host"), 1);
}

TEST_F(WorkerTest, ServesAsManyCallsAtOnceAsThereMayBeWorkersAndQueuesTheRest) {
  start();
  std::vector<std::future<std::string>> calls;
  for (int i = 0; i < 12; ++i)
    calls.push_back(std::async(std::launch::async, [&, i] {
      return probe().echo({std::to_string(i), 0, {}}).text;
    }));
  for (int i = 0; i < 12; ++i)
    EXPECT_EQ(calls[static_cast<std::size_t>(i)].get(), std::to_string(i) + "||");
}

TEST_F(WorkerTest, AKilledWorkerIsReplaced) {
  start();
  const std::int64_t pid = look("pid");
  ASSERT_EQ(kill(static_cast<pid_t>(pid), SIGKILL), 0);
  EXPECT_EQ(probe().echo({"still", 0, {}}).text, "still||");
}

TEST_F(WorkerTest, AKilledZygoteIsStartedAgain) {
  start();
  std::ifstream stat("/proc/" + std::to_string(look("pid")) + "/stat");
  std::string word;
  for (int i = 0; i < 4; ++i) stat >> word;  // the parent's id is the fourth
  ASSERT_EQ(kill(std::stoi(word), SIGKILL), 0);
  std::string text;
  for (int attempt = 0; attempt < 100 && text.empty(); ++attempt) try {
      text = probe().echo({"again", 0, {}}).text;
    } catch (const Error& error) {
      // The call that meets the dying process, and those within the pause before the next start.
      EXPECT_TRUE(error.code() == "worker.crashed" || error.code() == "worker.unavailable")
          << error.what();
      std::this_thread::yield();
      struct timespec pause {
        0, 50'000'000
      };
      nanosleep(&pause, nullptr);
    }
  EXPECT_EQ(text, "again||");
}

TEST_F(WorkerTest, TheOwnersAndTheInstallationsConfigurationReachTheWorker) {
  PluginSettings settings = fixture_settings();
  settings.configs["test.probe"] = Json::object().set("greeting", "hi");
  start(settings);
  EXPECT_EQ(probe().echo({"x", 0, {}}).text, "x||{\"greeting\":\"hi\"}");
}

TEST_F(WorkerTest, NoiseDoesNotStopIt) {
  start();
  EXPECT_EQ(misbehave("noise"), "none");
}

TEST_F(WorkerTest, CountsCallsAndErrors) {
  start();
  probe().echo({"x", 0, {}});
  misbehave("crash");
  misbehave("fail");
  for (const PluginCounters& counters : host_->counters())
    if (counters.plugin == "test.probe") {
      EXPECT_EQ(counters.calls, 3u);
      EXPECT_EQ(counters.errors, 1u);
    }
}

}  // namespace
}  // namespace cinnabar::kernel
