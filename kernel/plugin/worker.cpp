#include "kernel/plugin/worker.hpp"

#include "kernel/plugin/frame.hpp"
#include "kernel/plugin/host_process.hpp"
#include "kernel/plugin/sandbox.hpp"

#include <sys/random.h>

#include <chrono>
#include <new>

namespace cinnabar::kernel {
namespace {

// One write of at most this is not mixed with another's on a pipe (PIPE_BUF).
constexpr std::size_t kLogLineMax = 4'000;

struct HostedState {
  std::string config;
  std::int64_t business_shift_ms = 0;  // of the business clock, as the last call brought it
  std::int64_t deadline_ms = 0;
  cinnabar_host host{};
};

HostedState& state() {
  static HostedState the_state;
  return the_state;
}

std::int64_t real_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

void hosted_log(void*, std::int32_t level, cinnabar_bytes message) {
  std::string line{kLogMark, static_cast<char>('0' + (level < 0 || level > 3 ? 3 : level))};
  line.append(view(message).substr(0, kLogLineMax));
  for (char& c : line)
    if (c == '\n') c = ' ';
  line += '\n';
  // A line that cannot be delivered is lost; there is nowhere else to say so.
  if (::write(STDERR_FILENO, line.data(), line.size()) < 0) return;
}

cinnabar_status hosted_random(void*, char* out, std::size_t size) {
  while (size > 0) {
    const ssize_t got = getrandom(out, size, 0);
    if (got <= 0) return CINNABAR_FAILED;
    out += got;
    size -= static_cast<std::size_t>(got);
  }
  return CINNABAR_OK;
}

cinnabar_bytes part(const ReceivedFrame& frame, CallPart which) {
  return bytes_of(frame.parts[which]);
}

bool ran_out_of_memory(cinnabar_status status, const std::string& document) {
  return status == CINNABAR_FAILED && document.find("bad_alloc") != std::string::npos;
}

// Carries out one call and answers it. False: the server is gone.
bool serve_one(const PluginInstance& plugin, const ReceivedFrame& frame, int socket) {
  state().deadline_ms = frame.head.number_a;
  state().business_shift_ms = frame.head.number_b;
  const cinnabar_call call{sizeof call,
                           part(frame, kPartOwner),
                           part(frame, kPartConfig),
                           part(frame, kPartTrace),
                           part(frame, kPartLocale),
                           frame.head.number_a,
                           [](const void*) -> std::int32_t {
                             return state().deadline_ms != 0 && real_ms() > state().deadline_ms;
                           },
                           nullptr};
  std::vector<cinnabar_bytes> spans;
  for (std::size_t i = kCallParts; i < frame.parts.size(); ++i)
    spans.push_back(bytes_of(frame.parts[i]));
  const cinnabar_message message{sizeof message, part(frame, kPartJson), spans.data(),
                                 spans.size()};
  ReplyBuffer reply;
  const auto* service =
      static_cast<const cinnabar_service*>(plugin.find(frame.parts[kPartInterface]));
  const cinnabar_status status =
      service
          ? service->invoke(service->self, &call, part(frame, kPartMethod), &message, reply.raw())
          : CINNABAR_UNSUPPORTED;
  if (ran_out_of_memory(status, reply.json())) _exit(kExitMemory);
  std::vector<std::string_view> parts{reply.json()};
  for (const Bytes& span : reply.spans()) parts.push_back(span.view());
  return send_frame(socket, {FrameKind::reply, status}, parts);
}

}  // namespace

const cinnabar_host* hosted_host(std::string config) {
  HostedState& s = state();
  s.config = std::move(config);
  s.host = {sizeof(cinnabar_host),
            nullptr,
            hosted_log,
            [](void*, std::int32_t clock) {
              return real_ms() + (clock == CINNABAR_CLOCK_BUSINESS ? state().business_shift_ms : 0);
            },
            hosted_random,
            [](void*, const cinnabar_call*, cinnabar_bytes, cinnabar_bytes, cinnabar_bytes,
               const cinnabar_message*,
               const cinnabar_reply*) -> cinnabar_status { return CINNABAR_UNSUPPORTED; },
            [](void*, cinnabar_bytes, cinnabar_bytes) -> const void* { return nullptr; },
            [](void*, const cinnabar_call*, cinnabar_bytes, const cinnabar_value*, std::size_t,
               const cinnabar_rows*) -> cinnabar_status { return CINNABAR_UNSUPPORTED; },
            [](void*, const cinnabar_call*, cinnabar_bytes,
               const cinnabar_reply*) -> cinnabar_status { return CINNABAR_UNSUPPORTED; },
            [](void*, cinnabar_bytes, const cinnabar_reply*) -> cinnabar_status {
              return CINNABAR_UNSUPPORTED;
            },
            [](void*, cinnabar_bytes, std::uint64_t, std::uint64_t,
               const cinnabar_sink*) -> cinnabar_status { return CINNABAR_UNSUPPORTED; },
            [](void*, const cinnabar_sink*) -> cinnabar_status { return CINNABAR_UNSUPPORTED; },
            [](void*, const cinnabar_sink* sink) -> cinnabar_status {
              return sink->write(sink->self, bytes_of(state().config));
            }};
  return &s.host;
}

void serve_calls(const PluginInstance& plugin, const UniqueFd& socket) {
  std::set_new_handler([] { _exit(kExitMemory); });
  FrameWindow window;
  for (;;) {
    ReceivedFrame frame;
    if (receive_frame(socket.get(), -1, frame, &window) != Receiving::done ||
        frame.head.kind != FrameKind::call || frame.parts.size() < kCallParts)
      _exit(0);
    if (!serve_one(plugin, frame, socket.get())) _exit(1);
  }
}

}  // namespace cinnabar::kernel
