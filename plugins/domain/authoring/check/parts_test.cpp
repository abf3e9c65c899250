// The parts of the check that need no plugin; tests/check has the plugins.
#include "check/configs.hpp"
#include "check/odd_documents.hpp"
#include "check/secrets.hpp"

#include <cinnabar/json.hpp>
#include <cinnabar/text.hpp>

#include <gtest/gtest.h>

#include <set>

namespace cinnabar::authoring {
namespace {

TEST(Secrets, AreRecognisedInPartsAndInOtherEncodings) {
  const std::vector<Secret> secrets{{"the key", "Zw8rKt5mQx2pLv7n"}, {"the code", "604817"}};
  EXPECT_EQ(secret_in("key=Zw8rKt5mQx2pLv7n", secrets), "the key");
  EXPECT_EQ(secret_in("key=Kt5mQx2pLv7n...", secrets), "the key");
  EXPECT_EQ(secret_in("5a7738724b74356d517832704c76376e", secrets), "the key");
  for (const char* around : {"", "a", "ab"})
    EXPECT_EQ(secret_in(to_base64(around + std::string("Zw8rKt5mQx2pLv7n") + around), secrets),
              "the key");
  EXPECT_EQ(secret_in("code 604817.", secrets), "the code");
  EXPECT_EQ(secret_in("code 60481", secrets), "");
  EXPECT_EQ(secret_in("a message", {{"nothing", ""}, {"short", "a m"}}), "");
}

TEST(Secrets, AreRecognisedWhenTheyAreHidden) {
  const std::vector<Secret> secrets{{"the code", "604817"}};
  for (const std::string& text :
       {std::string("6 0 4 8 1 7"), std::string("60-48-17"), std::string("718406"),
        std::string("%36%30%34%38%31%37"), to_base64(to_base64("code 604817")),
        std::string("36:30:34:38:31:37"),
        // SHA-256 of it, without a salt.
        std::string("3b30f008629d33ad517061598397f5d5"
                    "b4fcd7f041c369e0c2062758a9b23e11")})
    EXPECT_EQ(secret_in(text, secrets), "the code") << text;
  EXPECT_EQ(secret_in("at 60 s, 4817 bytes", secrets), "");
  EXPECT_EQ(secret_over({"first 604", "then 817"}, secrets), "the code");
  EXPECT_EQ(secret_over({"6", "0", "4", "8", "1", "7"}, secrets), "the code");
  EXPECT_EQ(secret_over({"817", "604"}, secrets), "");
  EXPECT_EQ(secret_over({"604"}, secrets), "");
}

TEST(Secrets, MayBeShownWhereThePlatformKnowsThem) {
  EXPECT_EQ(secret_in("13817046295", {{"the number", "13817046295", true}}, true), "");
  EXPECT_EQ(secret_in("13817046295", {{"the number", "13817046295", true}}), "the number");
}

TEST(OddDocuments, ChangeEachPlaceAndSayWhatIsNoJson) {
  std::set<std::string> texts;
  bool cut_everywhere = true;
  odd_documents(R"({"a":"x","b":{"c":1}})", [&](const OddDocument& odd) {
    texts.insert(odd.text);
    bool reads = true;
    try {
      from_json<Json>(odd.text);
    } catch (const Error&) {
      reads = false;
    }
    if (!odd.json) {
      EXPECT_FALSE(reads) << odd.text.substr(0, 100);
    }
    cut_everywhere = cut_everywhere && (odd.json || !reads);
    return true;
  });
  EXPECT_TRUE(cut_everywhere);
  for (const char* expected : {R"({"b":{"c":1}})", R"({"a":"x","b":{}})",
                               R"({"a":"x","b":{"c":[]}})", R"({"a":null,"b":{"c":1}})"})
    EXPECT_TRUE(texts.contains(expected)) << expected;
}

const char* const kSchema = R"({"type":"object","required":["url","key"],"properties":{
  "url":{"type":"string"},"key":{"type":"string","x-secret":true},
  "tries":{"type":"integer","minimum":1,"maximum":5},"loud":{"type":"boolean"}}})";

TEST(Configs, AreMadeFromTheSchema) {
  const Json schema = from_json<Json>(kSchema);
  const Json usual = usual_config(schema, {});
  EXPECT_EQ(usual["url"].text(), "http://127.0.0.1:9/");
  EXPECT_FALSE(usual.contains("tries"));
  EXPECT_EQ(config_secrets(schema, usual).size(), 1u);
  const Json other = other_config(schema, {});
  EXPECT_EQ(other["tries"].integer(), 5);
  EXPECT_TRUE(other["loud"].boolean());
  EXPECT_NE(other["key"], usual["key"]);
  const Json fixture = from_json<Json>(R"({"config":{"tries":2}})");
  EXPECT_EQ(usual_config(schema, fixture)["tries"].integer(), 2);
}

TEST(Configs, AreMadeWrongInOneWayEach) {
  const Json schema = from_json<Json>(kSchema);
  std::set<std::string> missing;
  for (const WrongConfig& wrong : wrong_configs(schema, usual_config(schema, {})))
    if (!wrong.missing.empty()) missing.insert(wrong.missing);
  EXPECT_EQ(missing, (std::set<std::string>{"key", "url"}));
  EXPECT_TRUE(open_objects(schema).empty());
  const Json nested = from_json<Json>(R"({"properties":{"a":{"type":"object","properties":{"b":{}}},
    "c":{"type":"array","items":{"type":"object","properties":{"d":{}}}},
    "m":{"type":"object","additionalProperties":{"type":"string"}}}})");
  std::set<std::string> unknown;
  for (const WrongConfig& wrong : wrong_configs(nested, Json::object()))
    if (wrong.text.find("no_such_key") != std::string::npos) unknown.insert(wrong.text);
  EXPECT_EQ(unknown, (std::set<std::string>{R"({"no_such_key":1})", R"({"a":{"no_such_key":1}})",
                                            R"({"c":[{"no_such_key":1}]})"}));
  EXPECT_EQ(open_objects(from_json<Json>(
                R"({"properties":{"a":{"type":"object","additionalProperties":true}}})")),
            std::vector<std::string>{"/config/properties/a"});
}

}  // namespace
}  // namespace cinnabar::authoring
