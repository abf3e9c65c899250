#include "kernel/plugin/worker_host.hpp"

#include "kernel/plugin/frame.hpp"
#include "kernel/plugin/host_process.hpp"

#include <sys/random.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <mutex>

namespace cinnabar::kernel {
namespace {

// One write of at most this is not mixed with another's on a pipe (PIPE_BUF).
constexpr std::size_t kLogLineMax = 4'000;

struct HostedState {
  std::string config;
  std::atomic<std::int64_t> business_shift_ms{0};  // as the last call brought it
  std::atomic<std::int64_t> deadline_ms{0};
  std::mutex asking;  // one question at a time, and none outside of a call
  int socket = -1;
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

std::int64_t hosted_now_ms(void*, std::int32_t clock) {
  return real_ms() + (clock == CINNABAR_CLOCK_BUSINESS ? state().business_shift_ms.load() : 0);
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

cinnabar_status hosted_invoke(void*, const cinnabar_call* call, cinnabar_bytes interface_id,
                              cinnabar_bytes name, cinnabar_bytes method,
                              const cinnabar_message* request, const cinnabar_reply* reply) {
  std::vector<std::string_view> parts(kAskParts);
  parts[kAskInterface] = view(interface_id);
  parts[kAskName] = view(name);
  parts[kAskMethod] = view(method);
  if (call) parts[kAskOwner] = view(call->owner);
  parts[kAskJson] = view(request->json);
  for (std::size_t i = 0; i < request->span_count; ++i) parts.push_back(view(request->spans[i]));

  const std::lock_guard lock(state().asking);
  ReceivedFrame answer;
  if (state().socket < 0) return CINNABAR_UNSUPPORTED;
  if (!send_frame(state().socket, {FrameKind::ask}, parts) ||
      receive_frame(state().socket, -1, answer) != Receiving::done ||
      answer.head.kind != FrameKind::answer || answer.parts.empty())
    return CINNABAR_FAILED;
  if (!answer.parts[0].empty()) reply->json(reply->self, bytes_of(answer.parts[0]));
  for (std::size_t i = 1; i < answer.parts.size(); ++i)
    reply->span(reply->self, bytes_of(answer.parts[i]));
  return answer.head.status;
}

// A host function that there is not here, of whatever kind.
template <class... Arguments>
cinnabar_status unsupported(void*, Arguments...) {
  return CINNABAR_UNSUPPORTED;
}

}  // namespace

const cinnabar_host* hosted_host(std::string config) {
  state().config = std::move(config);
  state().host = {sizeof(cinnabar_host),
                  nullptr,
                  hosted_log,
                  hosted_now_ms,
                  hosted_random,
                  hosted_invoke,
                  [](void*, cinnabar_bytes, cinnabar_bytes) -> const void* { return nullptr; },
                  unsupported,
                  unsupported,
                  unsupported,
                  unsupported,
                  unsupported,
                  [](void*, const cinnabar_sink* sink) -> cinnabar_status {
                    return sink->write(sink->self, bytes_of(state().config));
                  }};
  return &state().host;
}

HostedCall::HostedCall(int socket, std::int64_t deadline_ms, std::int64_t business_shift_ms) {
  const std::lock_guard lock(state().asking);
  state().socket = socket;
  state().deadline_ms = deadline_ms;
  state().business_shift_ms = business_shift_ms;
}

HostedCall::~HostedCall() {
  const std::lock_guard lock(state().asking);
  state().socket = -1;
}

bool hosted_call_expired() {
  const std::int64_t deadline_ms = state().deadline_ms;
  return deadline_ms != 0 && real_ms() > deadline_ms;
}

}  // namespace cinnabar::kernel
