// What one run of an enterprise's script costs, as lines of "name limit_us value_us ratio": a
// script of 9 KB that decides by 40 rules, and beside it the floor, a hook that does nothing. A
// fresh state each, from the bytecode that the server keeps. CPU time, in turns, median of the
// runs.
#include <lua/sandbox.hpp>

#include <cinnabar/json.hpp>

#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using namespace cinnabar;

constexpr double kLimitUs = 200;
constexpr int kRuns = 2'000;
constexpr int kRules = 40;
constexpr std::size_t kScriptSize = 9 * 1024;

double cpu_us() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

// Rules as enterprises write them: names, amounts, texts of the contract and its parties.
std::string script_of_rules() {
  std::string text = "local rules = {}\n";
  for (int i = 0; i < kRules; ++i) {
    const std::string n = std::to_string(i);
    text += "rules[#rules + 1] = function(ctx)\n"
            "  local limit = 1000000 + " + n + "\n"
            "  if (ctx.contract.amount or 0) > limit then\n"
            "    return deny(\"rule_" + n + "\", \"合同金额超过限额\")\n"
            "  end\n  local party = ctx.contract.parties[" + std::to_string(i % 2 + 1) + "]\n"
            "  return party.name == \"失信" + n + "\"\nend\n";
  }
  text +=
      "local function check(ctx)\n  for _, rule in ipairs(rules) do\n    if rule(ctx) then\n"
      "      return deny(\"rule\", \"不允许\")\n    end\n  end\n"
      "  if ctx.contract.name:find(\"%d%d%d%d%d\") then\n    return deny(\"name\", \"名称\")\n  end\n"
      "  return allow { set = { [\"/contract/name\"] = ctx.contract.name } }\nend\n"
      "return { api = 1, hooks = { p = check } }\n";
  while (text.size() < kScriptSize) text += "-- 企业规则：由法务部维护，修改请先测试\n";
  return text;
}

Json contract_input() {
  const auto party = [](const char* name) {
    return Json::object().set("id", "p1").set("kind", "enterprise").set("name", name)
        .set("enterprise_name", "晨光科技有限公司").set("position", 1).set("state", "waiting");
  };
  Json controls = Json::array();
  for (int i = 0; i < 10; ++i)
    controls.add(Json::object().set("id", "c" + std::to_string(i)).set("party", "p1")
                     .set("kind", "text").set("label", "地址").set("value", "深圳市南山区"));
  return Json::object().set(
      "contract", Json::object().set("id", "con_1").set("name", "采购合同").set("amount", 120'000)
                      .set("parties", Json::array().add(party("王芳")).add(party("李强")))
                      .set("controls", std::move(controls)));
}

double one_run(const std::string& bytecode, const lua::Input& input) {
  const double begin = cpu_us();
  const lua::Result result = lua::run(bytecode, input, lua::kQuickLimits);
  const double took = cpu_us() - begin;
  if (result.outcome != lua::Outcome::allowed || !result.handled) std::abort();
  return took;
}

double median(std::vector<double>& values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main() {
  const std::string text = script_of_rules();
  const lua::Compiled rules = lua::compile(text);
  const lua::Compiled empty = lua::compile("return { api = 1, hooks = { p = function() end } }");
  if (rules.fault || empty.fault) std::abort();
  const lua::Input input{"p", contract_input(), 0, 1, std::nullopt, std::nullopt};
  std::vector<double> floor, full;
  for (int i = 0; i < kRuns; ++i) {
    floor.push_back(one_run(empty.bytecode, input));
    full.push_back(one_run(rules.bytecode, input));
  }
  const double least = median(floor), most = median(full);
  std::fprintf(stderr, "script of %zu bytes\n", text.size());
  std::printf("hook.run.empty %.0f %.1f %.4f\n", kLimitUs, least, least / kLimitUs);
  std::printf("hook.run.9KB %.0f %.1f %.4f\n", kLimitUs, most, most / kLimitUs);
  return 0;
}
