#include "kernel/plugin/worker.hpp"

#include "kernel/plugin/frame.hpp"
#include "kernel/plugin/sandbox.hpp"

#include <new>

namespace cinnabar::kernel {
namespace {

cinnabar_bytes part(const ReceivedFrame& frame, CallPart which) {
  return bytes_of(frame.parts[which]);
}

bool ran_out_of_memory(cinnabar_status status, const std::string& document) {
  return status == CINNABAR_FAILED && document.find("bad_alloc") != std::string::npos;
}

// Carries out one call and answers it. False: the server is gone.
bool serve_one(const PluginInstance& plugin, const ReceivedFrame& frame, int socket) {
  const cinnabar_call call{sizeof call,
                           part(frame, kPartOwner),
                           part(frame, kPartConfig),
                           part(frame, kPartTrace),
                           part(frame, kPartLocale),
                           frame.head.number_a,
                           [](const void*) -> std::int32_t { return hosted_call_expired(); },
                           nullptr};
  std::vector<cinnabar_bytes> spans;
  for (std::size_t i = kCallParts; i < frame.parts.size(); ++i)
    spans.push_back(bytes_of(frame.parts[i]));
  const cinnabar_message message{sizeof message, part(frame, kPartJson), spans.data(),
                                 spans.size()};
  ReplyBuffer reply;
  const auto* service =
      static_cast<const cinnabar_service*>(plugin.find(frame.parts[kPartInterface]));
  cinnabar_status status = CINNABAR_UNSUPPORTED;
  if (service) {
    const HostedCall during(socket, frame.head.number_a, frame.head.number_b);
    status = service->invoke(service->self, &call, part(frame, kPartMethod), &message, reply.raw());
  }
  if (ran_out_of_memory(status, reply.json())) _exit(kExitMemory);
  std::vector<std::string_view> parts{reply.json()};
  for (const Bytes& span : reply.spans()) parts.push_back(span.view());
  return send_frame(socket, {FrameKind::reply, status}, parts);
}

}  // namespace

void serve_calls(const PluginInstance& plugin, const UniqueFd& socket) {
  std::set_new_handler([] { _exit(kExitMemory); });
  FrameWindow window;
  for (bool quick = false;;) {  // whether one call follows the other at once
    ReceivedFrame frame;
    if (receive_frame(socket.get(), -1, frame, &window, &quick) != Receiving::done ||
        frame.head.kind != FrameKind::call || frame.parts.size() < kCallParts)
      _exit(0);
    if (!serve_one(plugin, frame, socket.get())) _exit(1);
  }
}

}  // namespace cinnabar::kernel
