// The ready scripts decide as their fixtures say, and the types that editors get are well made.
#include "fixtures.hpp"
#include "lua_types.hpp"
#include "script_cache.hpp"

#include <cinnabar/schema.hpp>

#include <gtest/gtest.h>

namespace cinnabar::hooks {
namespace {

// This file is plugins/domain/hooks/scripts_test.cpp.
const std::filesystem::path kScripts =
    std::filesystem::path(__FILE__).parent_path().parent_path().parent_path().parent_path() /
    "scripts";

TEST(Scripts, EveryFixtureOfEveryReadyScriptHolds) {
  int scripts = 0, fixtures = 0;
  for (const auto& folder : std::filesystem::directory_iterator(kScripts)) {
    const auto file = folder.path() / "hook.lua";
    if (!std::filesystem::exists(file)) continue;
    ++scripts;
    const Script script = load_script(read_script_file(file));
    EXPECT_FALSE(script.fault) << file << ": " << script.fault->message;
    EXPECT_TRUE(script.warnings.empty()) << file << ": " << script.warnings[0];
    if (const auto unknown = unknown_global(script)) ADD_FAILURE() << file << unknown->message;
    for (const FixtureResult& result :
         run_fixtures(read_script_file(file), fixtures_beside(file))) {
      ++fixtures;
      EXPECT_EQ(result.difference, "") << file << ", " << result.name;
    }
  }
  EXPECT_GE(scripts, 16);
  EXPECT_GE(fixtures, 60);
}

TEST(Scripts, EveryExampleInTheDocumentationLoads) {
  const std::string page =
      read_script_file(kScripts.parent_path() / "docs" / "authors" / "hooks.md");
  constexpr std::string_view kOpening = "```lua";
  int examples = 0;
  for (std::size_t at = 0; (at = page.find(kOpening, at)) != std::string::npos; ++examples) {
    at = page.find('\n', at) + 1;
    const Script script = load_script(page.substr(at, page.find("```", at) - at));
    EXPECT_FALSE(script.fault) << script.fault->message;
    EXPECT_EQ(script.hooks.size(), 1u);
  }
  EXPECT_EQ(examples, 2);
}

TEST(Scripts, FixtureThatDiffersSaysWhere) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "cinnabar-fixture-test";
  std::filesystem::create_directories(folder / "fixtures");
  const auto write = [](const std::filesystem::path& path, const char* text) {
    FILE* file = std::fopen(path.c_str(), "w");
    std::fputs(text, file);
    std::fclose(file);
  };
  write(folder / "hook.lua",
        "return { api = 1, hooks = { p = function(ctx) return deny('c', ctx.x) end } }");
  write(folder / "fixtures" / "a.in.json", R"({"point": "p", "input": {"x": "y"}})");
  write(folder / "fixtures" / "a.out.json", R"({"outcome": "denied", "text": "z"})");
  const auto results =
      run_fixtures(read_script_file(folder / "hook.lua"), fixtures_beside(folder / "hook.lua"));
  std::filesystem::remove_all(folder);
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].difference, "text is \"y\", not \"z\"");
}

struct TypeTestParty {
  std::string name;
  std::optional<double> amount;
};
CINNABAR_DESCRIBE(TypeTestParty, (name, describe_options::doc("As on the licence.")), amount)
struct TypeTestInput {
  std::vector<TypeTestParty> parties;
  std::map<std::string, int> counts;
  Json data;
};
CINNABAR_DESCRIBE(TypeTestInput, parties, counts, data)

TEST(LuaTypes, FollowTheDescribedTypes) {
  Json schemas = Json::object();
  schema_of<TypeTestInput>(schemas);
  const std::string text =
      lua_types({{"a.before_b", "Before b.", true, "TypeTestInput", {"/x", "/commands/y"}}},
                schemas);
  for (const char* line :
       {"---@class TypeTestParty\n---@field name string As on the licence.\n"
        "---@field amount? number\n",
        "---@field parties TypeTestParty[]\n", "---@field counts table<string, integer>\n",
        "---@field data? any\n", "---@class Context_a_before_b : HookContext, TypeTestInput\n",
        "---May set: /x\n---Carries out: y\n",
        "---@field [\"a.before_b\"]? fun(ctx: Context_a_before_b): Decision?\n"})
    EXPECT_NE(text.find(line), std::string::npos) << line << "\nin\n" << text;
}

TEST(LuaTypes, TheFileItselfIsLua) {
  Json schemas = Json::object();
  schema_of<TypeTestInput>(schemas);
  EXPECT_FALSE(lua::compile(lua_types({{"a.b", "", true, "TypeTestInput", {}}}, schemas)).fault);
}

}  // namespace
}  // namespace cinnabar::hooks
