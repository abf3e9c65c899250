#include "http_post.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <thread>

namespace cinnabar {
namespace {

constexpr char kTlsHandshake = 0x16;  // first byte of a ClientHello

// Answers one connection on a free port of this machine with a fixed text; keeps what it was sent.
class OneAnswer {
 public:
  explicit OneAnswer(std::string answer) : answer_(std::move(answer)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::listen(listener_, 4);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~OneAnswer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }

  std::string url(const std::string& target = "/hook") const {
    return "http://127.0.0.1:" + std::to_string(port_) + target;
  }
  // Valid once the post returned.
  const std::string& received() const { return received_; }

 private:
  void serve() {
    const int peer = ::accept(listener_, nullptr, nullptr);
    if (peer < 0) return;
    char buffer[4'096];
    while (received_.find("\r\n\r\n{\"a\":1}") == std::string::npos) {
      const ssize_t got = ::recv(peer, buffer, sizeof buffer, 0);
      if (got <= 0) break;
      received_.append(buffer, static_cast<std::size_t>(got));
      if (received_[0] == kTlsHandshake) break;
    }
    if (answer_ != "silence") {
      ::send(peer, answer_.data(), answer_.size(), MSG_NOSIGNAL);
    } else {
      ::recv(peer, buffer, sizeof buffer, 0);  // until the client gives up
    }
    ::close(peer);
  }

  std::string answer_;
  std::string received_;
  int listener_ = -1;
  int port_ = 0;
  std::thread thread_;
};

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
  EXPECT_TRUE(server.received().starts_with("POST /in?x=1 HTTP/1.1\r\nHost: 127.0.0.1:"));
  EXPECT_NE(server.received().find("\r\nContent-Length: 7\r\n"), std::string::npos);
  EXPECT_NE(server.received().find("\r\nwebhook-id: msg_1\r\n"), std::string::npos);
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
  EXPECT_EQ(server.received(), "");
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
