#include "url.hpp"

#include <cinnabar/error.hpp>

#include <gtest/gtest.h>

namespace cinnabar {
namespace {

TEST(WebhookUrl, IsTakenApart) {
  const WebhookUrl url = parse_webhook_url("https://hooks.example.com:8443/in?tenant=1", false);
  EXPECT_TRUE(url.tls);
  EXPECT_EQ(url.host, "hooks.example.com");
  EXPECT_EQ(url.port, 8443);
  EXPECT_EQ(url.target, "/in?tenant=1");
  EXPECT_EQ(url.authority, "hooks.example.com:8443");
}

TEST(WebhookUrl, HasDefaults) {
  EXPECT_EQ(parse_webhook_url("https://a.example", false).port, 443);
  const WebhookUrl plain = parse_webhook_url("http://a.example?x=1", false);
  EXPECT_EQ(plain.port, 80);
  EXPECT_EQ(plain.target, "/?x=1");
  const WebhookUrl six = parse_webhook_url("http://[2001:db8::1]:99/", false);
  EXPECT_EQ(six.host, "2001:db8::1");
  EXPECT_EQ(six.port, 99);
  EXPECT_EQ(six.authority, "[2001:db8::1]:99");
}

TEST(WebhookUrl, RefusesWhatIsNoPlainWebAddress) {
  for (const char* bad :
       {"", "ftp://a.example/", "file:///etc/passwd", "gopher://a/", "//a.example", "a.example",
        "HTTPS://a.example", "https://", "https:///x", "https://user:pass@a.example/",
        "https://a.example:0/", "https://a.example:65536/", "https://a.example:1x/",
        "https://a.example/#here", "https://a.example/ x", "https://a.example/\r\nX: y",
        "https://a\\b.example/", "https://[::1/", "https://[::1]x/", "https://[evil.example]/",
        "https://a%2e.example/", "https://朱砂.example/"}) {
    try {
      parse_webhook_url(bad, false);
      ADD_FAILURE() << bad << " was taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "webhook.url_invalid") << bad;
    }
  }
  EXPECT_THROW(parse_webhook_url("https://a.example/" + std::string(3'000, 'x'), false), Error);
}

TEST(WebhookUrl, MayHaveToBeEncrypted) {
  EXPECT_THROW(parse_webhook_url("http://a.example/", true), Error);
  EXPECT_NO_THROW(parse_webhook_url("https://a.example/", true));
}

}  // namespace
}  // namespace cinnabar
