// Binaries of the stable kinds that were built with the first SDK work in the server of today. See
// kept/README.md.
#include "fixture.hpp"

#include <cinnabar/services/auth_method.hpp>
#include <cinnabar/services/notification_channel.hpp>
#include <cinnabar/services/seal_type.hpp>

#include <gtest/gtest.h>

namespace cinnabar::kernel {
namespace {

// A client of a provider through the registry.
template <class I>
class Route final : public ServiceRoute {
 public:
  Route(PluginHost& host, const Clocks& clocks, std::string name)
      : host_(host), context_(host, clocks, 0), name_(std::move(name)) {}
  cinnabar_status invoke(std::string_view method, const cinnabar_message& request,
                         const cinnabar_reply* reply) const override {
    const cinnabar_call call = context_.call("ent_kept", "test", "zh");
    return host_.invoke(*context_.snapshot("ent_kept"), call, interface_id<I>(), name_, method,
                        request, reply);
  }

 private:
  PluginHost& host_;
  mutable CallContext context_;
  std::string name_;
};

class KeptTest : public ::testing::Test {
 protected:
  KeptTest() : host_(settings(), clocks_) {
    host_.load();
    host_.start();
  }
  template <class I>
  Client<I> client(const std::string& name) {
    return Client<I>(std::make_shared<Route<I>>(host_, clocks_, name));
  }

  SystemClocks clocks_;
  PluginHost host_;

 private:
  static PluginSettings settings() {
    PluginSettings settings = fixture_settings();
    settings.folders = {KEPT};
    return settings;
  }
};

TEST_F(KeptTest, AllAreStarted) {
  for (const char* id : {"com.example.auth-pin", "com.example.my-channel",
                         "com.example.kept-round"})
    EXPECT_EQ(reason_for(host_, id), "started: ");
}

TEST_F(KeptTest, TheAuthMethodProves) {
  const auto pin = client<AuthMethod>("pin");
  const Signer signer{"per_a", "李雪", "13800138000", "ent_kept", "朱砂科技"};
  const auto answer = [](const char* digits) { return Json::object().set("pin", digits); };
  const std::string shown(64, 'a');
  const Json credentials = pin.enrol({signer, answer("739251")}).credentials;
  const Challenge challenge = pin.begin({signer, "con_a", shown, credentials, "zh"});
  EXPECT_EQ(challenge.tries, 3);
  const auto verify = [&](const char* digits) {
    return pin.verify({signer, "con_a", shown, challenge.state, credentials, answer(digits)});
  };
  EXPECT_TRUE(verify("739251").accepted);
  EXPECT_EQ(verify("739252").reason, "wrong_pin");
  try {
    pin.enrol({signer, answer("12")});
    FAIL() << "two digits are no PIN";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "pin.too_short");
    EXPECT_EQ(error.pointer(), "/answer/pin");
  }
}

TEST_F(KeptTest, TheChannelDelivers) {
  const auto channel = client<NotificationChannel>("my-channel");
  Notification message;
  message.id = "msg_a";
  message.title = "合同待签署";
  EXPECT_FALSE(channel.deliver(message).delivered);
  message.mobile = "13800138000";
  EXPECT_TRUE(channel.deliver(message).delivered);
}

TEST_F(KeptTest, TheSealIsDrawn) {
  const auto seal = client<SealType>("kept-round");
  SealDesign design;
  design.text = "朱砂科技有限公司";
  const SealImage image = seal.draw(design);
  EXPECT_GT(image.width_um, 30'000);
  EXPECT_NEAR(image.drawing.width, static_cast<double>(image.width_um) * 72 / 25'400, 0.01);
  EXPECT_EQ(image.png.text().substr(1, 3), "PNG");
  design.color = "green";
  EXPECT_THROW(seal.draw(design), Error);
}

}  // namespace
}  // namespace cinnabar::kernel
