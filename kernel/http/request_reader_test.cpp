#include "kernel/http/request_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace cinnabar::kernel {
namespace {

constexpr int kHeaderSizeMax = 2'000;
constexpr std::int64_t kBodySizeMax = 500;

// Everything that a reader makes of some bytes that come in pieces: the requests, and how it ends.
std::string story(std::string_view bytes, const std::function<std::size_t()>& piece_size) {
  RequestReader reader(kHeaderSizeMax);
  std::string out;
  HttpRequest request;
  bool in_body = false;
  try {
    for (;;) {
      const auto sink = [&](std::string_view part) { request.body.append(part); };
      auto progress = in_body ? reader.read_body(sink) : reader.read_head(request);
      if (progress == RequestReader::Progress::done && !in_body && reader.has_body()) {
        reader.limit_body(kBodySizeMax);
        in_body = true;
        continue;
      }
      if (progress == RequestReader::Progress::done) {
        out += request.method + " " + request.path + " [" + request.body + "] " +
               std::to_string(request.headers.size()) + (reader.keep_alive() ? "\n" : " end\n");
        if (!reader.keep_alive()) return out;
        request = HttpRequest{};
        in_body = false;
        reader.next();
        continue;
      }
      if (bytes.empty()) return out + (reader.has_bytes() || in_body ? "cut" : "done");
      const auto [room, size] = reader.prepare();
      const std::size_t count = std::min({size, bytes.size(), piece_size()});
      std::copy_n(bytes.data(), count, room);
      reader.commit(count);
      bytes.remove_prefix(count);
    }
  } catch (const Error& error) {
    return out + error.code();
  }
}

std::string whole(std::string_view bytes) {
  return story(bytes, [] { return std::size_t{100'000}; });
}

// What was understood. That a last line is wrong may show a few bytes earlier or later.
std::string requests(const std::string& story) { return story.substr(0, story.rfind('\n') + 1); }

TEST(RequestReader, ReadsRequestsThatFollowEachOther) {
  EXPECT_EQ(whole("GET /a HTTP/1.1\r\nHost: h\r\n\r\n\r\nPOST /b HTTP/1.1\r\nHost: h\r\n"
                  "Content-Length: 3\r\n\r\nabcPUT /c HTTP/1.1\r\nHost: h\r\n"
                  "Transfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\n\r\n"
                  "GET /d HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\nGET /e HTTP/1.1\r\n"),
            "GET /a [] 1\nPOST /b [abc] 2\nPUT /c [de] 2\nGET /d [] 2 end\n");
}

TEST(RequestReader, SaysHowItEnds) {
  EXPECT_EQ(whole("POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 501\r\n\r\n"),
            "http.body_too_large");
  EXPECT_EQ(whole("POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabc"), "cut");
  EXPECT_EQ(whole("POST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1F5\r\n"),
            "http.body_too_large");
  EXPECT_EQ(whole("GET /" + std::string(3'000, 'x')), "http.head_too_large");
  EXPECT_EQ(whole("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(3'000, 'x')),
            "http.head_too_large");
  EXPECT_EQ(whole("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;" +
                  std::string(200'000, 'x')),
            "http.body_malformed");
}

TEST(RequestReader, ManyChunksDoNotPassTheLimitTogether) {
  std::string text = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 51; ++i) text += "a\r\n0123456789\r\n";
  EXPECT_EQ(whole(text), "http.body_too_large");
}

// Where the bytes are cut on their way must not change what they mean: two parties that read one
// stream differently is what smuggling is made of.
TEST(RequestReader, MeansTheSameHoweverTheBytesArrive) {
  const std::string base =
      "POST /things?x=1 HTTP/1.1\r\nHost: example\r\nTransfer-Encoding: chunked\r\nX-Y: z\r\n\r\n"
      "4\r\nbody\r\n3;q=\"a\"\r\nend\r\n0\r\nT: 1\r\n\r\nPUT /b HTTP/1.1\r\nHost: h\r\n"
      "Content-Length: 6\r\nExpect: 100-continue\r\n\r\nGET / GET /last HTTP/1.1\r\nHost: "
      "h\r\n\r\n";
  const std::string_view inserts[] = {"\r\n",
                                      "\n",
                                      "\r",
                                      " ",
                                      ":",
                                      "0",
                                      "chunked",
                                      "Host: x\r\n",
                                      "Content-Length: 4\r\n",
                                      "\t",
                                      ",",
                                      "\x80",
                                      ";",
                                      "Transfer-Encoding: chunked\r\n"};
  std::mt19937 random(42);
  const auto below = [&](std::size_t limit) { return random() % limit; };
  int understood = 0;
  for (int round = 0; round < 3'000; ++round) {
    std::string text = base;
    for (std::size_t changes = below(3); changes > 0; --changes) {
      const std::size_t at = below(text.size());
      if (below(3) == 0)
        text.erase(at, 1 + below(4));
      else if (below(2) == 0)
        text[at] = static_cast<char>(random());
      else
        text.insert(at, inserts[below(std::size(inserts))]);
    }
    const std::string expected = whole(text);
    understood += expected.find('\n') != std::string::npos;
    EXPECT_EQ(requests(story(text, [] { return std::size_t{1}; })), requests(expected)) << text;
    EXPECT_EQ(requests(story(text, [&] { return 1 + below(40); })), requests(expected)) << text;
  }
  EXPECT_GT(understood, 500);
}

}  // namespace
}  // namespace cinnabar::kernel
