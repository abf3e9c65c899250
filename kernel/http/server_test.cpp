#include "kernel/http/server.hpp"

#include "kernel/base/ids.hpp"
#include "kernel/http/test_client.hpp"

#include <cinnabar/bytes.hpp>

#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

namespace cinnabar::kernel {
namespace {

// Holds handlers back until a test lets them go.
class Gate {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void wait_for(int waiting) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ >= waiting; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool open_ = false;
};

class HttpServerTest : public ::testing::Test {
 protected:
  HttpServerTest() {
    folder_ = std::filesystem::temp_directory_path() / ("cinnabar_http_" + to_hex(random_bytes(8)));
    std::filesystem::create_directories(folder_);
  }
  ~HttpServerTest() override {
    gate_.open();
    server_.reset();
    std::filesystem::remove_all(folder_);
  }

  void start() {
    HttpHandlers handlers;
    handlers.handle = [this](const HttpRequest& request) { return answer(request); };
    handlers.body_rule = [this](const HttpRequest& request) { return rule(request); };
    handlers.answer_inline = [](const HttpRequest& request) {
      std::optional<HttpResponse> response;
      if (request.path == "/hello") response.emplace().body = "hello";
      return response;
    };
    server_ = std::make_unique<HttpServer>(settings_, std::move(handlers));
    server_->start();
  }
  std::uint16_t port() const { return server_->port(); }

  HttpResponse answer(const HttpRequest& request) {
    HttpResponse response;
    if (request.path == "/wait") gate_.pass();
    if (request.path == "/held") response.hold_ms = 1'000;
    if (request.path == "/throw") throw std::runtime_error("secret reason");
    if (request.path == "/stream") {
      response.stream_size = 600'000;
      response.stream = [left = 3]() mutable {
        return left-- > 0 ? std::string(200'000, 's') : std::string();
      };
      return response;
    }
    if (request.path == "/short") {
      response.stream_size = 10;
      response.stream = [left = 1]() mutable { return std::string(left-- > 0 ? "five." : ""); };
      return response;
    }
    if (request.path == "/large") {
      response.body = std::string(3'000'000, 'l');
      return response;
    }
    if (!request.staged_path.empty()) {
      response.body = request.staged_sha256 + " " + std::to_string(request.staged_size) + " " +
                      std::to_string(std::filesystem::file_size(request.staged_path));
      return response;
    }
    response.body = request.method + " " + request.path + " " + request.body;
    return response;
  }

  BodyRule rule(const HttpRequest& request) {
    BodyRule rule;
    rule.size_max = 1000;
    if (request.path == "/refused") rule.refusal.emplace().status = 401;
    if (request.path == "/upload")
      rule.later = [this] {
        BodyRule upload;
        upload.size_max = 50'000'000;
        upload.stage_path = (folder_ / "staged").string();
        return upload;
      };
    return rule;
  }

  HttpSettings settings_;
  std::filesystem::path folder_;
  Gate gate_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, AnswersManyRequestsOnOneConnection) {
  start();
  TestClient client(port());
  for (int i = 0; i < 20; ++i) {
    const auto response = client.ask("GET /a%20b?x=1 HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "GET /a b ");
  }
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
  start();
  TestClient client(port());
  std::string all;
  for (int i = 0; i < 50; ++i)
    all += "POST /n" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab";
  client.send(all);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(client.read().body, "POST /n" + std::to_string(i) + " ab");
}

TEST_F(HttpServerTest, ReadsARequestThatComesByteByByte) {
  start();
  TestClient client(port());
  for (const char c :
       std::string("POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                   "3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\nTrailer: t\r\n\r\n"))
    client.send(std::string(1, c));
  EXPECT_EQ(client.read().body, "POST /x abcde");
  EXPECT_EQ(client.ask("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n").body, "hello");
}

TEST_F(HttpServerTest, HeadHasTheLengthButNoBody) {
  start();
  TestClient client(port());
  client.send("HEAD /stream HTTP/1.1\r\nHost: h\r\n\r\nGET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.read(true).headers["content-length"], "600000");
  EXPECT_EQ(client.read().body, "hello");
}

TEST_F(HttpServerTest, CarriesTheSecurityHeaders) {
  start();
  TestClient client(port());
  auto response = client.ask("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(response.headers["x-content-type-options"], "nosniff");
  EXPECT_EQ(response.headers["content-security-policy"], "frame-ancestors 'none'");
  EXPECT_EQ(response.headers["referrer-policy"], "no-referrer");
  EXPECT_EQ(response.headers.count("strict-transport-security"), 0u);
}

TEST_F(HttpServerTest, StreamsWhatIsProducedInParts) {
  start();
  TestClient client(port());
  EXPECT_EQ(client.ask("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n").body, std::string(600'000, 's'));
  EXPECT_EQ(client.ask("GET /large HTTP/1.1\r\nHost: h\r\n\r\n").body.size(), 3'000'000u);
}

TEST_F(HttpServerTest, BreaksTheConnectionWhenAStreamEndsEarly) {
  start();
  TestClient client(port());
  client.send("GET /short HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THROW(client.read(), std::runtime_error);
}

TEST_F(HttpServerTest, HashesAndStagesAnUpload) {
  start();
  const std::string content = random_bytes(3'000'000);
  TestClient client(port());
  client.send("POST /upload HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: " +
              std::to_string(content.size()) + "\r\n\r\n");
  EXPECT_EQ(client.read().status, 100);
  client.send(content);
  EXPECT_EQ(client.read().body, sha256_hex(content) + " 3000000 3000000");
}

TEST_F(HttpServerTest, RemovesAnUploadThatBreaksOff) {
  start();
  {
    TestClient client(port());
    client.send(
        "POST /upload HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
        "Content-Length: 100\r\n\r\n");
    EXPECT_EQ(client.read().status, 100);
    client.send("part");
    EXPECT_TRUE(std::filesystem::exists(folder_ / "staged"));
  }
  server_->stop(10);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "staged"));
}

TEST_F(HttpServerTest, RefusesATooLargeBodyWithoutReadingIt) {
  start();
  for (const char* framing :
       {"Content-Length: 1001\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n3E9\r\n"}) {
    TestClient client(port());
    const auto response = client.ask("POST /x HTTP/1.1\r\nHost: h\r\n" + std::string(framing));
    EXPECT_EQ(response.status, 413) << framing;
    client.shut_down();
    EXPECT_TRUE(client.closed());
  }
}

TEST_F(HttpServerTest, LetsARefusedClientFinishSendingAndSeeTheAnswer) {
  start();
  TestClient client(port());
  client.send("POST /refused HTTP/1.1\r\nHost: h\r\nContent-Length: 40000000\r\n\r\n");
  for (int i = 0; i < 40; ++i) client.send(std::string(1'000'000, 'x'));
  auto response = client.read();
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(response.headers["connection"], "close");
}

TEST_F(HttpServerTest, RefusesWhatCouldBeReadInTwoWays) {
  start();
  const std::pair<const char*, int> kCases[] = {
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
       400},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
       400},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", 400},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3, 3\r\n\r\nabc", 400},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +3\r\n\r\nabc", 400},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: identity\r\n\r\n", 501},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n", 501},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
       "chunked\r\n\r\n",
       400},
      {"POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
       400},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
       400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
      {"GET / HTTP/1.1\nHost: a\n\n\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: h\r\nX\x01: 1\r\n\r\n", 400},
      {"GET / HTTP/2.0\r\nHost: h\r\n\r\n", 400},
      {"GET http://h HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nExpect: magic\r\n\r\n", 417},
      {"GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET /../etc HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET /a%2F.. HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET /?a=1&a=2 HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET noslash HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"\x16\x03\x01\x02", 400},
  };
  for (const auto& [text, status] : kCases) {
    TestClient client(port());
    client.send(text);
    client.shut_down();
    TestResponse response;
    try {
      response = client.read();
    } catch (const std::runtime_error& error) {
      ADD_FAILURE() << text << "\n" << error.what();
    }
    EXPECT_EQ(response.status, status) << text;
    EXPECT_TRUE(client.closed()) << text;
  }
}

TEST_F(HttpServerTest, IgnoresHeadersInATrailer) {
  start();
  TestClient client(port());
  const auto response = client.ask(
      "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n"
      "Content-Length: 50\r\nX-Other: 1\r\n\r\n");
  EXPECT_TRUE(response.status == 200 || response.status == 400);
}

TEST_F(HttpServerTest, RefusesATooLargeHead) {
  start();
  TestClient client(port());
  client.send("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(40'000, 'x') + "\r\n\r\n");
  EXPECT_EQ(client.read().status, 431);
}

TEST_F(HttpServerTest, TellsASlowHeadThatItIsTooSlow) {
  settings_.head_timeout_s = 1;
  start();
  TestClient client(port());
  client.send("GET / HTTP/1.1\r\nHos");
  EXPECT_EQ(client.read().status, 408);
  EXPECT_TRUE(client.closed());
}

TEST_F(HttpServerTest, TellsASlowBodyThatItIsTooSlow) {
  settings_.request_timeout_s = 1;
  start();
  TestClient client(port());
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_EQ(client.read().status, 408);
}

TEST_F(HttpServerTest, ClosesAnIdleConnection) {
  settings_.idle_timeout_s = 1;
  start();
  TestClient client(port());
  EXPECT_EQ(client.ask("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);
  EXPECT_TRUE(client.closed());
}

TEST_F(HttpServerTest, TurnsRequestsAwayWhenTooManyWait) {
  settings_.worker_threads = 1;
  settings_.queue_max = 1;
  start();
  const std::string request = "GET /wait HTTP/1.1\r\nHost: h\r\n\r\n";
  TestClient first(port()), second(port()), third(port());
  first.send(request);
  gate_.wait_for(1);
  second.send(request);
  while (server_->load().queued < 1) std::this_thread::yield();
  EXPECT_EQ(third.ask(request).status, 503);
  EXPECT_EQ(third.ask("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);
  gate_.open();
  EXPECT_EQ(first.read().status, 200);
  EXPECT_EQ(second.read().status, 200);
}

TEST_F(HttpServerTest, HoldsAnAnswerBackAndNobodyElse) {
  using std::chrono::steady_clock;
  settings_.worker_threads = 1;
  start();
  TestClient held(port()), other(port());
  const auto begun = steady_clock::now();
  held.send("GET /held HTTP/1.1\r\nHost: h\r\n\r\n");
  while (steady_clock::now() - begun < std::chrono::milliseconds(500))
    EXPECT_EQ(other.ask("GET /other HTTP/1.1\r\nHost: h\r\n\r\n").body, "GET /other ");
  EXPECT_LT(steady_clock::now() - begun, std::chrono::milliseconds(1'000));
  EXPECT_EQ(held.read().body, "GET /held ");
  EXPECT_GE(steady_clock::now() - begun, std::chrono::milliseconds(1'000));
  EXPECT_EQ(held.ask("GET /again HTTP/1.1\r\nHost: h\r\n\r\n").body, "GET /again ");
}

TEST_F(HttpServerTest, KeepsTheReasonOfAFailureToItself) {
  start();
  TestClient client(port());
  const auto response = client.ask("GET /throw HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body.find("secret"), std::string::npos);
  EXPECT_EQ(client.ask("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);
}

TEST_F(HttpServerTest, StopsGracefully) {
  start();
  TestClient busy(port()), idle(port());
  EXPECT_EQ(idle.ask("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);
  busy.send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
  gate_.wait_for(1);
  std::thread stopper([this] { server_->stop(10); });
  EXPECT_TRUE(idle.closed());
  gate_.open();
  auto response = busy.read();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers["connection"], "close");
  stopper.join();
  EXPECT_THROW(TestClient late(port()), std::runtime_error);
}

TEST_F(HttpServerTest, RefusesAPortThatIsTaken) {
  start();
  HttpSettings settings;
  settings.port = port();
  HttpServer second(settings, HttpHandlers{});
  EXPECT_THROW(second.start(), Error);
}

TEST_F(HttpServerTest, TakesNoMoreConnectionsThanItMay) {
  settings_.connections_max = 1;
  start();
  TestClient first(port());
  EXPECT_EQ(first.ask("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);
  TestClient second(port());
  EXPECT_TRUE(second.closed());
}

TEST_F(HttpServerTest, AnswersHttp10AndCloses) {
  start();
  TestClient client(port());
  EXPECT_EQ(client.ask("GET /hello HTTP/1.0\r\n\r\n").body, "hello");
  EXPECT_TRUE(client.closed());
}

TEST_F(HttpServerTest, PassesAWellFormedRequestIdOnOnly) {
  std::mutex mutex;
  std::string id;
  HttpHandlers handlers;
  handlers.handle = [&](const HttpRequest& request) {
    const std::lock_guard lock(mutex);
    id = request.id;
    return HttpResponse{};
  };
  HttpServer server(settings_, std::move(handlers));
  server.start();
  TestClient client(server.port());
  client.ask("GET / HTTP/1.1\r\nHost: h\r\nX-Request-Id: my-request.1\r\n\r\n");
  EXPECT_EQ(id, "my-request.1");
  client.ask("GET / HTTP/1.1\r\nHost: h\r\nX-Request-Id: a b\r\n\r\n");
  EXPECT_TRUE(id.starts_with("req_")) << id;
  server.stop(1);
}

}  // namespace
}  // namespace cinnabar::kernel
