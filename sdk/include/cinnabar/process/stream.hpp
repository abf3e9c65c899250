// The messages between the platform and a plugin that is a program of any language, over a stream
// socket: the length of a header in four bytes (big-endian), the header (a JSON object), then the
// byte spans whose sizes its "spans" lists. docs/authors/process-protocol.md says what the headers
// hold. What comes in is hostile: sizes are checked before memory is taken. One thread a stream.
#pragma once

#include <cinnabar/json.hpp>

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace cinnabar::process {

inline constexpr int kProtocol = 1;
// Where the program finds its socket.
inline constexpr int kSocket = 3;
inline constexpr std::size_t kHeaderMax = 16 << 20;
// The largest upload is 100 MB, a frozen document may double it.
inline constexpr std::uint64_t kSpansMax = 512ULL << 20;
inline constexpr std::size_t kSpanCountMax = 20'000;

// The other side is of no more use; what() says why.
struct Broken : std::runtime_error {
  enum class Kind { closed, timed_out, malformed };
  Broken(Kind what_kind, const std::string& why) : std::runtime_error(why), kind(what_kind) {}
  Kind kind;
};

inline std::int64_t steady_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

struct Message {
  Json header;
  Spans spans;
};

class Stream {
 public:
  explicit Stream(int fd) : fd_(fd) {}  // stays the caller's

  // Throws Broken; `until_ms` is of the steady clock.
  void send(std::string_view header, const std::vector<std::string_view>& spans,
            std::int64_t until_ms) {
    std::string head;
    for (int shift = 24; shift >= 0; shift -= 8)
      head.push_back(static_cast<char>(header.size() >> shift));
    head.append(header);
    put(head, until_ms);
    for (const std::string_view span : spans) put(span, until_ms);
  }

  Message receive(std::int64_t until_ms) {
    within_ = false;
    const std::string length = take(4, until_ms);
    within_ = true;
    std::size_t size = 0;
    for (const char byte : length) size = size << 8 | static_cast<unsigned char>(byte);
    if (size > kHeaderMax) throw Broken(Broken::Kind::malformed, "a header of more than 16 MiB");
    Message message;
    try {
      message.header = from_json<Json>(take(size, until_ms));
    } catch (const Error&) {
      throw Broken(Broken::Kind::malformed, "a header that is not JSON");
    }
    if (!message.header.is_object())
      throw Broken(Broken::Kind::malformed, "a header that is not an object");
    for (const std::size_t span : sizes_of(message.header["spans"]))
      message.spans.emplace_back(take(span, until_ms));
    within_ = false;
    return message;
  }
  // Whether the last receive() ended in the middle of a message.
  bool within() const { return within_; }

 private:
  static std::vector<std::size_t> sizes_of(const Json& listed) {
    std::vector<std::size_t> sizes;
    if (listed.is_null()) return sizes;
    std::uint64_t total = 0;
    const bool fits = listed.is_array() && listed.items().size() <= kSpanCountMax &&
                      std::all_of(listed.items().begin(), listed.items().end(),
                                  [&](const Json& size) {
                                    if (!size.is_integer() || size.integer() < 0 ||
                                        static_cast<std::uint64_t>(size.integer()) > kSpansMax)
                                      return false;
                                    sizes.push_back(static_cast<std::size_t>(size.integer()));
                                    return (total += sizes.back()) <= kSpansMax;
                                  });
    if (!fits) throw Broken(Broken::Kind::malformed, "spans that are no sizes, or too large");
    return sizes;
  }

  void wait(short event, std::int64_t until_ms) const {
    for (;;) {
      const std::int64_t left_ms = std::max<std::int64_t>(0, until_ms - steady_ms());
      pollfd waiting{fd_, event, 0};
      const int ready = poll(&waiting, 1, static_cast<int>(left_ms));
      if (ready > 0) return;
      if (ready == 0) throw Broken(Broken::Kind::timed_out, "no answer in time");
      if (errno != EINTR) throw Broken(Broken::Kind::closed, std::strerror(errno));
    }
  }

  // sendmsg and recvmsg, because a confined process may have no other calls.
  ssize_t move(char* data, std::size_t size, bool out) const {
    iovec piece{data, size};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    return out ? sendmsg(fd_, &message, MSG_DONTWAIT | MSG_NOSIGNAL)
               : recvmsg(fd_, &message, MSG_DONTWAIT);
  }

  void put(std::string_view bytes, std::int64_t until_ms) const {
    while (!bytes.empty()) {
      const ssize_t sent = move(const_cast<char*>(bytes.data()), bytes.size(), true);
      if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
      else if (errno == EAGAIN) wait(POLLOUT, until_ms);
      else if (errno != EINTR) throw Broken(Broken::Kind::closed, "it closed its socket");
    }
  }

  std::string take(std::size_t size, std::int64_t until_ms) {
    std::string out = held_.substr(held_at_, size);
    held_at_ += out.size();
    while (out.size() < size) {
      // Memory grows with what arrives, not with what was announced.
      held_.resize(std::clamp<std::size_t>(size - out.size(), kRead, 16 * kRead));
      const ssize_t got = move(held_.data(), held_.size(), false);
      held_.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
      held_at_ = std::min(size - out.size(), held_.size());
      out.append(held_, 0, held_at_);
      if (got == 0) throw Broken(Broken::Kind::closed, "it closed its socket");
      within_ = within_ || !out.empty();
      if (got < 0 && errno == EAGAIN) wait(POLLIN, until_ms);
      else if (got < 0 && errno != EINTR) throw Broken(Broken::Kind::closed, std::strerror(errno));
    }
    return out;
  }

  static constexpr std::size_t kRead = 64 * 1024;
  const int fd_;
  std::string held_;  // read beyond what was asked for
  std::size_t held_at_ = 0;
  bool within_ = false;
};

}  // namespace cinnabar::process
