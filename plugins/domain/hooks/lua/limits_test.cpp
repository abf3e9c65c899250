// Whatever a script does, it is stopped within its limits and the process goes on. The wall bounds
// are generous: they only tell "stopped" from "ran for as long as it liked".
#include "sandbox.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace cinnabar::lua {
namespace {

// Far beyond what a sanitised build on a busy machine takes.
constexpr auto kWallMax = std::chrono::seconds(60);

// What is counted must suffice, the same on every machine: the clock plays no part. Smaller than
// in production only to keep the tests short.
constexpr Limits kCountedOnly{200'000, 1'000'000, 4 << 20, 1 << 20, 256 << 10, 3'600'000'000};

Result run_body(const std::string& body, const Limits& limits = {}, Json data = Json::object()) {
  const Compiled compiled =
      compile("return { api = 1, hooks = { p = function(ctx)\n" + body + "\nend } }");
  if (compiled.fault) {
    Result result;
    result.fault = compiled.fault;
    return result;
  }
  return run(compiled.bytecode, Input{"p", std::move(data), 0, 1, {}}, limits);
}

struct Case {
  const char* name;
  const char* body;
  std::vector<Stop> stops;  // any of these is right; empty: an ordinary error, or none
};

class Slow : public testing::TestWithParam<Case> {};

TEST_P(Slow, IsStoppedByTheClock) {
  const auto start = std::chrono::steady_clock::now();
  const Result result = run_body(GetParam().body);
  EXPECT_LT(std::chrono::steady_clock::now() - start, kWallMax);
  ASSERT_TRUE(result.fault);
  EXPECT_NE(std::find(GetParam().stops.begin(), GetParam().stops.end(), result.fault->stop),
            GetParam().stops.end());
  EXPECT_LT(result.usage.cpu_us, 5'000'000);
}

class Attack : public testing::TestWithParam<Case> {};

TEST_P(Attack, IsStoppedWithinItsLimit) {
  const auto start = std::chrono::steady_clock::now();
  const Result result = run_body(GetParam().body, kCountedOnly);
  EXPECT_LT(std::chrono::steady_clock::now() - start, kWallMax);
  EXPECT_LE(result.usage.memory, kCountedOnly.memory);
  EXPECT_LE(result.usage.instructions, kCountedOnly.instructions + 1000);
  if (GetParam().stops.empty()) return;
  ASSERT_TRUE(result.fault) << "the script ended by itself";
  EXPECT_EQ(result.outcome, Outcome::failed);
  EXPECT_NE(std::find(GetParam().stops.begin(), GetParam().stops.end(), result.fault->stop),
            GetParam().stops.end())
      << "stopped by " << name_of(result.fault->stop) << ": " << result.fault->message;
}

const std::vector<Stop> kCounted{Stop::instructions};
const std::vector<Stop> kWork{Stop::instructions, Stop::steps};
const std::vector<Stop> kSpace{Stop::memory, Stop::string_size};
const std::vector<Stop> kAny{Stop::instructions, Stop::steps, Stop::memory, Stop::string_size,
                             Stop::output_size};

const Case kLoops[] = {
    {"plain_loop", "while true do end", kCounted},
    {"goto_loop", "::again:: goto again", kCounted},
    {"for_loop", "for i = 1, math.maxinteger do end", kCounted},
    {"loop_in_pcall", "while true do pcall(function() while true do end end) end", kCounted},
    {"pcall_of_pcall", "while true do pcall(pcall, pcall, error) end", kWork},
    {"loop_in_error_handler", "xpcall(error, function() while true do end end) while true do end",
     kCounted},
    {"error_handler_that_fails",
     "local function bad() error('x') end while true do xpcall(bad, bad) end", kAny},
    {"error_handler_that_recurses",
     "local function h() return xpcall(error, h) end while true do xpcall(error, h) end", kAny},
    {"loop_in_close",
     "local x <close> = setmetatable({}, {__close = function() while true do end end}) "
     "while true do end",
     kCounted},
    {"many_closes",
     "local function f() local x <close> = setmetatable({}, {__close = function() "
     "while true do end end}) return f() end while true do pcall(f) end",
     kAny},
    {"loop_in_index_function",
     "return setmetatable({}, {__index = function() while true do end end}).x", kCounted},
    {"recursive_index",
     "local t = setmetatable({}, {}) setmetatable(t, {__index = function(_, k) return t[k] end}) "
     "while true do pcall(function() return t.x end) end",
     kAny},
    {"endless_ipairs",
     "for _ in ipairs(setmetatable({}, {__index = function() return 1 end})) do end", kCounted},
    {"endless_pairs",
     "for _ in pairs(setmetatable({}, {__pairs = function() "
     "return function() return 1 end end})) do end",
     kCounted},
    {"iterator_in_c", "for _ in function() return 1 end do end", kCounted},
    {"metamethod_recursion",
     "local t = setmetatable({}, {}) setmetatable(t, {__add = function(a, b) return a + b end}) "
     "while true do pcall(function() return t + t end) end",
     kAny},
    {"deep_recursion", "local function f() return 1 + f() end while true do pcall(f) end", kAny},
    {"deep_tostring_recursion",
     "local t t = setmetatable({}, {__tostring = function() return tostring(t) end}) "
     "while true do pcall(tostring, t) end",
     kAny},
    {"tail_calls", "local function f() return f() end return f()", kCounted},
};

const Case kLibrary[] = {
    {"pattern_of_lazy_items", "return ('a'):rep(200):find('.-.-.-.-.-.-b')", kWork},
    {"pattern_of_options", "return ('a'):rep(30):find(('a?'):rep(30) .. ('a'):rep(30))", kWork},
    {"pattern_in_pcall", "while true do pcall(string.find, ('a'):rep(5000), '.-.-.-b') end", kWork},
    {"pattern_greedy", "return ('a'):rep(1000000):find('.*.*.*b')", kWork},
    {"pattern_balance", "return ('('):rep(1000000):find('%b()')", kWork},
    {"pattern_back_reference", "return ('a'):rep(100000):find('(.*)%1b')", kWork},
    {"gmatch_forever", "for _ in ('a'):rep(1000000):gmatch('.-') do end", kWork},
    {"gsub_callback_loop", "return ('aaa'):gsub('a', function() while true do end end)", kCounted},
    {"gsub_grows", "return ('a'):rep(1000000):gsub('a', ('b'):rep(1000))", kAny},
    {"gsub_of_pcall", "while true do ('a'):rep(1000):gsub('a', pcall) end", kWork},
    {"gsub_table_index_loop",
     "return ('aaa'):gsub('a', setmetatable({}, {__index = function() while true do end end}))",
     kCounted},
    {"table_move_far", "table.move({}, 1, 1 << 40, 2)", {Stop::steps}},
    {"table_move_whole_range", "table.move({}, math.mininteger, math.maxinteger, 1)", kAny},
    {"table_insert_lying_length",
     "while true do table.insert(setmetatable({}, {__len = function() return 1 << 40 end}), 1, 2) "
     "end",
     kWork},
    {"table_insert_in_front", "local t = {} while true do table.insert(t, 1, 1) end", kAny},
    {"table_concat_lying_length",
     "while true do table.concat(setmetatable({}, {__len = function() return 1 << 40 end})) end",
     kWork},
    {"table_concat_far", "table.concat({}, '', 1, 1 << 40)", {Stop::steps}},
    {"sort_comparator_loop", "table.sort({3, 2, 1}, function() while true do end end)", kCounted},
    {"sort_contradicting_comparator",
     "local t = {} for i = 1, 20000 do t[i] = i end "
     "while true do table.sort(t, function() return true end) end",
     kWork},
    {"sort_of_pcall", "while true do table.sort({3, 2, 1, 4, 5, 6}, pcall) end", kWork},
    {"string_rep_of_nothing", "while true do (''):rep(1 << 62) end", kWork},
    {"string_rep_huge", "return ('a'):rep(1 << 30)", {Stop::string_size}},
    {"string_rep_overflow", "return ('ab'):rep(1 << 62, 'cd')", {Stop::string_size}},
    {"utf8_len_repeated", "local s = ('a'):rep(1000000) while true do utf8.len(s) end", kWork},
    {"tonumber_repeated", "local s = ('0'):rep(1000000) while true do tonumber(s) end", kWork},
    {"math_of_long_text", "local s = ('0'):rep(1000000) while true do math.floor(s) end", kWork},
    {"upper_repeated", "local s = ('a'):rep(1000000) while true do s:upper() end", kAny},
    {"print_forever", "while true do print('x') end", kWork},
};

const Case kMemory[] = {
    {"doubling_text", "local s = 'x' while true do s = s .. s end", {Stop::string_size}},
    {"concat_of_many", "local s = ('x'):rep(500000) return s .. s .. s .. s", {Stop::string_size}},
    {"growing_table", "local t = {} for i = 1, 1 << 40 do t[i] = i end", kAny},
    {"growing_texts",
     "local t = {} for i = 1, 1 << 40 do t[i] = ('x'):rep(100000) .. i end",
     {Stop::memory}},
    {"memory_in_pcall",
     "local t = {} while true do pcall(function() for i = 1, 100 do t[#t + 1] = ('x'):rep(100000) "
     ".. i end end) end",
     {Stop::memory}},
    {"memory_in_error_handler",
     "local t = {} while true do xpcall(error, function() for i = 1, 100 do t[#t + 1] = "
     "('x'):rep(90000) .. i end end) end",
     {Stop::memory}},
    {"many_closures", "local t while true do local u = t t = function() return u end end", kAny},
    {"constructor", "local function f(...) return {...}, f(..., ...) end return f(1)", kAny},
    {"unpack_much",
     "local t = table.move({1}, 1, 1, 8000) while true do local _ = {table.unpack(t, 1, 8000)} end",
     kAny},
    {"garbage", "while true do local _ = ('x'):rep(100000) .. 'y' end", kAny},
    {"format_long", "local s = ('x'):rep(1000000) return string.format('%s%s%s', s, s, s)", kSpace},
    {"pack_long", "return string.pack(('s8'):rep(1000), table.unpack({}, 1, 1))", {}},
};

const Case kOutput[] = {
    {"large_output",
     "return allow { commands = {{ name = ('x'):rep(500000) }} }",
     {Stop::output_size}},
    {"many_outputs",
     "local c = {} for i = 1, 60000 do c[i] = { name = 'x' } end return allow { commands = c }",
     kAny},
    {"cyclic_output",
     "local c = {} c.arguments = c c.name = 'x' return allow { commands = {c} }",
     {}},
    {"deep_output",
     "local c = {} for i = 1, 100000 do c = {c} end return allow { commands = {c} }",
     {}},
    {"format_of_great_width", "return string.format('%99999999d', 1)", {}},
    {"format_of_great_precision", "return string.format('%.99999999f', 1)", {}},
};

// Instructions that take unusually long are left to the CPU clock, looked at every so often.
const std::vector<Stop> kTimed{Stop::cpu, Stop::instructions};
const Case kSlow[] = {
    {"long_index_chain",
     "local t = {} for i = 1, 1900 do t = setmetatable({}, {__index = t}) end "
     "while true do local _ = t.x end",
     kTimed},
    {"compare_long_texts",
     "local a, b = ('a'):rep(1000000) .. 'x', ('a'):rep(1000000) .. 'y' "
     "while true do local _ = a < b end",
     kTimed},
    {"next_over_a_hollow_table",
     "local t = {} for i = 1, 100000 do t['k' .. i] = 1 end for k in pairs(t) do t[k] = nil end "
     "while true do next(t) end",
     kTimed},
};

std::string case_name(const testing::TestParamInfo<Case>& info) { return info.param.name; }
INSTANTIATE_TEST_SUITE_P(Loops, Attack, testing::ValuesIn(kLoops), case_name);
INSTANTIATE_TEST_SUITE_P(Library, Attack, testing::ValuesIn(kLibrary), case_name);
INSTANTIATE_TEST_SUITE_P(Memory, Attack, testing::ValuesIn(kMemory), case_name);
INSTANTIATE_TEST_SUITE_P(Instructions, Slow, testing::ValuesIn(kSlow), case_name);
INSTANTIATE_TEST_SUITE_P(Output, Attack, testing::ValuesIn(kOutput), case_name);

TEST(Limits, FinalisersAndWeakTablesCannotBeMade) {
  for (const char* field : {"__gc", "__mode", "__metatable"}) {
    const Result result =
        run_body("setmetatable({}, {['" + std::string(field) + "'] = function() end})");
    ASSERT_TRUE(result.fault);
    EXPECT_NE(result.fault->message.find(field), std::string::npos) << result.fault->message;
  }
}

TEST(Limits, FinaliserAddedAfterwardsNeverRuns) {
  const Result result = run_body(
      "local mt = {} local keep = {} "
      "for i = 1, 1000 do setmetatable({}, mt) end "
      "mt.__gc = function() while true do end end mt.__mode = 'k' "
      "getmetatable(setmetatable({}, {})).__gc = function() while true do end end "
      "for i = 1, 20000 do keep[i % 10 + 1] = {i} end");
  EXPECT_FALSE(result.fault) << result.fault->message;
  EXPECT_EQ(result.outcome, Outcome::allowed);
}

TEST(Limits, EndlessLoopWhileLoadingIsStopped) {
  const Compiled compiled = compile("while true do end return { api = 1, hooks = {} }");
  ASSERT_FALSE(compiled.fault);
  const Bundle bundle = inspect(compiled.bytecode);
  ASSERT_TRUE(bundle.fault);
  EXPECT_EQ(bundle.fault->stop, Stop::instructions);
}

TEST(Limits, SameScriptStopsAtTheSamePlace) {
  const char* body = "local n = 0\nwhile true do\nn = n + 1\nend";
  const Limits limits{10'000, 5'000'000, 16'000'000, 1'000'000, 1'000'000, 60'000'000};
  const Result first = run_body(body, limits), second = run_body(body, limits);
  EXPECT_EQ(first.usage.instructions, second.usage.instructions);
  EXPECT_EQ(first.usage.memory, second.usage.memory);
  EXPECT_EQ(first.fault->line, second.fault->line);
  EXPECT_GT(first.fault->line, 1);
}

TEST(Limits, CancellingFromOutsideStops) {
  const Compiled compiled =
      compile("return { api = 1, hooks = { p = function() while true do end end } }");
  const std::atomic<bool> cancelled{true};
  const Result result =
      run(compiled.bytecode, Input{"p", Json::object(), 0, 1, {}}, {}, &cancelled);
  ASSERT_TRUE(result.fault);
  EXPECT_EQ(result.fault->stop, Stop::cancelled);
}

TEST(Limits, CpuTimeStopsWhatCountingDoesNot) {
  const Limits limits{INT64_MAX / 2, INT64_MAX / 2, 16'000'000, 1'000'000, 1'000'000, 20'000};
  const Result result = run_body("while true do end", limits);
  ASSERT_TRUE(result.fault);
  EXPECT_EQ(result.fault->stop, Stop::cpu);
  EXPECT_LT(result.usage.cpu_us, 2'000'000);
}

TEST(Limits, InputThatIsTooLargeIsRefusedBeforeTheRun) {
  const Json one = 1;
  Json many = Json::array();
  for (int i = 0; i < 60'000; ++i) many.add(one);
  Json deep = one;
  for (int i = 0; i < 50; ++i) deep = Json::array().add(deep);
  for (const Json& data : {Json::object().set("x", many), Json::object().set("x", deep),
                           Json::object().set("x", std::string(3'000'000, 'x'))}) {
    const Result result = run_body("return allow{}", {}, data);
    ASSERT_TRUE(result.fault);
    EXPECT_NE(result.fault->message.find("input"), std::string::npos);
  }
}

TEST(Limits, SourceThatIsTooLongIsRefused) {
  EXPECT_TRUE(compile(std::string(kSourceSizeMax + 1, ' ')).fault);
}

TEST(Limits, DeeplyNestedSourceIsAnError) {
  const std::string deep(50'000, '(');
  EXPECT_TRUE(compile("return " + deep).fault);
  EXPECT_TRUE(compile("return " + std::string(50'000, '{')).fault);
  std::string blocks;
  for (int i = 0; i < 10'000; ++i) blocks += "do ";
  EXPECT_TRUE(compile(blocks).fault);
}

}  // namespace
}  // namespace cinnabar::lua
