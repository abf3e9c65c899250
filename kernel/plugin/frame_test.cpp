#include "kernel/plugin/frame.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cstring>

namespace cinnabar::kernel {
namespace {

class FrameTest : public ::testing::Test {
 protected:
  FrameTest() {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0) {
      mine_ = UniqueFd(ends[0]);
      theirs_ = UniqueFd(ends[1]);
    }
  }
  Receiving receive(ReceivedFrame& frame) { return receive_frame(theirs_.get(), 0, frame); }
  // Sends bytes as they are, with descriptors.
  void send_raw(std::string bytes, std::vector<int> fds = {}) {
    alignas(cmsghdr) char control[256] = {};
    iovec piece{bytes.data(), bytes.size()};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    if (!fds.empty()) {
      message.msg_control = control;
      message.msg_controllen = CMSG_SPACE(sizeof(int) * fds.size());
      cmsghdr* header = CMSG_FIRSTHDR(&message);
      header->cmsg_level = SOL_SOCKET;
      header->cmsg_type = SCM_RIGHTS;
      header->cmsg_len = CMSG_LEN(sizeof(int) * fds.size());
      std::memcpy(CMSG_DATA(header), fds.data(), sizeof(int) * fds.size());
    }
    ASSERT_GE(sendmsg(mine_.get(), &message, 0), 0);
  }
  // A well-formed frame of one part, as bytes on the wire, with a field of its head replaced.
  std::string wire(std::size_t offset, std::uint64_t value, std::size_t size) {
    send_frame(mine_.get(), {FrameKind::call, 0, 1, 2}, {"hello"});
    std::string bytes(1000, '\0');
    bytes.resize(static_cast<std::size_t>(recv(theirs_.get(), bytes.data(), bytes.size(), 0)));
    std::memcpy(bytes.data() + offset, &value, size);
    return bytes;
  }

  UniqueFd mine_, theirs_;
};

TEST_F(FrameTest, CarriesHeadPartsAndADescriptor) {
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const UniqueFd in(pipe_ends[0]), out(pipe_ends[1]);
  ASSERT_TRUE(send_frame(mine_.get(), {FrameKind::reply, 3, -4, 5}, {"a", "", "ccc"}, out.get()));
  ReceivedFrame frame;
  ASSERT_EQ(receive(frame), Receiving::done);
  EXPECT_EQ(frame.head.kind, FrameKind::reply);
  EXPECT_EQ(frame.head.status, 3);
  EXPECT_EQ(frame.head.number_a, -4);
  EXPECT_EQ(frame.parts, (std::vector<std::string_view>{"a", "", "ccc"}));
  ASSERT_TRUE(frame.attached);
  ASSERT_EQ(write(frame.attached.get(), "x", 1), 1);
  char got = 0;
  EXPECT_EQ(read(in.get(), &got, 1), 1);
}

TEST_F(FrameTest, CarriesAPayloadOfManyMegabytes) {
  const std::string large(20'000'000, 'y');
  ASSERT_TRUE(send_frame(mine_.get(), {FrameKind::call}, {"a", large}));
  ReceivedFrame frame;
  ASSERT_EQ(receive(frame), Receiving::done);
  EXPECT_EQ(frame.parts.at(1), large);
  const ReceivedFrame moved = std::move(frame);
  EXPECT_EQ(moved.parts.at(1).back(), 'y');
}

class RoomTest : public FrameTest {
 protected:
  // Sends a frame of one part through the room and looks at it through the window.
  std::string carried(const std::string& part) {
    EXPECT_TRUE(send_frame(mine_.get(), {FrameKind::call}, {part}, -1, &room_));
    ReceivedFrame frame;
    const Receiving received = receive_frame(theirs_.get(), 0, frame, &window_);
    return received == Receiving::done ? std::string(frame.parts.at(0)) : "not received";
  }
  std::int64_t room_size() const {
    struct stat info {};
    return fstat(room_.file().get(), &info) == 0 ? info.st_size : -1;
  }

  FrameRoom room_;
  FrameWindow window_;
};

TEST_F(RoomTest, IsUsedAgainForFramesOfEachSize) {
  for (const std::size_t size : {100'000u, 3'000'000u, 60'000u, 7u, 0u, 500'000u})
    for (const char letter : {'a', 'b'})
      EXPECT_EQ(carried(std::string(size, letter)), std::string(size, letter)) << size;
}

TEST_F(RoomTest, KeepsNothingOfTheFrameBefore) {
  carried(std::string(300'000, 'x'));
  EXPECT_EQ(room_size(), 300'008);
  carried(std::string(100'000, 'y'));
  EXPECT_EQ(room_size(), 100'008);
  carried("small");
  EXPECT_EQ(room_size(), 0);
  carried(std::string(200'000, 'x'));
  carried(std::string(FrameRoom::kSizeMax, 'z'));  // travels in a file of its own
  EXPECT_EQ(room_size(), 0);
}

TEST_F(RoomTest, IsNothingToWhoHasNoWindow) {
  ASSERT_TRUE(send_frame(mine_.get(), {FrameKind::call}, {std::string(90'000, 'x')}, -1, &room_));
  ReceivedFrame frame;
  EXPECT_EQ(receive(frame), Receiving::malformed);
}

TEST_F(RoomTest, ThatWasCutIsMalformed) {
  const std::string part(90'000, 'x');
  ASSERT_TRUE(send_frame(mine_.get(), {FrameKind::call}, {part}, -1, &room_));
  ASSERT_EQ(ftruncate(room_.file().get(), 10), 0);
  ReceivedFrame frame;
  EXPECT_EQ(receive_frame(theirs_.get(), 0, frame, &window_), Receiving::malformed);
}

TEST_F(FrameTest, TellsAClosedSocketFromASlowOne) {
  ReceivedFrame frame;
  EXPECT_EQ(receive(frame), Receiving::timed_out);
  mine_.reset();
  EXPECT_EQ(receive(frame), Receiving::closed);
}

TEST_F(FrameTest, RefusesLyingHeads) {
  // Offsets in the head: magic 0, part count 12, payload size 32, its place 40, attached 44.
  const struct {
    std::size_t offset;
    std::uint64_t value;
    std::size_t size;
  } kLies[] = {{0, 1, 4},  {12, 2, 4}, {12, 0xffffffff, 4}, {32, 3, 8}, {32, ~0ULL, 8},
               {40, 1, 4}, {40, 7, 4}, {44, 1, 4},          {48, 6, 8}, {48, ~0ULL, 8},
               {40, 2, 4}, {40, 3, 4}, {40, 4, 4}};
  for (const auto& lie : kLies) {
    const std::string bytes = wire(lie.offset, lie.value, lie.size);
    send_raw(bytes);
    ReceivedFrame frame;
    EXPECT_EQ(receive(frame), Receiving::malformed) << lie.offset << " " << lie.value;
  }
  send_raw("short");
  ReceivedFrame frame;
  EXPECT_EQ(receive(frame), Receiving::malformed);
}

TEST_F(FrameTest, RefusesAMemoryFileThatCouldStillBeCut) {
  std::string bytes = wire(40, 1, 4);
  bytes.resize(48);
  const std::uint64_t size = 13;
  std::memcpy(bytes.data() + 32, &size, sizeof size);
  const UniqueFd memory(memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  const std::string payload = std::string("\5\0\0\0\0\0\0\0hello", 13);
  ASSERT_EQ(write(memory.get(), payload.data(), payload.size()), 13);
  send_raw(bytes, {memory.get()});
  {
    ReceivedFrame frame;
    EXPECT_EQ(receive(frame), Receiving::malformed);
  }
  ASSERT_EQ(fcntl(memory.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW), 0);
  send_raw(bytes, {memory.get()});
  ReceivedFrame frame;
  ASSERT_EQ(receive(frame), Receiving::done);
  EXPECT_EQ(frame.parts.at(0), "hello");
}

TEST_F(FrameTest, ClosesDescriptorsThatNobodyAskedFor) {
  const std::string bytes = wire(0, 0x43424e46, 4);
  send_raw(bytes, {0, 1});
  ReceivedFrame frame;
  EXPECT_EQ(receive(frame), Receiving::malformed);
  EXPECT_FALSE(frame.attached);
}

}  // namespace
}  // namespace cinnabar::kernel
