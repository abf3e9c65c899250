#include <cinnabar/package/manifest.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace cinnabar::kernel {
namespace {

// A valid manifest with one member replaced or added.
std::string with(const std::string& name, Json value) {
  Json manifest = Json::object();
  manifest.set("id", "com.example.totp").set("version", "1.0.0").set("contract", "1.0");
  manifest.set("provides",
               Json::array().add(
                   Json::object().set("interface", "cinnabar.auth-method/1").set("name", "totp")));
  if (!name.empty()) manifest.set(name, std::move(value));
  return to_json(manifest);
}

struct Fault {
  std::string pointer;
  std::string reason;
};

Fault fault(const std::string& text) {
  try {
    parse_manifest(text, "plugin.json");
    return {"none", "none"};
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "plugin.manifest_invalid");
    EXPECT_EQ(error.params().at(0).second, "plugin.json");
    return {error.pointer(), error.params().at(1).second};
  }
}

TEST(Manifest, ReadsEveryMember) {
  const Manifest m = parse_manifest(
      R"({"id":"cinnabar.seal-round","version":"1.2.3-beta.1","contract":"1.0","title":"Seals",
          "author":"A","license":"MIT",
          "provides":[{"interface":"cinnabar.seal-type/1","name":"round"}],
          "requires":["cinnabar.key-store/1"],"permissions":["database","keys"],
          "commands":[{"name":"draw","summary":"Draws"}],"scope":"enterprise",
          "isolation":"process","status":"stable","posture":"hardened","table_prefix":"seal_",
          "enabled":false,"config":{"type":"object","properties":{"size":{"type":"integer"}}}})",
      "plugin.json");
  EXPECT_EQ(m.id, "cinnabar.seal-round");
  EXPECT_EQ(m.provides.at(0).name, "round");
  EXPECT_EQ(m.requires_, std::vector<std::string>{"cinnabar.key-store/1"});
  EXPECT_TRUE(m.permits("keys"));
  EXPECT_FALSE(m.permits("network"));
  EXPECT_EQ(m.commands.at(0).name, "draw");
  EXPECT_EQ(m.scope, Scope::enterprise);
  EXPECT_EQ(m.isolation, Isolation::process);
  EXPECT_FALSE(m.enabled);
  EXPECT_EQ(m.config["properties"]["size"]["type"].text(), "integer");
}

TEST(Manifest, NamesTheNearestKeyForOneThatIsMisspelt) {
  const Fault top = fault(with("requries", Json::array()));
  EXPECT_EQ(top.pointer, "/requries");
  EXPECT_NE(top.reason.find("\"requires\""), std::string::npos) << top.reason;
  const Fault inner = fault(with(
      "provides", Json::array().add(Json::object().set("interfcae", "a.b/1").set("name", "n"))));
  EXPECT_EQ(inner.pointer, "/provides/0/interfcae");
  EXPECT_NE(inner.reason.find("\"interface\""), std::string::npos) << inner.reason;
}

TEST(Manifest, RefusesWhatIsNotWellFormed) {
  const struct {
    const char* member;
    Json value;
    const char* pointer;
  } kCases[] = {
      {"id", "Totp", "/id"},
      {"id", "com..totp", "/id"},
      {"id", "com.example.", "/id"},
      {"id", std::string("a.") + std::string(70, 'b'), "/id"},
      {"version", "1.0", "/version"},
      {"version", "01.0.0", "/version"},
      {"version", "1.0.0-", "/version"},
      {"contract", "1", "/contract"},
      {"contract", "1.x", "/contract"},
      {"requires", Json::array().add("cinnabar.key-store"), "/requires/0"},
      {"permissions", Json::array().add("root"), "/permissions/0"},
      {"scope", "tenant", "/scope"},
      {"isolation", "thread", "/isolation"},
      {"status", "fine", "/status"},
      {"posture", "great", "/posture"},
      {"table_prefix", "seal", "/table_prefix"},
      {"table_prefix", "Seal_", "/table_prefix"},
      {"table_prefix", "kernel_x_", "/table_prefix"},
      {"enabled", "yes", "/enabled"},
      {"config", Json::array(), "/config"},
      {"config", Json::object().set("typ", "object"), "/config/typ"},
      {"config", Json::object().set("type", "text"), "/config/type"},
      {"provides",
       Json::array().add(Json::object().set("interface", "seal-type/1").set("name", "x")),
       "/provides/0/interface"},
  };
  for (const auto& c : kCases)
    EXPECT_EQ(fault(with(c.member, c.value)).pointer, c.pointer) << c.member;
  EXPECT_EQ(fault(with({}, {})).pointer, "none");
  EXPECT_EQ(fault("{\"id\":").reason.substr(0, 11), "is not JSON");
}

TEST(Manifest, RefusesTheSameThingProvidedTwice) {
  const Json one = Json::object().set("interface", "a.b/1").set("name", "n");
  EXPECT_EQ(fault(with("provides", Json::array().add(one).add(one))).pointer, "/provides/1");
}

TEST(Manifest, ReadsErrorTextsAndRefusesIncompleteOnes) {
  const auto errors =
      parse_errors(R"({"totp.wrong":{"status":409,"en":"Wrong {x}.","zh":"错误 {x}。"}})", "e");
  EXPECT_EQ(errors.at("totp.wrong").status, 409);
  for (const char* text :
       {R"({"wrong":{"en":"x","zh":"x"}})", R"({"a.b":{"en":"x"}})",
        R"({"a.b":{"en":"x","zh":"x","cn":"x"}})", R"({"a.b":{"en":"x","zh":"x","status":200}})"})
    EXPECT_THROW(parse_errors(text, "e"), Error) << text;
}

TEST(Manifest, NamesTheFileThatIsMissing) {
  try {
    read_manifest("/nonexistent/plugin");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.params().at(0).second, "/nonexistent/plugin/plugin.json");
  }
}

TEST(Contract, TakesItsOwnMajorUpToItsOwnMinor) {
  EXPECT_FALSE(contract_problem("1.0"));
  EXPECT_EQ(contract_problem("2.0"), "built for contract 2, this kernel speaks 1");
  EXPECT_EQ(contract_problem("0.9"), "built for contract 0, this kernel speaks 1");
  EXPECT_EQ(contract_problem("1.7"), "needs contract 1.7, this kernel speaks 1.0");
}

}  // namespace
}  // namespace cinnabar::kernel
