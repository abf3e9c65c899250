// The matcher against Lua's own string library, which is the oracle, and its step count.
#include "library.hpp"
#include "pattern.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <random>

namespace cinnabar::lua {
namespace {

// Two functions over one state: Lua's own library and the guarded one.
class PatternTest : public testing::Test {
 protected:
  PatternTest()
      : budget_(Limits{INT64_MAX / 2, INT64_MAX / 2, 64 << 20, 1 << 20, 1 << 20, INT64_MAX / 2},
                nullptr) {
    state_ = lua_newstate(&Budget::allocate, &budget_);
    budget_.arm(state_);
    lua_pushcfunction(state_, luaopen_string);
    lua_call(state_, 0, 1);
    lua_setglobal(state_, "own");
    lua_newtable(state_);
    add_pattern_functions(state_);
    lua_setglobal(state_, "guarded");
  }
  ~PatternTest() override { lua_close(state_); }

  // All results of library.function(subject, pattern, third), as one text.
  std::string call(const char* library, const char* function, const std::string& subject,
                   const std::string& pattern, const std::string& third = {}) {
    lua_settop(state_, 0);
    lua_getglobal(state_, library);
    lua_getfield(state_, -1, function);
    lua_pushlstring(state_, subject.data(), subject.size());
    lua_pushlstring(state_, pattern.data(), pattern.size());
    int count = 2;
    if (std::string_view(function) == "gsub") {
      lua_pushlstring(state_, third.data(), third.size());
      ++count;
    }
    if (lua_pcall(state_, count, LUA_MULTRET, 0) != LUA_OK) return "error";
    std::string out;
    for (int i = 2; i <= lua_gettop(state_); ++i) {
      out += std::string(luaL_tolstring(state_, i, nullptr)) + "|";
      lua_pop(state_, 1);
    }
    return out;
  }
  // Lua reports some faults of a pattern only when it gets there; here they are always reported.
  void expect_same(const char* function, const std::string& subject, const std::string& pattern,
                   const std::string& third = {}) {
    const std::string ours = call("guarded", function, subject, pattern, third);
    if (ours == "error") return;
    EXPECT_EQ(ours, call("own", function, subject, pattern, third))
        << function << " of '" << subject << "' with '" << pattern << "' and '" << third << "'";
    ++compared_;
  }

  Budget budget_;
  lua_State* state_ = nullptr;
  int compared_ = 0;
};

TEST_F(PatternTest, KnownPatternsAgreeWithLua) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"hello world", "o w"},
      {"hello", "l+"},
      {"hello", "(h)(.)"},
      {"key = value", "^(%w+)%s*=%s*(%w+)$"},
      {"  trim  ", "^%s*(.-)%s*$"},
      {"f(a(b)c)d", "%b()"},
      {"THE (quick) fox", "%f[%a]%a+%f[%A]"},
      {"abcabc", "(abc)%1"},
      {"x]y", "[]]"},
      {"x-y", "[a%-]"},
      {"2024-05-06", "(%d+)-(%d+)-(%d+)"},
      {"", ""},
      {"", ".*"},
      {"", "^$"},
      {"abc", "()b()"},
      {"a.b", "%."},
      {"a$", "a$"},
      {"a$b", "$b"},
      {"a*b", "a**"},
      {"中文合同", "[\xe4-\xe9]"},
      {"x", "[^%s]"},
      {"x^", "[%^x]+"},
      {"a-z", "[a-]+"},
      {"%d", "%%d"},
      {"abc", "[a-c]-c"},
      {"aXb", "%u"},
      {std::string("a\0b", 3), "%z?a.b"},
      {"0x1F", "0[xX](%x+)"},
      {"a,b,,c", "([^,]*)"},
      {"abab", "(a)(b)%1%2"},
      {"end", "d$"}};
  for (const auto& [subject, pattern] : cases)
    for (const char* function : {"find", "match"}) expect_same(function, subject, pattern);
  EXPECT_EQ(compared_, static_cast<int>(cases.size()) * 2);
  for (const auto& [subject, pattern] : cases) expect_same("gsub", subject, pattern, "<%0>");
}

TEST_F(PatternTest, RandomPatternsAgreeWithLua) {
  const std::vector<std::string> pieces = {"a",    "b",     ".",  "%a", "%d", "[ab]",    "[^a]",
                                           "(",    ")",     "()", "*",  "+",  "-",       "?",
                                           "%b()", "%f[a]", "%1", "^",  "$",  "[a-c%d]", "%%"};
  std::mt19937 random(20240501);
  const auto pick = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  for (int round = 0; round < 20'000; ++round) {
    std::string pattern, subject;
    for (std::size_t n = 1 + pick(6); n > 0; --n) pattern += pieces[pick(pieces.size())];
    for (std::size_t n = pick(9); n > 0; --n) subject += "ab(c)1%"[pick(7)];
    expect_same("find", subject, pattern);
    expect_same("match", subject, pattern);
    expect_same("gsub", subject, pattern, pick(2) ? "<%0>" : "x%1");
  }
  EXPECT_GT(compared_, 10'000);
}

TEST_F(PatternTest, GmatchAgreesWithLua) {
  const char* script =
      "local function all(lib, s, p) local t = {} for a, b in lib.gmatch(s, p) do "
      "t[#t + 1] = a .. ':' .. (b or '') if #t > 50 then break end end "
      "local out = '' for i = 1, #t do out = out .. t[i] .. ',' end return out end "
      "for _, c in ipairs { {'one two', '%a+'}, {'k=v, l=w', '(%w+)=(%w+)'}, {'abc', ''}, {'aab', "
      "'a-'}, "
      "{'a^b', '^b'}, {'xaax', 'a*'}, {'x', '()'} } do "
      "local x, y = all(own, c[1], c[2]), all(guarded, c[1], c[2]) "
      "if x ~= y then error(c[2] .. ': ' .. x .. ' is not ' .. y) end end";
  luaL_requiref(state_, "_G", luaopen_base, 1);
  ASSERT_EQ(luaL_dostring(state_, script), LUA_OK) << lua_tostring(state_, -1);
}

TEST_F(PatternTest, FaultyPatternsAreErrors) {
  for (const char* pattern :
       {"%", "[a", "[a%", "(", "(a", ")", "%b", "%bx", "%f", "%1", "%0", "(%1)", "[", "[^"})
    EXPECT_EQ(call("guarded", "match", "abc", pattern), "error") << pattern;
  EXPECT_THROW(Pattern(std::string(kPatternSizeMax + 1, 'a')), PatternFault);
  std::string many;
  for (std::size_t i = 0; i <= kCapturesMax; ++i) many += "()";
  EXPECT_THROW(Pattern{many}, PatternFault);
}

TEST(Matcher, ChargesForEveryWayThatItTries) {
  std::int64_t steps = 0;
  const Charge charge = [&](std::int64_t n) { steps += n; };
  const std::string subject(20, 'a');
  const Pattern cheap("a+"), costly(".-.-.-b");
  Matcher(cheap, subject, charge).find_from(0);
  EXPECT_LT(steps, 60);
  steps = 0;
  EXPECT_FALSE(Matcher(costly, subject, charge).find_from(0));
  EXPECT_GT(steps, 1000);
}

TEST(Matcher, EndsWhenTheChargeThrows) {
  std::int64_t steps = 0;
  const Charge charge = [&](std::int64_t n) {
    if ((steps += n) > 100'000) throw std::length_error("enough");
  };
  const std::string subject(100'000, 'a');
  const Pattern pattern(".-.-.-.-b");
  EXPECT_THROW(Matcher(pattern, subject, charge).find_from(0), std::length_error);
}

}  // namespace
}  // namespace cinnabar::lua
