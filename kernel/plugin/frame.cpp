#include "kernel/plugin/frame.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

namespace cinnabar::kernel {
namespace {

// Payloads up to this travel in the datagram; well below the default socket buffer of 208 KiB.
constexpr std::size_t kInlineMax = 48 * 1024;
constexpr std::uint32_t kMagic = 0x43424e46;
constexpr int kSealed = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
constexpr std::size_t kAttachedMax = 2;
// Whoever waits for a frame of a quick side stays awake for so long.
constexpr auto kEager = std::chrono::microseconds(60), kQuick = std::chrono::microseconds(150);
using Clock = std::chrono::steady_clock;

// Where the payload is.
enum Place : std::uint32_t {
  kInline,      // behind the head
  kMemoryFile,  // in the first descriptor
  kNewRoom,     // in a room, whose file is the first descriptor
  kRoom,        // in the room that came before
  kPlaces
};

bool has_file(std::uint32_t place) { return place == kMemoryFile || place == kNewRoom; }

Place place_for(std::uint64_t size, const FrameRoom* room) {
  if (size <= kInlineMax) return kInline;
  if (room == nullptr || size > FrameRoom::kSizeMax) return kMemoryFile;
  return room->known() ? kRoom : kNewRoom;
}

struct WireHead {
  std::uint32_t magic;
  std::uint32_t kind;
  std::int32_t status;
  std::uint32_t part_count;
  std::int64_t number_a;
  std::int64_t number_b;
  std::uint64_t payload_size;  // the parts' sizes, then the parts
  std::uint32_t place;         // of the payload
  std::uint32_t attached;      // 1: the last descriptor is attached
};

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

std::string_view raw(const std::vector<std::uint64_t>& sizes) {
  return {reinterpret_cast<const char*>(sizes.data()), sizes.size() * sizeof(std::uint64_t)};
}

UniqueFd payload_file(const std::vector<std::string_view>& payload) {
  UniqueFd fd(memfd_create("cinnabar-frame", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  bool ok = static_cast<bool>(fd);
  for (const std::string_view part : payload) ok = ok && write_all(fd.get(), part);
  ok = ok && fcntl(fd.get(), F_ADD_SEALS, kSealed | F_SEAL_SEAL) == 0;
  if (!ok) fd.reset();
  return fd;
}

bool send_datagram(int socket, iovec* pieces, std::size_t count, const int* fds,
                   std::size_t fd_count) {
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * kAttachedMax)] = {};
  msghdr message{};
  message.msg_iov = pieces;
  message.msg_iovlen = count;
  if (fd_count > 0) {
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(sizeof(int) * fd_count);
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * fd_count);
    std::memcpy(CMSG_DATA(header), fds, sizeof(int) * fd_count);
  }
  ssize_t sent;
  do sent = sendmsg(socket, &message, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent >= 0;
}

// Takes the descriptors that came with a message. More than expected are closed.
std::vector<UniqueFd> take_descriptors(msghdr& message) {
  std::vector<UniqueFd> fds;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd;
      std::memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof fd);
      fds.emplace_back(fd);
    }
  }
  return fds;
}

// Without sleeping, where there is a processor to spare: waking up takes longer than a quick other
// side does.
bool readable_soon(int socket, Clock::time_point begin) {
  static const bool spare = std::thread::hardware_concurrency() > 1;
  while (spare && Clock::now() < begin + kEager) {
    pollfd waiting{socket, POLLIN, 0};
    if (poll(&waiting, 1, 0) > 0) return true;
    sched_yield();  // the other side may have been put on this processor
  }
  return false;
}

Receiving wait_readable(int socket, int timeout_ms, Clock::time_point begin) {
  const auto until = begin + std::chrono::milliseconds(timeout_ms);
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
    pollfd waiting{socket, POLLIN, 0};
    const int ready = poll(&waiting, 1, left < 0 ? 0 : static_cast<int>(left));
    if (ready > 0) return Receiving::done;
    if (ready == 0) return Receiving::timed_out;
    if (errno != EINTR) return Receiving::closed;
  }
}

}  // namespace

ReceivedFrame::ReceivedFrame(ReceivedFrame&& other) noexcept
    : head(other.head),
      parts(std::move(other.parts)),
      attached(std::move(other.attached)),
      inline_(std::move(other.inline_)),
      mapped_(std::exchange(other.mapped_, nullptr)),
      mapped_size_(other.mapped_size_) {}

ReceivedFrame::~ReceivedFrame() {
  if (mapped_) munmap(mapped_, mapped_size_);
}

bool ReceivedFrame::split(std::uint32_t count, std::string_view payload) {
  if (count > kFramePartsMax || payload.size() < count * sizeof(std::uint64_t)) return false;
  std::string_view rest = payload.substr(count * sizeof(std::uint64_t));
  for (std::uint32_t i = 0; i < count; ++i) {
    std::uint64_t size;
    std::memcpy(&size, payload.data() + i * sizeof size, sizeof size);
    if (size > rest.size()) return false;
    parts.push_back(rest.substr(0, size));
    rest.remove_prefix(size);
  }
  return rest.empty();
}

// Only a sealed file can be mapped safely: its sender can neither change nor cut it any more.
bool ReceivedFrame::map(const UniqueFd& memory, std::uint64_t size) {
  struct stat info {};
  if (size == 0 || size > kFrameSizeMax || fstat(memory.get(), &info) != 0 ||
      static_cast<std::uint64_t>(info.st_size) != size)
    return false;
  const int seals = fcntl(memory.get(), F_GET_SEALS);
  if (seals < 0 || (seals & kSealed) != kSealed) return false;
  void* at = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, memory.get(), 0);
  if (at == MAP_FAILED) return false;
  mapped_ = at;
  mapped_size_ = size;
  return true;
}

bool send_frame(int socket, const FrameHead& head, const std::vector<std::string_view>& parts,
                int attach, FrameRoom* room) {
  std::vector<std::uint64_t> sizes;
  for (const std::string_view part : parts) sizes.push_back(part.size());
  std::vector<std::string_view> payload{raw(sizes)};
  payload.insert(payload.end(), parts.begin(), parts.end());
  std::uint64_t total = 0;
  for (const std::string_view part : payload) total += part.size();
  if (total > kFrameSizeMax || parts.size() > kFramePartsMax) {
    errno = EMSGSIZE;
    return false;
  }
  const Place place = place_for(total, room);
  WireHead wire{kMagic,        static_cast<std::uint32_t>(head.kind),
                head.status,   static_cast<std::uint32_t>(parts.size()),
                head.number_a, head.number_b,
                total,         place,
                attach >= 0};
  const bool in_room = place == kRoom || place == kNewRoom;
  if (room != nullptr && !(in_room ? room->fill(payload) : room->clear())) return false;
  UniqueFd memory;
  std::string text;
  std::vector<iovec> pieces{{&wire, sizeof wire}};
  if (place == kInline) {
    for (const std::string_view part : payload) text.append(part);
    pieces.push_back({text.data(), text.size()});
  } else if (place == kMemoryFile) {
    memory = payload_file(payload);
    if (!memory) return false;
  }
  int fds[kAttachedMax];
  std::size_t count = 0;
  if (has_file(place)) fds[count++] = in_room ? room->file().get() : memory.get();
  if (attach >= 0) fds[count++] = attach;
  if (!send_datagram(socket, pieces.data(), pieces.size(), fds, count)) return false;
  if (in_room) room->made_known();
  return true;
}

Receiving receive_frame(int socket, int timeout_ms, ReceivedFrame& frame, FrameWindow* window,
                        bool* quick) {
  const auto begin = Clock::now();
  const bool was_quick = quick && std::exchange(*quick, false);
  if (!(was_quick && readable_soon(socket, begin)) && timeout_ms >= 0) {
    const Receiving waited = wait_readable(socket, timeout_ms, begin);
    if (waited != Receiving::done) return waited;
  }
  constexpr std::size_t kRoomFor = sizeof(WireHead) + kInlineMax;
  frame.inline_ = std::make_unique_for_overwrite<char[]>(kRoomFor);
  iovec piece{frame.inline_.get(), kRoomFor};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * kAttachedMax)];
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t got;
  do got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  while (got < 0 && errno == EINTR);
  if (got <= 0) return Receiving::closed;
  if (quick) *quick = Clock::now() - begin < kQuick;
  std::vector<UniqueFd> fds = take_descriptors(message);
  WireHead wire;
  if (static_cast<std::size_t>(got) < sizeof wire || (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
    return Receiving::malformed;
  std::memcpy(&wire, frame.inline_.get(), sizeof wire);
  const bool in_room = wire.place == kRoom || wire.place == kNewRoom;
  if (wire.magic != kMagic || wire.place >= kPlaces || wire.attached > 1 ||
      fds.size() != has_file(wire.place) + wire.attached || (in_room && window == nullptr))
    return Receiving::malformed;
  frame.head = {static_cast<FrameKind>(wire.kind), wire.status, wire.number_a, wire.number_b};
  if (wire.attached) frame.attached = std::move(fds.back());
  std::string_view payload(frame.inline_.get() + sizeof wire,
                           static_cast<std::size_t>(got) - sizeof wire);
  if (wire.place == kMemoryFile) {
    if (!frame.map(fds.front(), wire.payload_size)) return Receiving::malformed;
    payload = {static_cast<const char*>(frame.mapped_), frame.mapped_size_};
  } else if (in_room) {
    if (wire.place == kNewRoom) window->look_at(std::move(fds.front()));
    payload = window->view(wire.payload_size);
  }
  if (payload.size() != wire.payload_size || !frame.split(wire.part_count, payload))
    return Receiving::malformed;
  return Receiving::done;
}

}  // namespace cinnabar::kernel
