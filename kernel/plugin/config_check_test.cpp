#include <cinnabar/json.hpp>
#include <cinnabar/package/config_check.hpp>
#include <gtest/gtest.h>

namespace cinnabar::kernel {
namespace {

Json json(const char* text) { return from_json<Json>(text); }

const char* const kSchema = R"({"type":"object","required":["host"],"properties":{
  "host":{"type":"string","minLength":1,"maxLength":5},
  "port":{"type":"integer","minimum":1,"maximum":65535},
  "mode":{"type":"string","enum":["a","b"]},
  "list":{"type":"array","items":{"type":"integer"}},
  "deep":{"type":"object","properties":{"on":{"type":"boolean"}}},
  "free":{"type":"object","additionalProperties":{"type":"number"}}}})";

TEST(ConfigCheck, TakesWhatTheSchemaDescribes) {
  EXPECT_FALSE(config_problem(json(kSchema), json(R"({"host":"h","port":80,"mode":"a","list":[1,2],
    "deep":{"on":true},"free":{"x":1.5}})")));
  EXPECT_FALSE(config_problem(json(kSchema), Json()));
}

TEST(ConfigCheck, PointsAtWhatIsWrong) {
  const struct {
    const char* config;
    const char* pointer;
  } kCases[] = {{R"({"host":"h","prot":80})", "/prot"},
                {R"({"port":80})", "/host"},
                {R"({"host":1})", "/host"},
                {R"({"host":""})", "/host"},
                {R"({"host":"abcdef"})", "/host"},
                {R"({"host":"h","port":0})", "/port"},
                {R"({"host":"h","port":65536})", "/port"},
                {R"({"host":"h","port":1.5})", "/port"},
                {R"({"host":"h","mode":"c"})", "/mode"},
                {R"({"host":"h","list":[1,"2"]})", "/list/1"},
                {R"({"host":"h","deep":{"off":true}})", "/deep/off"},
                {R"({"host":"h","free":{"x":"y"}})", "/free/x"},
                {R"([])", ""}};
  for (const auto& c : kCases) {
    const auto problem = config_problem(json(kSchema), json(c.config));
    ASSERT_TRUE(problem) << c.config;
    EXPECT_EQ(problem->pointer, c.pointer) << c.config;
  }
}

TEST(ConfigCheck, CountsCharactersNotBytes) {
  EXPECT_FALSE(config_problem(json(kSchema), json(R"({"host":"朱砂朱砂朱"})")));
}

TEST(ConfigCheck, WithoutASchemaNothingCanBeConfigured) {
  EXPECT_TRUE(config_problem(Json(), json(R"({"x":1})")));
  EXPECT_FALSE(config_problem(Json(), json("{}")));
}

TEST(ConfigCheck, MergesByMember) {
  EXPECT_EQ(merged_config(json(R"({"a":1,"b":2})"), json(R"({"b":3,"c":4})")),
            json(R"({"a":1,"b":3,"c":4})"));
  EXPECT_EQ(merged_config(Json(), json(R"({"c":4})")), json(R"({"c":4})"));
  EXPECT_EQ(merged_config(json(R"({"a":1})"), Json()), json(R"({"a":1})"));
}

}  // namespace
}  // namespace cinnabar::kernel
