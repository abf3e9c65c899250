// Programs as plugins: which ones may be started, and the conversation with them, down to what
// arrives in pieces, too late or as a lie.
#include "kernel/plugin/process_program.hpp"
#include "kernel/plugin/worker_host.hpp"

#include <cinnabar/testing/folder.hpp>

#include <gtest/gtest.h>

#include <sys/socket.h>

#include <future>

namespace cinnabar::kernel {
namespace {

using process::Broken;
using process::Message;
using process::Program;
using process::Stream;

class ProgramTest : public ::testing::Test {
 protected:
  ProgramTest() {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0) {
      mine_ = UniqueFd(ends[0]);
      theirs_ = UniqueFd(ends[1]);
    }
  }
  static std::int64_t in(std::int64_t ms) { return process::steady_ms() + ms; }
  static std::string framed(const std::string& header) {
    return std::string({0, 0, static_cast<char>(header.size() >> 8),
                        static_cast<char>(header.size())}) +
           header;
  }
  void put(std::string_view bytes) {
    ASSERT_EQ(write(theirs_.get(), bytes.data(), bytes.size()),
              static_cast<ssize_t>(bytes.size()));
  }
  Broken::Kind broken(Stream& stream, std::int64_t ms = 1'000) {
    try {
      stream.receive(in(ms));
    } catch (const Broken& caught) {
      return caught.kind;
    }
    ADD_FAILURE() << "it was received";
    return {};
  }

  UniqueFd mine_, theirs_;
};

TEST_F(ProgramTest, ReceivesWhatComesInPiecesAndTogether) {
  Stream stream(mine_.get());
  const std::string first = framed(R"({"n":1,"spans":[3,0,2]})") + "abcde";
  put(first.substr(0, 2));
  EXPECT_EQ(broken(stream, 5), Broken::Kind::timed_out);
  EXPECT_TRUE(stream.within()) << "what had come is lost";

  Stream fresh(mine_.get());
  EXPECT_EQ(broken(fresh, 5), Broken::Kind::timed_out);
  EXPECT_FALSE(fresh.within());
  put(first + framed(R"({"n":2})"));
  const Message one = fresh.receive(in(1'000));
  ASSERT_EQ(one.spans.size(), 3u);
  EXPECT_EQ(one.spans[0].view(), "abc");
  EXPECT_EQ(one.spans[1].view(), "");
  EXPECT_EQ(one.spans[2].view(), "de");
  EXPECT_EQ(fresh.receive(in(1'000)).header["n"].integer(), 2);
}

TEST_F(ProgramTest, CarriesSpansOfManyMegabytes) {
  Stream sender(theirs_.get()), receiver(mine_.get());
  const std::string large(20'000'000, 'x');
  auto sent = std::async(std::launch::async,
                         [&] { sender.send(R"({"spans":[20000000]})", {large}, in(20'000)); });
  EXPECT_EQ(receiver.receive(in(20'000)).spans.at(0).view(), large);
  sent.get();
}

TEST_F(ProgramTest, RefusesLies) {
  for (const char* header :
       {"{", "[]", "7", R"({"spans":[-1]})", R"({"spans":[1.5]})", R"({"spans":"x"})",
        R"({"spans":[536870913]})", R"({"spans":[300000000,300000000]})"}) {
    Stream stream(mine_.get());
    put(framed(header));
    EXPECT_EQ(broken(stream), Broken::Kind::malformed) << header;
  }
  Stream stream(mine_.get());
  put(std::string("\x01\x00\x00\x01", 4));  // one byte more than a header may have
  EXPECT_EQ(broken(stream), Broken::Kind::malformed);
  theirs_.reset();
  EXPECT_EQ(broken(stream), Broken::Kind::closed);
}

TEST_F(ProgramTest, CancelsBeforeTheDeadlineAndTakesTheAnswerThatComesThen) {
  const cinnabar_host* host = hosted_host({});
  Program program(mine_.get(), host);
  auto other_side = std::async(std::launch::async, [&] {
    Stream stream(theirs_.get());
    const Message call = stream.receive(in(5'000)), cancel = stream.receive(in(5'000));
    const std::string id = to_json(call.header["id"]);
    stream.send(R"({"type":"error","code":"slow.cancelled","status":"deadline","id":)" + id + "}",
                {}, in(1'000));
    return cancel.header["type"].text() + to_json(cancel.header["id"]) + " of " + id;
  });
  cinnabar_call call{sizeof call, {}, {}, {}, {}, 0, nullptr, nullptr};
  call.deadline_ms = host->now_ms(host->self, CINNABAR_CLOCK_REAL) + 600;
  const cinnabar_message request{sizeof request, {nullptr, 0}, nullptr, 0};
  ReplyBuffer reply;
  EXPECT_EQ(program.invoke("a/1", call, "m", request, *reply.raw()), CINNABAR_DEADLINE);
  EXPECT_NE(reply.json().find("slow.cancelled"), std::string::npos);
  EXPECT_EQ(other_side.get(), "cancel1 of 1");
}

TEST(ProgramOf, StartsFilesOfTheFolderAndAllowedInterpretersOnly) {
  const testing::TestFolder folder;
  folder.write("main", "");
  folder.write("bin/tool", "");
  std::filesystem::create_symlink("/bin/sh", folder.path / "out");
  Manifest manifest;
  manifest.folder = folder.path;
  const auto first = [&](std::vector<std::string> run) -> std::string {
    manifest.run = std::move(run);
    try {
      return program_of(manifest, {"sh", "/opt/own/tool"}).at(0);
    } catch (const Error& error) {
      return error.code();
    }
  };
  EXPECT_EQ(first({"main", "x"}), "./main");
  EXPECT_EQ(first({"bin/tool"}), "./bin/tool");
  EXPECT_EQ(first({"sh", "main"}), "/usr/bin/sh");
  EXPECT_EQ(first({"/opt/own/tool"}), "/opt/own/tool");
  for (const char* refused : {"perl", "/bin/sh", "out", "../main", "missing"})
    EXPECT_EQ(first({refused}), "plugin.refused") << refused;
}

}  // namespace
}  // namespace cinnabar::kernel
