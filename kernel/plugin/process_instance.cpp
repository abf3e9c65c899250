#include "kernel/plugin/process_instance.hpp"

#include "kernel/log/log.hpp"
#include "kernel/plugin/frame.hpp"
#include "kernel/plugin/process_pool.hpp"
#include "kernel/plugin/sandbox.hpp"

#include <sys/wait.h>

#include <csignal>
#include <cstring>

namespace cinnabar::kernel {
namespace {

constexpr std::int64_t kMiB = 1 << 20;

struct Failure {
  const char* code;
  std::string what;  // for the log
};

// Why a worker ended in the middle of a call.
Failure failure_of(const WorkerEnd& end, std::int64_t memory_bytes) {
  const int status = end.wait_status;
  if (status == -1) return {"worker.crashed", "its process is gone"};
  if (WIFEXITED(status) && WEXITSTATUS(status) == kExitMemory)
    return {"worker.memory", "it needed more memory than it may have"};
  if (WIFEXITED(status) && WEXITSTATUS(status) == kExitSandbox)
    return {"worker.unavailable", "it could not be confined"};
  // Libraries in C end with a signal of their own when memory is refused to them.
  if (end.resident_max_kib * 1024 > memory_bytes * 7 / 10)
    return {"worker.memory", "it ended close to its memory limit"};
  if (!WIFSIGNALED(status))
    return {"worker.crashed", "it ended with exit code " + std::to_string(WEXITSTATUS(status))};
  const int signal = WTERMSIG(status);
  if (signal == SIGXCPU) return {"worker.timeout", "it used up its processor time"};
  if (signal == SIGSYS) return {"worker.crashed", "it made a system call that it may not make"};
  return {"worker.crashed", std::string("it was ended by signal ") + std::to_string(signal) + " (" +
                                strsignal(signal) + ")"};
}

class ProcessInstance final : public PluginInstance {
 public:
  ProcessInstance(PluginRecord& record, UniqueFd image, const PluginSettings& settings)
      : record_(record),
        deadline_s_(settings.worker_deadline_s),
        memory_bytes_(settings.worker_memory_mb * kMiB),
        pool_({settings.executable, record.manifest.id, record.manifest.version, record.config,
               memory_bytes_,
               // A backstop only: the server ends a worker at its deadline.
               static_cast<std::int64_t>(settings.worker_deadline_s) * ProcessPool::kCallsMax},
              std::move(image), settings.workers_max) {
    for (const Provided& provided : record.manifest.provides)
      services_.try_emplace(provided.interface, *this, provided.interface);
  }

  void start() override { pool_.wait_ready(); }
  void drain() override {}
  const void* find(std::string_view interface_id) const override {
    const auto found = services_.find(interface_id);
    return found == services_.end() || is_table_interface(interface_id) ? nullptr
                                                                        : &found->second.table;
  }

 private:
  // One interface of the plugin, whose calls are carried to a worker.
  struct Carrier {
    Carrier(ProcessInstance& plugin, std::string id)
        : owner(plugin), interface_id(std::move(id)) {}
    ProcessInstance& owner;
    const std::string interface_id;
    cinnabar_service table{
        sizeof(cinnabar_service), this,
        [](void* self, const cinnabar_call* call, cinnabar_bytes method,
           const cinnabar_message* request, const cinnabar_reply* reply) -> cinnabar_status {
          auto& carrier = *static_cast<Carrier*>(self);
          cinnabar_status answer = CINNABAR_OK;
          const cinnabar_status status = guarded(reply, [&] {
            answer = carrier.owner.carry(carrier.interface_id, *call, view(method), *request, *reply);
          });
          return status != CINNABAR_OK ? status : answer;
        }};
  };

  cinnabar_status carry(const std::string& interface_id, const cinnabar_call& call,
                        std::string_view method, const cinnabar_message& request,
                        const cinnabar_reply& reply);
  [[noreturn]] void fail(const char* code, const std::string& what);
  HostedWorker send(std::int64_t until_ms, const FrameHead& head,
              const std::vector<std::string_view>& parts);

  PluginRecord& record_;
  const int deadline_s_;
  const std::int64_t memory_bytes_;
  std::map<std::string, Carrier, std::less<>> services_;
  ProcessPool pool_;
};

void ProcessInstance::fail(const char* code, const std::string& what) {
  const std::string last = pool_.take_last_line();
  log_warning("a worker failed: " + what + (last.empty() ? "" : "; it last said: " + last),
              {{"plugin", record_.manifest.id}, {"code", code}});
  const bool away = std::string_view(code) == "worker.unavailable";
  throw Error(code,
              {{"plugin", record_.manifest.id}, {"seconds", std::to_string(deadline_s_)}}, {},
              away ? CINNABAR_UNAVAILABLE : CINNABAR_REFUSED);
}

// Hands the call to a worker. An idle one may have died meanwhile; then another gets it.
HostedWorker ProcessInstance::send(std::int64_t until_ms, const FrameHead& head,
                             const std::vector<std::string_view>& parts) {
  for (int attempt = 0;; ++attempt) {
    HostedWorker worker = pool_.take(until_ms);
    if (send_frame(worker.socket.get(), head, parts)) return worker;
    const int error = errno;
    const bool fresh = worker.calls == 0;
    pool_.end(std::move(worker));
    if (error != EPIPE && error != ECONNRESET)
      fail("worker.unavailable", std::string("the call cannot be handed over: ") +
                                     std::strerror(error));
    if (fresh || attempt > 2) fail("worker.unavailable", "it ended before its first call");
  }
}

cinnabar_status ProcessInstance::carry(const std::string& interface_id, const cinnabar_call& call,
                                       std::string_view method, const cinnabar_message& request,
                                       const cinnabar_reply& reply) {
  const Clocks& clocks = record_.services->clocks;
  std::int64_t left_ms = deadline_s_ * 1000LL;
  if (call.deadline_ms != 0)
    left_ms = std::min(left_ms, std::max<std::int64_t>(0, call.deadline_ms - clocks.real_ms()));
  const std::int64_t until_ms = steady_ms() + left_ms;

  std::vector<std::string_view> parts(kCallParts);
  parts[kPartInterface] = interface_id;
  parts[kPartMethod] = method;
  parts[kPartOwner] = view(call.owner);
  parts[kPartConfig] = view(call.config);
  parts[kPartTrace] = view(call.trace);
  parts[kPartLocale] = view(call.locale);
  parts[kPartJson] = view(request.json);
  for (std::size_t i = 0; i < request.span_count; ++i) parts.push_back(view(request.spans[i]));
  const FrameHead head{FrameKind::call, 0, clocks.real_ms() + left_ms,
                       clocks.business_ms() - clocks.real_ms()};
  HostedWorker worker = send(until_ms, head, parts);

  ReceivedFrame answer;
  const std::int64_t wait_ms = std::max<std::int64_t>(0, until_ms - steady_ms());
  const Receiving received =
      receive_frame(worker.socket.get(), static_cast<int>(wait_ms), answer);
  const cinnabar_status status = answer.head.status;
  const bool well_formed = received == Receiving::done && answer.head.kind == FrameKind::reply &&
                           !answer.parts.empty() && status >= CINNABAR_OK &&
                           status <= CINNABAR_UNSUPPORTED;
  if (!well_formed) {
    const WorkerEnd end = pool_.end(std::move(worker));
    if (received == Receiving::timed_out) fail("worker.timeout", "it did not answer in time");
    if (received == Receiving::closed) {
      const Failure failure = failure_of(end, memory_bytes_);
      fail(failure.code, failure.what);
    }
    fail("worker.crashed", "its answer was malformed");
  }
  if (status == CINNABAR_OK || status == CINNABAR_REFUSED || status == CINNABAR_UNSUPPORTED)
    pool_.give_back(std::move(worker));
  else
    pool_.end(std::move(worker));
  if (!answer.parts[0].empty()) reply.json(reply.self, bytes_of(answer.parts[0]));
  for (std::size_t i = 1; i < answer.parts.size(); ++i)
    reply.span(reply.self, bytes_of(answer.parts[i]));
  return status;
}

}  // namespace

std::unique_ptr<PluginInstance> make_process_instance(PluginRecord& record, UniqueFd image,
                                                      const PluginSettings& settings) {
  return std::make_unique<ProcessInstance>(record, std::move(image), settings);
}

}  // namespace cinnabar::kernel
