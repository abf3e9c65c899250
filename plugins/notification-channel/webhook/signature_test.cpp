#include "signature.hpp"

#include <cinnabar/bytes.hpp>

#include <gtest/gtest.h>

namespace cinnabar {
namespace {

// The example of the Standard Webhooks reference implementations.
TEST(WebhookSignature, IsThatOfTheStandard) {
  const auto key = webhook_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  ASSERT_TRUE(key);
  EXPECT_EQ(webhook_signature(*key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
                              R"({"test": 2432232314})"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(WebhookSecret, GoesBothWays) {
  const std::string key(32, 'k');
  EXPECT_EQ(webhook_key(webhook_secret(key)), key);
}

TEST(WebhookSecret, IsLongEnoughAndWellFormed) {
  for (const std::string& bad :
       {std::string(), std::string("whsec_"), std::string("whsec_!!!!"),
        webhook_secret(std::string(23, 'k')), webhook_secret(std::string(65, 'k')),
        to_base64(std::string(32, 'k'))})
    EXPECT_FALSE(webhook_key(bad)) << bad;
}

}  // namespace
}  // namespace cinnabar
