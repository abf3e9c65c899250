// Frames: the messages between the server, a plugin's zygote and its workers, over a SOCK_SEQPACKET
// socket pair. A frame is a fixed head and a list of byte parts; a large payload travels in a
// sealed memory file beside the head, or in the room that the receiver looks into, and one more
// descriptor may be attached. Bytes from a worker are hostile: every size is checked against what
// is there. Functions; a socket belongs to one thread at a time.
#pragma once

#include "kernel/plugin/frame_room.hpp"

#include <cinnabar/unique_fd.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cinnabar::kernel {

enum class FrameKind : std::uint32_t {
  load = 1,  // server to zygote: a HostedPlugin, and its library attached, if it has one
  ready,     // its answer; status 0, or the reason as the first part
  fork,      // server to zygote: a worker for the attached socket
  forked,    // its answer: number_a is the process id, its pidfd attached
  reap,      // server to zygote: how did process number_a end?
  reaped,    // its answer: number_a is the wait status, number_b the largest resident size in KiB
  call,      // server to worker: see CallParts; number_a is the deadline, number_b the shift of
             // the business clock
  reply,     // its answer: status; the document, then the spans
  ask,       // worker to server, within its call: see AskParts
  answer     // the server's: as a reply
};

struct FrameHead {
  FrameKind kind{};
  std::int32_t status = 0;
  std::int64_t number_a = 0;
  std::int64_t number_b = 0;
};

// The first parts of a call; spans follow.
enum CallPart {
  kPartInterface,
  kPartMethod,
  kPartOwner,
  kPartConfig,
  kPartTrace,
  kPartLocale,
  kPartJson,
  kCallParts
};

// The first parts of what a plugin asks of other plugins; spans follow.
enum AskPart { kAskInterface, kAskName, kAskMethod, kAskOwner, kAskJson, kAskParts };

// What one frame may carry. The largest upload is 100 MB, a frozen document may double it.
inline constexpr std::uint64_t kFrameSizeMax = 512ULL << 20;
inline constexpr std::uint32_t kFramePartsMax = 20'000;

enum class Receiving { done, closed, timed_out, malformed };

// Holds what was received; the parts point into it.
class ReceivedFrame {
 public:
  ReceivedFrame() = default;
  ReceivedFrame(ReceivedFrame&& other) noexcept;
  ReceivedFrame& operator=(ReceivedFrame&&) = delete;
  ~ReceivedFrame();

  FrameHead head;
  std::vector<std::string_view> parts;
  UniqueFd attached;

 private:
  friend Receiving receive_frame(int, int, ReceivedFrame&, FrameWindow*, bool*);
  bool split(std::uint32_t count, std::string_view payload);
  bool map(const UniqueFd& memory, std::uint64_t size);

  std::unique_ptr<char[]> inline_;
  void* mapped_ = nullptr;
  std::size_t mapped_size_ = 0;
};

// False when the other side is gone or there is no memory (errno tells). With a room, nothing of
// the frame before is left in it.
bool send_frame(int socket, const FrameHead& head, const std::vector<std::string_view>& parts = {},
                int attach = -1, FrameRoom* room = nullptr);
// timeout_ms: -1 waits for ever. Parts in the room are gone with the next frame; without a window,
// a frame that names a room is malformed. `quick`: whether the other side was quick the last time,
// which is kept there; then this stays awake for a moment.
Receiving receive_frame(int socket, int timeout_ms, ReceivedFrame& frame,
                        FrameWindow* window = nullptr, bool* quick = nullptr);

}  // namespace cinnabar::kernel
