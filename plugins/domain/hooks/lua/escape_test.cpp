// The escape suite: scripts that try to get out. escapes/*.lua holds them, one body of a hook each
// below a line "--- what it tries". Data, so that an attack needs no compiler.
#include "sandbox.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace cinnabar::lua {
namespace {

struct Attempt {
  std::string what;
  std::string body;
};

std::vector<Attempt> attempts_in(const std::string& name) {
  const auto path = std::filesystem::path(__FILE__).parent_path().parent_path() / "escapes" / name;
  std::vector<Attempt> out;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("--- "))
      out.push_back({line.substr(4), {}});
    else if (!out.empty())
      out.back().body += line + "\n";
  }
  return out;
}

// One attempt, as a hook of a script; leak(value) tells that it got something.
Result attempt(const Attempt& what, const Limits& limits) {
  const Compiled compiled =
      compile("return { api = 1, hooks = { p = function(ctx)\n"
              "local function leak(value) return deny('leak', tostring(value)) end\n" +
              what.body + "\nend } }");
  EXPECT_FALSE(compiled.fault) << what.what << ": " << compiled.fault->message;
  const Json data =
      Json::object().set("text", "x").set("list", Json::array().add(1).add(2).add(3));
  return run(compiled.bytecode, {"p", data, 42, 1, std::nullopt, {}}, limits);
}

bool shows_an_address(const std::string& text) { return text.find("0x") != std::string::npos; }

// The clock stops the few attempts whose single instructions take long. How soon it does is the
// machine's, and is not looked at here: that they are stopped, and what was counted by then, is.
constexpr Limits kLimits{200'000, 1'000'000, 8 << 20, 1 << 20, 256 << 10, 50'000};
// The budget is looked at every so many instructions, and a run that is over unwinds with few.
constexpr std::int64_t kUnwindingMax = 1'000;

TEST(Escape, NothingIsReached) {
  const auto all = attempts_in("reach.lua");
  EXPECT_GE(all.size(), 90u);
  for (const Attempt& one : all)
    for (int times = 0; times < 2; ++times) {  // twice: what the first run left must be gone
      const Result result = attempt(one, kLimits);
      EXPECT_NE(result.code, "leak") << one.what << ": " << result.text;
      std::string said = result.fault ? result.fault->message : std::string();
      for (const std::string& line : result.log) said += line;
      EXPECT_FALSE(shows_an_address(said)) << one.what << ": " << said;
    }
}

TEST(Escape, NothingOverrunsItsLimits) {
  const auto all = attempts_in("overrun.lua");
  EXPECT_GE(all.size(), 100u);
  for (const Attempt& one : all) {
    const Result result = attempt(one, kLimits);
    EXPECT_EQ(result.outcome, Outcome::failed) << one.what;
    EXPECT_TRUE(result.fault) << one.what;
    EXPECT_LE(result.usage.instructions, kLimits.instructions + kUnwindingMax) << one.what;
    EXPECT_LE(result.usage.memory, kLimits.memory) << one.what;
    EXPECT_LE(result.log.size(), kLogLinesMax + 1) << one.what;
  }
}

TEST(Escape, NothingTakesEffectAfterALimitWasBroken) {
  const auto all = attempts_in("effect.lua");
  EXPECT_GE(all.size(), 15u);
  for (const Attempt& one : all) {
    const Result result = attempt(one, kLimits);
    EXPECT_EQ(result.outcome, Outcome::failed) << one.what;
    ASSERT_TRUE(result.fault) << one.what;
    EXPECT_NE(result.fault->stop, Stop::none) << one.what << ": " << result.fault->message;
    EXPECT_TRUE(result.set.empty()) << one.what;
    EXPECT_TRUE(result.commands.empty()) << one.what;
  }
}

}  // namespace
}  // namespace cinnabar::lua
