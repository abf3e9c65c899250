#include "http_post.hpp"

#include "one_answer.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace cinnabar {
namespace {

PostOptions inside() {
  PostOptions options;
  options.allow_private = true;
  return options;
}

PostRequest to(const std::string& url) {
  return {parse_webhook_url(url, false), {{"webhook-id", "msg_1"}}, "{\"a\":1}"};
}

TEST(HttpPost, SendsOneRequestAndReadsTheStatus) {
  OneAnswer server("HTTP/1.1 204 No Content\r\n\r\n");
  const PostResult result = http_post(to(server.url("/in?x=1")), inside());
  EXPECT_EQ(result.status, 204) << result.problem;
  ASSERT_EQ(server.received().size(), 1u);
  const std::string sent = server.received()[0];
  EXPECT_TRUE(sent.starts_with("POST /in?x=1 HTTP/1.1\r\nHost: 127.0.0.1:")) << sent;
  EXPECT_NE(sent.find("\r\nContent-Length: 7\r\n"), std::string::npos);
  EXPECT_NE(sent.find("\r\nwebhook-id: msg_1\r\n"), std::string::npos);
  EXPECT_TRUE(sent.ends_with("\r\n\r\n{\"a\":1}"));
}

TEST(HttpPost, DoesNotFollowRedirects) {
  OneAnswer server("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\n");
  EXPECT_EQ(http_post(to(server.url()), inside()).status, 302);
}

TEST(HttpPost, CallsNoInsideAddressUnlessAllowed) {
  OneAnswer server("HTTP/1.1 204 No Content\r\n\r\n");
  for (const std::string& url :
       {server.url(), std::string("http://localhost:1/"), std::string("http://[::1]:1/"),
        std::string("http://0.0.0.0:1/"), std::string("http://2130706433:1/")}) {
    const PostResult result = http_post(to(url), {});
    EXPECT_EQ(result.status, 0) << url;
    EXPECT_NE(result.problem.find("may not be called"), std::string::npos) << result.problem;
  }
  EXPECT_TRUE(server.received().empty());
}

TEST(HttpPost, EndsAtItsDeadline) {
  OneAnswer server("silence");
  PostOptions options = inside();
  options.timeout_ms = 200;
  const auto begin = std::chrono::steady_clock::now();
  const PostResult result = http_post(to(server.url()), options);
  EXPECT_EQ(result.problem, "no answer in time");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST(HttpPost, SaysWhatWentWrong) {
  {
    OneAnswer server("SSH-2.0-OpenSSH_9.2\r\n\r\n");
    EXPECT_EQ(http_post(to(server.url()), inside()).problem, "the answer is not HTTP");
  }
  {
    OneAnswer server("");
    EXPECT_EQ(http_post(to(server.url()), inside()).problem, "the answer is not HTTP");
  }
  {
    // Plain text where TLS is expected.
    OneAnswer server("HTTP/1.1 204 No Content\r\n\r\n");
    std::string url = server.url();
    url.replace(0, 4, "https");
    EXPECT_TRUE(http_post(to(url), inside()).problem.starts_with("TLS: "));
  }
  EXPECT_NE(http_post(to("http://nowhere.invalid/"), inside()).problem.find("not found"),
            std::string::npos);
}

TEST(HttpPost, ReadsNoMoreThanAHead) {
  OneAnswer server("HTTP/1.1 200 OK\r\nX: " + std::string(1 << 20, 'x'));
  EXPECT_EQ(http_post(to(server.url()), inside()).status, 200);
}

}  // namespace
}  // namespace cinnabar
