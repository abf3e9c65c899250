// What a hook sees, what it may answer, and what is refused with which words.
#include "sandbox.hpp"

#include <cinnabar/json.hpp>

#include <gtest/gtest.h>

namespace cinnabar::lua {
namespace {

Result run_body(const std::string& body, Json data = Json::object(),
                std::vector<std::string> amends = {"/deadline", "/controls/*/value"}) {
  const Compiled compiled =
      compile("return { api = 1, hooks = { [\"p\"] = function(ctx)\n" + body + "\nend } }");
  EXPECT_FALSE(compiled.fault) << compiled.fault->message;
  Input input{"p", std::move(data), 1'714'963'200'000, 7, std::move(amends)};
  Limits limits;
  limits.cpu_us = 60'000'000;  // a busy machine is not what is tested here
  return run(compiled.bytecode, input, limits);
}

// Runs `return <expression>` and gives its text, carried out by way of a denial.
std::string value_of(const std::string& expression, Json data = Json::object()) {
  const Result result = run_body("deny('v', tostring(" + expression + ") .. '')", std::move(data));
  return result.fault ? "error: " + result.fault->message : result.text;
}

Bundle inspect_source(const std::string& source) {
  const Compiled compiled = compile(source);
  if (compiled.fault) return Bundle{0, {}, {}, compiled.fault};
  return inspect(compiled.bytecode);
}

TEST(Hook, ReturningNothingAllows) {
  const Result result = run_body("");
  EXPECT_EQ(result.outcome, Outcome::allowed);
  EXPECT_TRUE(result.handled);
  EXPECT_FALSE(result.fault);
}

TEST(Hook, PointThatTheBundleDoesNotNameIsAllowedAndNotHandled) {
  const Compiled compiled = compile("return { api = 1, hooks = { } }");
  const Result result = run(compiled.bytecode, Input{"p", Json::object(), 0, 1, {}});
  EXPECT_EQ(result.outcome, Outcome::allowed);
  EXPECT_FALSE(result.handled);
}

TEST(Hook, DenialCarriesItsOwnCodeAndText) {
  const Result result =
      run_body("if ctx.contract.amount > 10000 then return deny('amount_limit', '金额超限') end",
               Json::object().set("contract", Json::object().set("amount", 20'000)));
  EXPECT_EQ(result.outcome, Outcome::denied);
  EXPECT_EQ(result.code, "amount_limit");
  EXPECT_EQ(result.text, "金额超限");
}

TEST(Hook, DenialHoldsWithoutReturnAndThroughErrors) {
  EXPECT_EQ(run_body("deny('a', 'b')").outcome, Outcome::denied);
  EXPECT_EQ(run_body("ctx.deny('a', 'b') return allow{}").outcome, Outcome::denied);
  EXPECT_EQ(run_body("deny('a', 'b') error('x')").outcome, Outcome::denied);
  EXPECT_EQ(run_body("pcall(deny, 'a', 'b')").outcome, Outcome::denied);
  EXPECT_EQ(run_body("deny('a', 'b') while true do end").outcome, Outcome::failed);
}

TEST(Hook, DenialNeedsACodeAndAText) {
  for (const char* body :
       {"deny()", "deny('x')", "deny('', 'x')", "deny('x y', 't')", "deny('x', '')",
        "deny('x', ('t'):rep(301))", "deny('x', ('\\u{10000}'):rep(300))", "deny('x', '\\xff')",
        "deny(1, 'x')", "deny(('x'):rep(65), 'x')"})
    EXPECT_EQ(run_body(body).outcome, Outcome::failed) << body;
}

TEST(Hook, AllowSetsWhatThePointLists) {
  const Result result = run_body(
      "return allow { set = { ['/deadline'] = '2030-01-01T00:00:00Z', ['/controls/3/value'] = {1, "
      "2} },"
      " commands = { { name = 'notify', arguments = { to = 'x' } } } }");
  ASSERT_FALSE(result.fault) << result.fault->message;
  EXPECT_EQ(result.set.at("/deadline"), Json("2030-01-01T00:00:00Z"));
  EXPECT_EQ(result.set.at("/controls/3/value"), Json::array().add(1).add(2));
  ASSERT_EQ(result.commands.size(), 1u);
  EXPECT_EQ(result.commands[0].name, "notify");
  EXPECT_EQ(result.commands[0].arguments["to"].text(), "x");
}

TEST(Hook, SettingAnythingElseFailsAndNamesWhatMayBeSet) {
  for (const char* pointer : {"/name", "deadline", "/deadline/x", "/controls/3", "/controls//value",
                              "/controls/3/value/x", ""}) {
    const Result result =
        run_body("return allow { set = { ['" + std::string(pointer) + "'] = 1 } }");
    ASSERT_TRUE(result.fault) << pointer;
    EXPECT_NE(result.fault->message.find("/deadline, /controls/*/value"), std::string::npos)
        << result.fault->message;
    EXPECT_TRUE(result.set.empty());
  }
}

TEST(Hook, UnknownKeysAreRefusedWithTheKnownOnes) {
  const Result result = run_body("return allow { sets = {} }");
  ASSERT_TRUE(result.fault);
  EXPECT_NE(result.fault->message.find("allow has no 'sets'; it takes set, commands"),
            std::string::npos);
  EXPECT_TRUE(run_body("return allow { commands = { { nme = 'x', name = 'y' } } }").fault);
  EXPECT_TRUE(run_body("return require_approval { flw = 'x' }").fault);
}

TEST(Hook, ApprovalAndRouteBecomeCommands) {
  const Result approval = run_body("return require_approval { flow = 'legal', reason = 'large' }");
  ASSERT_EQ(approval.commands.size(), 1u);
  EXPECT_EQ(approval.commands[0].name, "require_approval");
  EXPECT_EQ(approval.commands[0].arguments["flow"].text(), "legal");
  EXPECT_EQ(run_body("return ctx.route('legal')").commands.at(0).arguments["to"].text(), "legal");
}

TEST(Hook, OnlyDecisionsMayBeReturned) {
  for (const char* body : {"return true", "return 'deny'", "return {}", "return { set = {} }",
                           "return 1", "return print"})
    EXPECT_EQ(run_body(body).outcome, Outcome::failed) << body;
}

TEST(Hook, DecisionThatIsNotReturnedIsAnError) {
  const Result result = run_body("allow { set = { ['/deadline'] = 'x' } }");
  ASSERT_TRUE(result.fault);
  EXPECT_NE(result.fault->message.find("return"), std::string::npos);
}

TEST(Hook, DecisionsCannotBeForged) {
  EXPECT_TRUE(run_body("return setmetatable({'allow', {}}, getmetatable(allow{}))").fault);
  EXPECT_TRUE(run_body("setmetatable(allow{}, {})").fault);
  EXPECT_EQ(value_of("getmetatable(allow{})"), "nil");
}

TEST(Hook, ErrorsNameTheirLine) {
  const Result result = run_body("local x = nil\n\nreturn x.y");
  ASSERT_TRUE(result.fault);
  EXPECT_EQ(result.fault->line, 4);
  EXPECT_NE(result.fault->message.find("attempt to index a nil value"), std::string::npos);
  EXPECT_EQ(run_body("error { message = 'mine' }").fault->message, "mine");
  EXPECT_EQ(run_body("error(setmetatable({}, {__tostring = function() while true do end end}))")
                .fault->stop,
            Stop::none);
}

TEST(Context, IsAPlainCopyWithPointAndTime) {
  const Json data = Json::object()
                        .set("list", Json::array().add(1).add("二").add(nullptr).add(true))
                        .set("absent", nullptr)
                        .set("half", 0.5)
                        .set("point", "forged");
  EXPECT_EQ(value_of("#ctx.list", data), "4");
  EXPECT_EQ(value_of("ctx.list[2]", data), "二");
  EXPECT_EQ(value_of("ctx.list[3]", data), "false");
  EXPECT_EQ(value_of("ctx.absent", data), "nil");
  EXPECT_EQ(value_of("ctx.half", data), "0.5");
  EXPECT_EQ(value_of("ctx.point", data), "p");
  EXPECT_EQ(value_of("ctx.now", data), "1714963200000");
  EXPECT_EQ(value_of("ctx.input", Json("text")), "text");
}

TEST(Context, RunsShareNothing) {
  const Compiled compiled = compile(
      "local n = 0 string.shared = nil\nreturn { api = 1, hooks = { p = function() n = n + 1\n"
      "string.leak = (string.leak or 0) + 1\ndeny('n', n .. ':' .. string.leak) end } }");
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(run(compiled.bytecode, Input{"p", Json::object(), 0, 1, {}}).text, "1:1");
}

TEST(Library, DangerousFunctionsAreAbsent) {
  for (const char* name :
       {"io", "os", "debug", "package", "require", "load", "loadfile", "dofile", "loadstring",
        "collectgarbage", "coroutine", "warn", "string.dump", "_G", "math.randomseed", "utf8.dump"})
    EXPECT_EQ(value_of(name), "nil") << name;
}

TEST(Library, AddressesDoNotShow) {
  EXPECT_EQ(value_of("tostring({})"), "table");
  EXPECT_EQ(value_of("tostring(print)"), "function");
  EXPECT_EQ(value_of("string.format('%s %s', {}, print)"), "table function");
  EXPECT_EQ(value_of("('%10s|'):format({})"), "     table|");
  for (const char* call : {"('%p'):format({})", "('%-10p'):format({})", "('%s%p'):format(1, {})",
                           "('%%%p'):format('x')"})
    EXPECT_TRUE(value_of(call).starts_with("error: ")) << value_of(call);
  const std::string error = value_of("({}) .. {}");
  EXPECT_EQ(error.find("0x"), std::string::npos) << error;
}

TEST(Library, StringMetatableIsSealedAndGuarded) {
  EXPECT_EQ(value_of("getmetatable('')"), "nil");
  EXPECT_EQ(value_of("('').rep == string.rep"), "true");
  EXPECT_EQ(value_of("('x').dump"), "nil");
  EXPECT_TRUE(run_body("setmetatable('', {})").fault);
}

TEST(Library, BytecodeIsNotTaken) {
  const Compiled compiled = compile("return 1");
  EXPECT_TRUE(compile(compiled.bytecode).fault);
  EXPECT_TRUE(compile("\x1bLua").fault);
}

TEST(Library, OrdinaryThingsWork) {
  const std::pair<const char*, const char*> cases[] = {
      {"('a,b'):gsub(',', ';')", "a;b"},
      {"string.format('%05.1f|%s|%q|%x|%%', 3.14159, 'x', 'y', 255)", "003.1|x|\"y\"|ff|%"},
      {"('ab'):rep(3, '-')", "ab-ab-ab"},
      {"table.concat({1, 'x', 2.5}, ',')", "1,x,2.5"},
      {"#table.concat({}, ',')", "0"},
      {"select('#', table.unpack({1, nil, 3}, 1, 3))", "3"},
      {"math.floor(3.7)", "3"},
      {"math.type(3)", "integer"},
      {"utf8.len('合同')", "2"},
      {"'10' + 5", "15"},
      {"#'合同'", "6"},
      {"tonumber('0x10')", "16"},
      {"tonumber('z', 36)", "35"},
      {"7 // 2", "3"},
      {"select(2, pcall(error, 'e'))", "e"},
      {"pcall(function() return 1 end)", "true"},
      {"select(2, xpcall(error, function(e) return 'h' .. e end, 'x'))", "hx"},
      {"select(2, xpcall(function(...) return select('#', ...) end, print, 1, 2))", "2"},
      {"rawlen({1, 2})", "2"},
      {"next({})", "nil"},
      {"('x'):byte()", "120"},
      {"string.char(65, 66)", "AB"},
      {"date(0).weekday", "4"},
      {"date(1714963200000, 8).hour", "10"},
      {"date(1714963200000).month", "5"},
      {"getmetatable(setmetatable({}, {__index = {y = 2}})).__index.y", "2"},
      {"setmetatable({}, {__index = {y = 2}}).y", "2"},
      {"tostring(setmetatable({}, {__tostring = function() return 'me' end}))", "me"}};
  for (const auto& [expression, expected] : cases)
    EXPECT_EQ(value_of("(" + std::string(expression) + ")"), expected) << expression;
}

TEST(Library, TableFunctionsDoAsLuaSays) {
  const char* body =
      "local t = {3, 1, 2} table.sort(t) assert(table.concat(t) == '123')"
      "table.sort(t, function(a, b) return a > b end) assert(table.concat(t) == '321')"
      "table.insert(t, 0) table.insert(t, 1, 9) assert(table.concat(t) == '93210')"
      "assert(table.remove(t) == 0 and table.remove(t, 1) == 9 and table.concat(t) == '321')"
      "assert(table.remove({}) == nil) assert(not pcall(table.insert, t, 9, 1))"
      "assert(table.concat(table.move({1, 2, 3}, 2, 3, 1)) == '233')"
      "assert(table.concat(table.move({1, 2, 3}, 1, 3, 2)) == '1123')"
      "assert(table.concat(table.move({1, 2}, 1, 2, 2, {9})) == '912')"
      "local n = table.pack(1, nil, 3) assert(n.n == 3)"
      "local big = {} for i = 1, 500 do big[i] = (i * 7919) % 503 end table.sort(big)"
      "for i = 2, 500 do assert(big[i - 1] <= big[i]) end "
      "assert(not pcall(table.sort, {1, 'x'})) assert(not pcall(table.concat, {{}}))";
  const Result result = run_body(body);
  EXPECT_FALSE(result.fault) << result.fault->message;
}

TEST(Library, RandomNumbersFollowTheSeed) {
  const auto draw = [](std::uint64_t seed) {
    const Compiled compiled = compile(
        "return { api = 1, hooks = { p = function() deny('r', math.random(1 << 40) .. '') end } }");
    return run(compiled.bytecode, Input{"p", Json::object(), 0, seed, {}}).text;
  };
  EXPECT_EQ(draw(1), draw(1));
  EXPECT_NE(draw(1), draw(2));
}

TEST(Library, PrintGoesToTheLogAndIsBounded) {
  const Result result = run_body("print('a', 1, nil) for i = 1, 100 do print(('x'):rep(1000)) end");
  ASSERT_EQ(result.log.size(), kLogLinesMax + 1);
  EXPECT_EQ(result.log[0], "a\t1\tnil");
  EXPECT_EQ(result.log[1].size(), kLogLineSizeMax);
}

TEST(Bundle, IsListedWithoutRunningAnyHook) {
  const Bundle bundle = inspect_source(
      "local function helper() end\nreturn { api = 1, hooks = { b = function() error('x') end, a = "
      "helper } }");
  EXPECT_FALSE(bundle.fault);
  EXPECT_EQ(bundle.hooks, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(bundle.api, 1);
}

TEST(Bundle, FaultsSayWhatToDo) {
  const std::pair<const char*, const char*> cases[] = {
      {"return 1", "must return a table"},
      {"return { api = 1 }", "'hooks' must be a table"},
      {"return { hooks = {} }", "'api' must be 1"},
      {"return { api = 2, hooks = {} }", "'api' must be 1"},
      {"return { api = 1, hooks = {}, hoks = {} }", "it takes api, hooks"},
      {"return { api = 1, hooks = { a = 1 } }", "the hook 'a' must be a function"},
      {"deny('a', 'b') return { api = 1, hooks = {} }", "only in a hook"},
      {"return { api = 1, hooks = { function() end } }", "must be a text"},
      {"return {", "expected"},
      {"io.open('x')", "nil value (global 'io')"}};
  for (const auto& [source, expected] : cases) {
    const Bundle bundle = inspect_source(source);
    ASSERT_TRUE(bundle.fault) << source;
    EXPECT_NE(bundle.fault->message.find(expected), std::string::npos) << bundle.fault->message;
  }
}

TEST(Bundle, GlobalsAreWarnedOf) {
  const Bundle bundle =
      inspect_source("x = 1\nfunction helper() end\nreturn { api = 1, hooks = {} }");
  ASSERT_EQ(bundle.warnings.size(), 2u);
  EXPECT_NE(bundle.warnings[0].find("line 1"), std::string::npos) << bundle.warnings[0];
  EXPECT_NE(bundle.warnings[1].find("helper"), std::string::npos);
}

TEST(Amends, StarStandsForOneName) {
  EXPECT_TRUE(may_set({"/a/*/b"}, "/a/0/b"));
  EXPECT_FALSE(may_set({"/a/*/b"}, "/a/0/1/b"));
  EXPECT_FALSE(may_set({"/a/*/b"}, "/a//b"));
  EXPECT_TRUE(may_set({"/x", "/a"}, "/a"));
  EXPECT_FALSE(may_set({"/a"}, "/ab"));
  EXPECT_FALSE(may_set({}, "/a"));
}

}  // namespace
}  // namespace cinnabar::lua
