// A partner's plugin, built outside of the tree against the installed SDK, by either compiler, in
// this g++-built process and in a process of its own: enrol, begin, verify.
#include "fixture.hpp"

#include <cinnabar/services/auth_method.hpp>

#include <gtest/gtest.h>

namespace cinnabar::kernel {
namespace {

class Route final : public ServiceRoute {
 public:
  Route(PluginHost& host, const Clocks& clocks) : host_(host), context_(host, clocks, 0) {}
  cinnabar_status invoke(std::string_view method, const cinnabar_message& request,
                         const cinnabar_reply* reply) const override {
    const cinnabar_call call = context_.call("ent_partner", "test", "zh");
    return host_.invoke(*context_.snapshot("ent_partner"), call, interface_id<AuthMethod>(), "pin",
                        method, request, reply);
  }

 private:
  PluginHost& host_;
  mutable CallContext context_;
};

struct Build {
  const char* name;
  const char* folder;
  bool in_process;
};

class PartnerTest : public ::testing::TestWithParam<Build> {};

TEST_P(PartnerTest, CarriesASignersProof) {
  SystemClocks clocks;
  PluginSettings settings = fixture_settings();
  settings.folders = {GetParam().folder};
  settings.configs["com.example.auth-pin"] = Json::object().set("digits_min", 5);
  if (GetParam().in_process) settings.in_process = {"com.example.auth-pin"};
  PluginHost host(std::move(settings), clocks);
  host.load();
  host.start();
  ASSERT_EQ(reason_for(host, "com.example.auth-pin"), "started: ");

  const Client<AuthMethod> pin(std::make_shared<Route>(host, clocks));
  const Signer signer{"per_a", "李雪", "13800138000", "ent_partner", "朱砂科技"};
  const auto answer = [](const char* digits) { return Json::object().set("pin", digits); };
  try {
    pin.enrol({signer, answer("7392")});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "pin.too_short");
    EXPECT_EQ(error.params().at(0).second, "5");
    EXPECT_EQ(error.pointer(), "/answer/pin");
  }
  const Json credentials = pin.enrol({signer, answer("73925")}).credentials;
  const Challenge challenge = pin.begin({signer, "con_a", std::string(64, 'a'), credentials, "zh"});
  EXPECT_EQ(challenge.tries, 3);
  const auto verify = [&](const char* digits) {
    return pin.verify(
        {signer, "con_a", std::string(64, 'a'), challenge.state, credentials, answer(digits)});
  };
  EXPECT_TRUE(verify("73925").accepted);
  EXPECT_EQ(verify("73926").reason, "wrong_pin");
}

INSTANTIATE_TEST_SUITE_P(Builds, PartnerTest,
                         ::testing::Values(Build{"gcc", PARTNER_GCC, true},
                                         Build{"gcc_hosted", PARTNER_GCC, false},
                                         Build{"clang_libcxx", PARTNER_CLANG, true},
                                         Build{"clang_libcxx_hosted", PARTNER_CLANG, false}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace cinnabar::kernel
