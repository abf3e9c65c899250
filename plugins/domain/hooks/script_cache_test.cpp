// Which version of a script a request gets.
#include "script_cache.hpp"

#include "lua/globals.hpp"

#include <cinnabar/error.hpp>

#include <gtest/gtest.h>

namespace cinnabar::hooks {
namespace {

std::string source_of(const std::string& point) {
  return "return { api = 1, hooks = { ['" + point + "'] = function() end } }";
}

class ScriptCacheTest : public testing::Test {
 protected:
  // The hook of the version that a request of that epoch gets; empty: no script.
  std::string at(std::int64_t epoch, const std::string& owner = "ent_a") {
    const auto state = cache_.state(owner, epoch, [&] {
      ++hashes_read_;
      return OwnerState{active_};
    });
    const auto script = cache_.script(state->active, [&](const std::string& hash) {
      ++sources_read_;
      return load_script(source_of(hash));
    });
    return script ? script->hooks.at(0) : "";
  }

  ScriptCache cache_;
  std::string active_ = "one";
  int hashes_read_ = 0, sources_read_ = 0;
};

TEST_F(ScriptCacheTest, AsksOnceAnEpoch) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(at(1), "one");
  EXPECT_EQ(hashes_read_, 1);
  EXPECT_EQ(sources_read_, 1);
}

TEST_F(ScriptCacheTest, NewEpochGetsTheNewVersionAndOldRequestsKeepTheirs) {
  EXPECT_EQ(at(1), "one");
  active_ = "two";
  EXPECT_EQ(at(2), "two");
  EXPECT_EQ(at(1), "one");
  EXPECT_EQ(at(2), "two");
  EXPECT_EQ(hashes_read_, 2);
}

TEST_F(ScriptCacheTest, EpochThatChangedSomethingElseCompilesNothing) {
  EXPECT_EQ(at(1), "one");
  EXPECT_EQ(at(2), "one");
  EXPECT_EQ(hashes_read_, 2);
  EXPECT_EQ(sources_read_, 1);
}

TEST_F(ScriptCacheTest, NoScriptIsRememberedToo) {
  active_ = "";
  EXPECT_EQ(at(1), "");
  EXPECT_EQ(at(1), "");
  EXPECT_EQ(hashes_read_, 1);
  EXPECT_EQ(at(1, "ent_b"), "");
  EXPECT_EQ(hashes_read_, 2);
}

TEST(Script, HandlesWhatItHasAFunctionFor) {
  const Script script = load_script(source_of("p"));
  EXPECT_TRUE(script.handles("p"));
  EXPECT_FALSE(script.handles("q"));
  EXPECT_EQ(script.hash.size(), 64u);
  // What cannot be loaded might have had one: the gate must notice.
  EXPECT_TRUE(load_script("return {").handles("q"));
}

TEST(Script, NamesTheFirstGlobalThatNobodySets) {
  const auto unknown = [](const std::string& body) {
    return unknown_global(
        load_script("return { api = 1, hooks = { p = function(ctx)\n" + body + "\nend } }"));
  };
  const auto fault = unknown("local n = #ctx\n  if n > 1 then\n    pritn(n)\n  end");
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->line, 4);
  EXPECT_EQ(fault->message, "there is no global 'pritn'; perhaps 'print' is meant");
  EXPECT_FALSE(unknown("local f = function() return json.encode(ctx) end print(f())"));
  EXPECT_FALSE(unknown("total = 1; return allow { set = { x = total } }"));
  EXPECT_TRUE(unknown("return os.time()"));
  // Behind constants of every kind, in a function of a function.
  EXPECT_EQ(unknown("local d = [[" + std::string(300, 'x') +
                    "]]\nlocal f = function() return function() return d, 2.5, 7, missing end end")
                ->line,
            3);
}

// Bytecode of another process may have been made by anybody.
TEST(Script, BytecodeOfFunctionsWithinFunctionsWithoutEndIsRefused) {
  std::string bytes = load_script(source_of("p")).bytecode.substr(0, 32);  // the header
  // A function of nothing but one more function.
  const std::string level("\x80\x80\x80\0\0\0\x80\x80\x80\x81", 10);
  for (int i = 0; i < 200'000; ++i) bytes += level;
  EXPECT_THROW(lua::globals_of(bytes), Error);
}

}  // namespace
}  // namespace cinnabar::hooks
