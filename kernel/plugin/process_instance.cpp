#include "kernel/plugin/process_instance.hpp"

#include "kernel/log/log.hpp"
#include "kernel/plugin/forked_worker.hpp"
#include "kernel/plugin/frame.hpp"
#include "kernel/plugin/process_breaker.hpp"
#include "kernel/plugin/process_family.hpp"
#include "kernel/plugin/process_pool.hpp"
#include "kernel/plugin/process_program.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <optional>

namespace cinnabar::kernel {
namespace {

constexpr std::int64_t kMiB = 1 << 20;
// A call whose worker was killed from outside is given to another one.
constexpr int kAttemptsMax = 3;
// A plugin that asks more within one call asks without end.
constexpr int kAsksMax = 1'000;
// A call that had less time than this before its deadline says nothing about the plugin.
constexpr std::int64_t kFairTimeMs = 1'000;
// A call of somebody else's plugin is looked at so often: whether it only computes.
constexpr std::int64_t kWatchMs = 50;
// Whose work counts as slow sooner, and of whose callers fewer wait, so that they leave the threads
// of the server to others.
constexpr Patience kGuestPatience{250, 2};
constexpr int kGuestNice = 10;  // a tenth of a share, on a machine that has too much to do

struct Failure {
  const char* code;
  std::string what;  // for the log
};

// Why a worker ended in the middle of a call.
Failure failure_of(const WorkerEnd& end, std::int64_t memory_bytes) {
  const int status = end.wait_status;
  if (WIFEXITED(status) && WEXITSTATUS(status) == kExitMemory)
    return {"worker.memory", "it needed more memory than it may have"};
  if (WIFEXITED(status) && WEXITSTATUS(status) == kExitSandbox)
    return {"worker.unavailable", "it could not be confined"};
  if (WIFEXITED(status) && WEXITSTATUS(status) == kExitStart)
    return {"worker.unavailable", "it could not be started"};
  // Libraries in C end with a signal of their own when memory is refused to them.
  if (end.resident_max_kib * 1024 > memory_bytes * 7 / 10)
    return {"worker.memory", "it ended close to its memory limit"};
  if (WIFEXITED(status) && WEXITSTATUS(status) == kExitProtocol)
    return {"worker.crashed", "it did not keep to the protocol"};
  if (!WIFSIGNALED(status))
    return {"worker.crashed", "it ended with exit code " + std::to_string(WEXITSTATUS(status))};
  const int signal = WTERMSIG(status);
  if (signal == SIGXCPU) return {"worker.timeout", "it used up its processor time"};
  if (signal == SIGSYS) return {"worker.crashed", "it made a system call that it may not make"};
  return {"worker.crashed", std::string("it was ended by signal ") + std::to_string(signal) + " (" +
                                strsignal(signal) + ")"};
}

// Killed from outside, or gone with its zygote: not the call's doing, so it may be tried again.
bool killed_from_outside(const WorkerEnd& end, std::int64_t memory_bytes) {
  const int status = end.wait_status;
  if (status == kWaitStatusUnknown) return true;
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL &&
         end.resident_max_kib * 1024 < memory_bytes / 2;
}

std::string seconds_of(std::int64_t ms) { return std::to_string((ms + 999) / 1000); }

class ProcessInstance final : public PluginInstance {
 public:
  ProcessInstance(PluginRecord& record, UniqueFd image, const PluginSettings& settings)
      : record_(record),
        guest_(!settings.fork_workers &&
               std::find(settings.own_folders.begin(), settings.own_folders.end(),
                         record.manifest.folder.parent_path()) == settings.own_folders.end()),
        deadline_s_(settings.worker_deadline_s),
        memory_bytes_(settings.worker_memory_mb * kMiB) {
    // Starts at once, so that it loads while the server goes on; start() waits for it.
    const Manifest& manifest = record.manifest;
    ZygoteSettings own{settings.executable,
                       {manifest.id,
                        manifest.version,
                        record.config,
                        std::filesystem::absolute(manifest.folder).string(),
                        manifest.permits("network"),
                        {},
                        {},
                        memory_bytes_,
                        // A backstop only: the server ends a worker at its deadline.
                        std::int64_t{settings.worker_deadline_s} * ProcessPool::kCallsMax},
                       guest_ ? kGuestNice : 0};
    if (!manifest.run.empty()) own.plugin.run = program_of(manifest, settings.interpreters);
    for (const Provided& provided : manifest.provides)
      own.plugin.interfaces.push_back(provided.interface);
    if (settings.fork_workers && ForkedWorker::possible())
      workers_ = std::make_unique<ForkedWorker>(std::move(own), std::move(image));
    else if (!settings.offline)
      workers_ =
          std::make_unique<ProcessPool>(std::move(own), std::move(image), settings.workers_max,
                                        guest_ ? kGuestPatience : Patience{});
    for (const Provided& provided : manifest.provides)
      services_.try_emplace(provided.interface, *this, provided.interface);
  }

  void start() override {
    if (!workers_) throw failure("it is not hosted here");
    workers_->wait_ready();
  }
  void drain() override {}
  ProcessCost cost() const override {
    return workers_ ? ProcessCost{workers_->resident_bytes(), failures_} : ProcessCost{};
  }
  const void* find(std::string_view interface_id) const override {
    const auto found = services_.find(interface_id);
    return found == services_.end() || is_table_interface(interface_id) ? nullptr
                                                                        : &found->second.table;
  }

 private:
  // One interface of the plugin, whose calls are carried to a worker.
  struct Carrier {
    Carrier(ProcessInstance& plugin, std::string id) : owner(plugin), interface_id(std::move(id)) {}
    ProcessInstance& owner;
    const std::string interface_id;
    cinnabar_service table{
        sizeof(cinnabar_service), this,
        [](void* self, const cinnabar_call* call, cinnabar_bytes method,
           const cinnabar_message* request, const cinnabar_reply* reply) -> cinnabar_status {
          auto& carrier = *static_cast<Carrier*>(self);
          cinnabar_status answer = CINNABAR_OK;
          const cinnabar_status status = guarded(reply, [&] {
            answer = carrier.owner.carry_unless_resting(carrier.interface_id, *call, view(method),
                                                        *request, *reply);
          });
          return status != CINNABAR_OK ? status : answer;
        }};
  };

  struct Outgoing {
    FrameHead head;
    std::vector<std::string_view> parts;
    std::int64_t until_ms;  // steady clock
    std::int64_t allowed_ms;
  };

  cinnabar_status carry_unless_resting(const std::string& interface_id, const cinnabar_call& call,
                                       std::string_view method, const cinnabar_message& request,
                                       const cinnabar_reply& reply);
  cinnabar_status carry(const Outgoing& out, const cinnabar_call& call,
                        const cinnabar_reply& reply);
  static void watch(HostedWorker& worker, std::int64_t& used_ms);
  Receiving await_reply(HostedWorker& worker, const cinnabar_call& call, const Outgoing& out,
                        std::optional<ReceivedFrame>& answer, int& asked);
  bool answer_ask(const HostedWorker& worker, const cinnabar_call& call, const Outgoing& out,
                  const ReceivedFrame& ask);
  Outgoing outgoing(const std::string& interface_id, const cinnabar_call& call,
                    std::string_view method, const cinnabar_message& request) const;
  HostedWorker send(const Outgoing& out);
  [[noreturn]] void fail(const char* code, const std::string& what, std::int64_t allowed_ms = 0);

  PluginRecord& record_;
  const bool guest_;  // not one of the product's own
  const int deadline_s_;
  const std::int64_t memory_bytes_;
  std::map<std::string, Carrier, std::less<>> services_;
  std::unique_ptr<WorkerSource> workers_;
  CircuitBreaker breaker_;
  std::atomic<std::uint64_t> failures_{0};
};

// The plugin did not do what it was called for, by its own doing.
bool is_failure(const Error& error, std::int64_t allowed_ms) {
  const std::string_view code = error.code();
  return code == "worker.crashed" || code == "worker.memory" ||
         (code == "worker.timeout" && allowed_ms >= kFairTimeMs);
}

void ProcessInstance::fail(const char* code, const std::string& what, std::int64_t allowed_ms) {
  ++failures_;
  const std::string last = workers_->take_last_line();
  log_warning("a worker failed: " + what + (last.empty() ? "" : "; it last said: " + last),
              {{"plugin", record_.manifest.id}, {"code", code}});
  ErrorParams params{{"plugin", record_.manifest.id}};
  if (allowed_ms > 0) params.emplace_back("seconds", seconds_of(allowed_ms));
  const bool away = std::string_view(code) == "worker.unavailable";
  throw Error(code, std::move(params), {}, away ? CINNABAR_UNAVAILABLE : CINNABAR_REFUSED);
}

ProcessInstance::Outgoing ProcessInstance::outgoing(const std::string& interface_id,
                                                    const cinnabar_call& call,
                                                    std::string_view method,
                                                    const cinnabar_message& request) const {
  const Clocks& clocks = record_.services->clocks;
  std::int64_t allowed_ms = deadline_s_ * 1000LL;
  if (call.deadline_ms != 0)
    allowed_ms = std::clamp<std::int64_t>(call.deadline_ms - clocks.real_ms(), 0, allowed_ms);
  Outgoing out{
      {FrameKind::call, 0, clocks.real_ms() + allowed_ms, clocks.business_ms() - clocks.real_ms()},
      std::vector<std::string_view>(kCallParts),
      steady_ms() + allowed_ms,
      allowed_ms};
  out.parts[kPartInterface] = interface_id;
  out.parts[kPartMethod] = method;
  out.parts[kPartOwner] = view(call.owner);
  out.parts[kPartConfig] = view(call.config);
  out.parts[kPartTrace] = view(call.trace);
  out.parts[kPartLocale] = view(call.locale);
  out.parts[kPartJson] = view(request.json);
  for (std::size_t i = 0; i < request.span_count; ++i) out.parts.push_back(view(request.spans[i]));
  return out;
}

// Hands the call to a worker. An idle one may have died meanwhile; then another gets it.
HostedWorker ProcessInstance::send(const Outgoing& out) {
  for (int attempt = 0;; ++attempt) {
    HostedWorker worker = workers_->take(out.until_ms);
    if (send_frame(worker.socket.get(), out.head, out.parts, -1, &worker.room)) return worker;
    const int error = errno;
    const bool fresh = worker.calls == 0;
    workers_->end(std::move(worker));
    if (error != EPIPE && error != ECONNRESET)
      fail("worker.unavailable",
           std::string("the call cannot be handed over: ") + std::strerror(error));
    if (fresh || attempt >= kAttemptsMax)
      fail("worker.unavailable", "it ended before its first call");
  }
}

cinnabar_status ProcessInstance::carry_unless_resting(const std::string& interface_id,
                                                      const cinnabar_call& call,
                                                      std::string_view method,
                                                      const cinnabar_message& request,
                                                      const cinnabar_reply& reply) {
  using Outcome = CircuitBreaker::Outcome;
  const std::string owner(view(call.owner));
  const Outgoing out = outgoing(interface_id, call, method, request);
  if (const std::int64_t rest_ms = breaker_.begin(owner, steady_ms()); rest_ms > 0)
    throw Error("worker.resting",
                {{"plugin", record_.manifest.id}, {"seconds", seconds_of(rest_ms)}}, {},
                CINNABAR_UNAVAILABLE);
  try {
    const cinnabar_status status = carry(out, call, reply);
    breaker_.ended(owner, Outcome::answered, steady_ms());
    return status;
  } catch (const Error& error) {
    breaker_.ended(owner, is_failure(error, out.allowed_ms) ? Outcome::failed : Outcome::none,
                   steady_ms());
    throw;
  } catch (...) {
    breaker_.ended(owner, Outcome::none, steady_ms());
    throw;
  }
}

// Who computes for long is put behind everybody else. `used_ms`: as it was at the last look; -1:
// there was none.
void ProcessInstance::watch(HostedWorker& worker, std::int64_t& used_ms) {
  const std::int64_t now_ms = family_processor_ms(worker.pid);
  worker.standing_back = used_ms >= 0 && now_ms - used_ms > kWatchMs / 2;
  if (worker.standing_back) stand_back(worker.pid);
  used_ms = now_ms;
}

// Waits for the reply, and serves meanwhile what the plugin asks.
Receiving ProcessInstance::await_reply(HostedWorker& worker, const cinnabar_call& call,
                                       const Outgoing& out, std::optional<ReceivedFrame>& answer,
                                       int& asked) {
  std::int64_t used_ms = -1;
  for (;;) {
    answer.emplace();
    const std::int64_t left_ms = std::max<std::int64_t>(0, out.until_ms - steady_ms());
    const bool watched = guest_ && !worker.standing_back && left_ms > kWatchMs;
    const Receiving received =
        receive_frame(worker.socket.get(), static_cast<int>(watched ? kWatchMs : left_ms), *answer,
                      nullptr, &worker.quick);
    if (received == Receiving::timed_out && watched) {
      watch(worker, used_ms);
      continue;
    }
    if (received != Receiving::done || answer->head.kind != FrameKind::ask) return received;
    if (++asked > kAsksMax || !answer_ask(worker, call, out, *answer)) return Receiving::malformed;
  }
}

// What a hosted plugin may call: the interfaces that its manifest requires, for the enterprise on
// whose behalf it is called. False: the question was malformed, or the worker is gone.
bool ProcessInstance::answer_ask(const HostedWorker& worker, const cinnabar_call& call,
                                 const Outgoing& out, const ReceivedFrame& ask) {
  if (ask.parts.size() < kAskParts) return false;
  const std::string_view interface_id = ask.parts[kAskInterface];
  std::vector<cinnabar_bytes> spans;
  for (std::size_t i = kAskParts; i < ask.parts.size(); ++i)
    spans.push_back(bytes_of(ask.parts[i]));
  const cinnabar_message message{sizeof message, bytes_of(ask.parts[kAskJson]), spans.data(),
                                 spans.size()};
  cinnabar_call own = call;
  own.deadline_ms = out.head.number_a;
  ReplyBuffer reply;
  cinnabar_status answer = CINNABAR_OK;
  const cinnabar_status status = guarded(reply.raw(), [&] {
    const auto& allowed = record_.manifest.requires_;
    if (std::find(allowed.begin(), allowed.end(), interface_id) == allowed.end() ||
        ask.parts[kAskOwner] != view(call.owner))
      throw Error("plugin.call_forbidden",
                  {{"plugin", record_.manifest.id}, {"interface", std::string(interface_id)}}, {},
                  CINNABAR_FAILED);
    answer = record_.host.invoke(record_.host.self, &own, bytes_of(interface_id),
                                 bytes_of(ask.parts[kAskName]), bytes_of(ask.parts[kAskMethod]),
                                 &message, reply.raw());
  });
  std::vector<std::string_view> parts{reply.json()};
  for (const Bytes& span : reply.spans()) parts.push_back(span.view());
  return send_frame(worker.socket.get(),
                    {FrameKind::answer, status != CINNABAR_OK ? status : answer}, parts);
}

cinnabar_status ProcessInstance::carry(const Outgoing& out, const cinnabar_call& call,
                                       const cinnabar_reply& reply) {
  for (int attempt = 1;; ++attempt) {
    HostedWorker worker = send(out);
    std::optional<ReceivedFrame> answer;
    int asked = 0;
    Receiving received;
    try {
      received = await_reply(worker, call, out, answer, asked);
    } catch (...) {
      workers_->end(std::move(worker));
      throw;
    }
    const cinnabar_status status = answer->head.status;
    if (received == Receiving::closed) {
      const WorkerEnd end = workers_->end(std::move(worker));
      // What it asked may have had effects, so it is not done again.
      if (killed_from_outside(end, memory_bytes_) && attempt < kAttemptsMax && asked == 0) continue;
      if (end.wait_status == kWaitStatusUnknown) fail("worker.unavailable", "its process is gone");
      const Failure failure = failure_of(end, memory_bytes_);
      fail(failure.code, failure.what, out.allowed_ms);
    }
    if (received != Receiving::done || answer->head.kind != FrameKind::reply ||
        answer->parts.empty() || status < CINNABAR_OK || status > CINNABAR_UNSUPPORTED) {
      workers_->end(std::move(worker));
      if (received == Receiving::timed_out)
        fail("worker.timeout", "it did not answer in time", out.allowed_ms);
      fail("worker.crashed", "its answer was malformed");
    }
    if (status == CINNABAR_OK || status == CINNABAR_REFUSED || status == CINNABAR_UNSUPPORTED)
      workers_->give_back(std::move(worker));
    else
      workers_->end(std::move(worker));
    if (!answer->parts[0].empty()) reply.json(reply.self, bytes_of(answer->parts[0]));
    for (std::size_t i = 1; i < answer->parts.size(); ++i)
      reply.span(reply.self, bytes_of(answer->parts[i]));
    return status;
  }
}

}  // namespace

std::unique_ptr<PluginInstance> make_process_instance(PluginRecord& record, UniqueFd image,
                                                      const PluginSettings& settings) {
  return std::make_unique<ProcessInstance>(record, std::move(image), settings);
}

}  // namespace cinnabar::kernel
