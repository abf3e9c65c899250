
#include <cinnabar/package/crash_file.hpp>
#include <cinnabar/package/crash_marks.hpp>
#include <cinnabar/testing/folder.hpp>

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>
#include <functional>

namespace cinnabar::kernel {
namespace {

using package::forget_crashes;
using package::repeated_crashes;
using package::repeated_crashes_in;
using testing::TestFolder;

constexpr std::int64_t kMinute = 60'000;

std::string marks(const std::vector<std::pair<std::int64_t, std::string>>& all) {
  std::string text;
  for (const auto& [at, plugin] : all) text += std::to_string(at) + " " + plugin + " 11\n";
  return text;
}

using Times = std::map<std::string, std::int64_t>;

TEST(CrashMarks, two_within_ten_minutes_are_repeated) {
  EXPECT_EQ(repeated_crashes(""), Times());
  EXPECT_EQ(repeated_crashes(marks({{0, "a.b"}})), Times());
  EXPECT_EQ(repeated_crashes(marks({{0, "a.b"}, {10 * kMinute, "a.b"}})),
            (Times{{"a.b", 10 * kMinute}}));
  EXPECT_EQ(repeated_crashes(marks({{0, "a.b"}, {10 * kMinute + 1, "a.b"}})), Times());
  EXPECT_EQ(repeated_crashes(marks({{0, "a.b"}, {1, "c.d"}})), Times());
  EXPECT_EQ(repeated_crashes(marks({{0, "a.b"}, {1, "c.d"}, {2, "a.b"}})), (Times{{"a.b", 2}}));
}

TEST(CrashMarks, stay_until_they_are_forgotten) {
  const std::string long_ago = marks({{0, "a.b"}, {1, "a.b"}});
  EXPECT_EQ(repeated_crashes(long_ago + marks({{100 * kMinute, "a.b"}})), (Times{{"a.b", 1}}));
}

TEST(CrashMarks, what_is_no_mark_is_passed_by) {
  for (const char* line : {"", " ", "  ", "x a.b 11", "5", "5 a.b", "99999999999999999999 a.b 11"})
    EXPECT_EQ(repeated_crashes(std::string(line) + "\n" + line + "\n"), Times()) << line;
  EXPECT_EQ(repeated_crashes("torn" + marks({{1, "a.b"}, {2, "a.b"}})), Times());
}

TEST(CrashMarks, forgetting_takes_one_plugins_marks_only) {
  TestFolder folder;
  const auto file = folder.write("crashes", marks({{0, "a.b"}, {1, "c.d"}, {2, "a.b"}}));
  EXPECT_FALSE(forget_crashes(file, "a.bb"));
  EXPECT_TRUE(forget_crashes(file, "a.b"));
  EXPECT_EQ(read_small_file(file).value(), marks({{1, "c.d"}}));
  EXPECT_FALSE(forget_crashes(file, "a.b"));
  EXPECT_FALSE(forget_crashes(folder.path / "none", "a.b"));
  EXPECT_EQ(repeated_crashes_in(folder.path / "none"), Times());
}

// Runs something in a child that watches; returns how it ended.
int child_ends(const std::filesystem::path& file, const std::function<void()>& run) {
  const pid_t pid = fork();
  if (pid == 0) {
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    package::watch_crashes(file);
    run();
    _exit(0);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  return status;
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they handle the signals

[[gnu::noinline]] int recurse(volatile int* at) {
  volatile int here[1000];
  here[0] = *at;
  return here[0] == 0 ? 0 : recurse(here) + here[0];
}

TEST(CrashMarks, a_crash_is_marked_with_who_and_when_and_ends_the_process_as_ever) {
  const std::string plugin = "com.example.trouble", inner = "com.example.inner";
  const auto in = [](const std::string& id, const std::function<void()>& run) {
    return [&id, run] {
      const package::InPlugin mark(id.c_str());
      run();
    };
  };
  volatile int* volatile nowhere = nullptr;
  volatile int one = 1;
  const auto crash = [&] { *nowhere = 1; };
  const struct {
    std::function<void()> run;
    int signal;
    std::string marked;
  } cases[] = {
      {in(plugin, crash), SIGSEGV, plugin},
      {in(plugin, [] { abort(); }), SIGABRT, plugin},
      {in(plugin, [] { raise(SIGFPE); }), SIGFPE, plugin},
      {in(plugin, [&] { recurse(&one); }), SIGSEGV, plugin},
      {in(plugin, in(inner, crash)), SIGSEGV, inner},
      {in(plugin, [&] { in(inner, [] {})(), crash(); }), SIGSEGV, plugin},
      {[&] { in(plugin, [] {})(), crash(); }, SIGSEGV, ""},
  };
  for (const auto& one_case : cases) {
    TestFolder folder;
    const auto file = folder.path / "crashes";
    const int status = child_ends(file, one_case.run);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), one_case.signal);
    const std::string text = read_small_file(file).value();
    if (one_case.marked.empty()) {
      EXPECT_EQ(text, "");
      continue;
    }
    const std::string end = one_case.marked + " " + std::to_string(one_case.signal) + "\n";
    EXPECT_TRUE(text.ends_with(" " + end)) << text;
    EXPECT_NEAR(std::stod(text), static_cast<double>(time(nullptr)) * 1000, 60'000);
    EXPECT_EQ(repeated_crashes(text + text).count(one_case.marked), 1u);
  }
}

#endif

}  // namespace
}  // namespace cinnabar::kernel
