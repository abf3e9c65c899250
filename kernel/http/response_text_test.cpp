#include "kernel/http/response_text.hpp"

#include <gtest/gtest.h>

namespace cinnabar::kernel {
namespace {

TEST(ResponseText, WritesAHead) {
  HttpResponse response;
  response.status = 201;
  response.body = "12345";
  response.headers = {{"Location", "/x"}};
  EXPECT_EQ(response_head(response, {true, false, false, "D"}),
            "HTTP/1.1 201 Created\r\nDate: D\r\nLocation: /x\r\n"
            "Content-Security-Policy: frame-ancestors 'none'\r\nX-Content-Type-Options: nosniff\r\n"
            "Referrer-Policy: no-referrer\r\nContent-Length: 5\r\n\r\n");
}

TEST(ResponseText, LeavesTheMakersOwnPolicyAlone) {
  HttpResponse response;
  response.headers = {{"content-security-policy", "default-src 'self'"}};
  const std::string head = response_head(response, {false, false, true, "D"});
  EXPECT_EQ(head.find("frame-ancestors"), std::string::npos);
  EXPECT_NE(head.find("Strict-Transport-Security"), std::string::npos);
  EXPECT_NE(head.find("Connection: close\r\n"), std::string::npos);
}

TEST(ResponseText, LetsNoValueBeginAnotherHeader) {
  HttpResponse response;
  response.headers = {{"X", "a\r\nSet-Cookie: b"}};
  EXPECT_EQ(response_head(response, {}).find("\nSet-Cookie"), std::string::npos);
}

TEST(ResponseText, HasNoLengthWhereThereIsNoBody) {
  HttpResponse response;
  for (const int status : {204, 304}) {
    response.status = status;
    EXPECT_EQ(response_head(response, {}).find("Content-Length"), std::string::npos);
  }
}

TEST(ResponseText, WritesDatesAsHttpWantsThem) {
  EXPECT_EQ(http_date(784'111'777), "Sun, 06 Nov 1994 08:49:37 GMT");
}

}  // namespace
}  // namespace cinnabar::kernel
