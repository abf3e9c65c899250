#include "kernel/api/browser.hpp"

#include <gtest/gtest.h>

namespace cinnabar::kernel {
namespace {

HttpRequest with(std::string name, std::string value) {
  HttpRequest request;
  request.method = "GET";
  request.headers[std::move(name)] = std::move(value);
  return request;
}

std::string header(const HttpResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.headers)
    if (key == name) return value;
  return {};
}

TEST(Browser, FindsACookieAmongOthers) {
  EXPECT_EQ(cookie_of("s=abc", "s"), "abc");
  EXPECT_EQ(cookie_of("a=1; s=abc;b=2", "s"), "abc");
  EXPECT_EQ(cookie_of("xs=abc; s", "s"), "");
  EXPECT_EQ(cookie_of("a=1;;", "s"), "");
  EXPECT_EQ(cookie_of("", "s"), "");
}

TEST(Browser, KeepsTheCookieFromScriptsAndOtherSites) {
  EXPECT_EQ(session_cookie({"abc", 60}, true),
            "cinnabar_session=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure");
  EXPECT_EQ(session_cookie({"", 60}, false),
            "cinnabar_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
}

class Cors : public ::testing::Test {
 protected:
  HttpResponse answer(const std::string& method, const std::string& origin) {
    HttpRequest request = with("origin", origin);
    request.method = method;
    HttpResponse response;
    response.headers.emplace_back("Allow", "GET, HEAD, POST");
    add_cors_headers(settings, request, response);
    return response;
  }
  ApiSettings settings;
};

TEST_F(Cors, IsForNobodyByDefault) {
  EXPECT_EQ(answer("GET", "https://app.example.com").headers.size(), 1u);
}

TEST_F(Cors, IsForListedOriginsAndNeverWithCookies) {
  settings.origins = {"https://app.example.com"};
  const HttpResponse good = answer("GET", "https://app.example.com");
  EXPECT_EQ(header(good, "Access-Control-Allow-Origin"), "https://app.example.com");
  EXPECT_EQ(header(good, "Vary"), "Origin");
  EXPECT_EQ(header(good, "Access-Control-Allow-Credentials"), "");
  EXPECT_EQ(header(good, "Access-Control-Allow-Methods"), "");
  const HttpResponse other = answer("GET", "https://app.example.com.evil.test");
  EXPECT_EQ(header(other, "Access-Control-Allow-Origin"), "");
  EXPECT_EQ(header(other, "Vary"), "Origin");
}

TEST_F(Cors, ToldBeforehandWhatMayBeSent) {
  settings.origins = {"https://app.example.com"};
  const HttpResponse preflight = answer("OPTIONS", "https://app.example.com");
  EXPECT_EQ(header(preflight, "Access-Control-Allow-Methods"), "GET, HEAD, POST");
  EXPECT_NE(header(preflight, "Access-Control-Allow-Headers").find("Idempotency-Key"),
            std::string::npos);
}

}  // namespace
}  // namespace cinnabar::kernel
