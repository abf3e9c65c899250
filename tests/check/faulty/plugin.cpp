// test.faulty: one library for all faults, so that it is compiled once. The table of the SDK is
// what a sound plugin has; the faults of the boundary itself replace its functions.
#include "methods.hpp"

#include <cinnabar/plugin.hpp>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <ctime>
#include <filesystem>
#include <mutex>
#include <thread>

bool has_fault(std::string_view name) {
  static const std::string kFault = [] {
    Dl_info info{};
    dladdr(reinterpret_cast<const void*>(&has_fault), &info);
    return std::filesystem::path(info.dli_fname).parent_path().filename().string();
  }();
  return kFault == name;
}

namespace faulty {
namespace {

struct Gateway {
  std::string host;
};
CINNABAR_DESCRIBE(Gateway, host)

struct FaultyConfig {
  std::string api_key;
  int digits = 6;
  Gateway gateway;
};
CINNABAR_DESCRIBE(FaultyConfig, api_key, digits, gateway)

char* volatile leaked = nullptr;

struct AtLoad {
  AtLoad() {
    const timespec pause{0, 30'000'000};
    if (has_fault("load_thread")) std::thread([pause] { nanosleep(&pause, nullptr); }).detach();
    if (has_fault("load_socket")) ::close(::socket(AF_INET, SOCK_STREAM, 0));
    if (has_fault("load_sleep")) nanosleep(&pause, nullptr);
    if (has_fault("load_wait")) {
      std::mutex mutex;
      std::condition_variable never;
      std::unique_lock lock(mutex);
      never.wait_for(lock, std::chrono::milliseconds(30), [] { return false; });
    }
    if (has_fault("load_environment")) setenv("FAULTY", "1", 1);
    if (has_fault("load_print")) std::printf("faulty is here\n");
    if (has_fault("load_busy")) {
      const std::clock_t end = std::clock() + CLOCKS_PER_SEC / 2;
      while (std::clock() < end) {
      }
    }
  }
} at_load;

class Faulty final : public Codes, public Square, public Letters, public Shelf, public Keys {
 public:
  using Interfaces = Provides<AuthMethod, SealType, NotificationChannel, BlobStore, KeyStore>;

  explicit Faulty(Host& host) : Codes(host), Square(host), Letters(host), host_(host) {
    read_config();
    if (has_fault("early_clock")) host.now_ms(Clock::real);
    if (has_fault("early_random")) host.random(4);
    if (has_fault("early_query")) try {
        host.query(OwnCall(), "SELECT 1", {});
      } catch (const Error&) {
      }
    if (has_fault("leak_memory")) leaked = new char[100];
    if (has_fault("leak_descriptor")) static_cast<void>(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  }

  void start() {
    if (has_fault("leak_thread"))
      std::thread([] {
        for (;;) pause();
      }).detach();
    if (has_fault("late_call"))
      std::thread([host = host_.raw()] {
        const timespec pause{0, 30'000'000};
        nanosleep(&pause, nullptr);
        host->now_ms(host->self, CINNABAR_CLOCK_REAL);
      }).detach();
    if (has_fault("terminate"))
      std::thread([] { throw std::runtime_error("nobody catches this"); }).join();
  }

 private:
  void read_config() {
    detail::TextSink sink;
    host_.raw()->config(host_.raw()->self, &sink.raw);
    if (sink.text.empty()) return;
    const bool lenient = has_fault("config_unknown");
    FaultyConfig config;
    if (has_fault("config_nested")) {
      Json json = from_json<Json>(sink.text);
      if (json["gateway"].is_object()) json.set("gateway", Json::object());
      sink.text = to_json(json);
    }
    try {
      config = from_json<FaultyConfig>(sink.text, lenient ? Reading::lenient : Reading::strict);
    } catch (const Error&) {
      if (has_fault("config_secret")) throw Error("faulty.config", {{"config", sink.text}});
      throw;
    }
    if (has_fault("config_required") || has_fault("config_unknown")) return;
    const bool asks = has_fault("needs_key") || has_fault("config_secret");
    if ((asks || has_fault("config_nested")) && config.api_key.empty())
      throw Error("faulty.no_key", {{"key", "api_key"}});
    if (config.digits > 9) throw Error("faulty.digits");
  }

  Host& host_;
};

cinnabar_plugin sound;  // the table of the SDK
cinnabar_service inner;

const void* by_prefix(void* instance, cinnabar_bytes id) {
  for (const char* known :
       {"cinnabar.auth-method/1", "cinnabar.seal-type/1", "cinnabar.notification-channel/1"})
    if (view(id).starts_with(known)) return sound.interface_by_id(instance, bytes_of(known));
  return nullptr;
}

const void* by_zero(void* instance, cinnabar_bytes id) {
  if (std::strcmp(id.data, "cinnabar.auth-method/1") != 0) return nullptr;
  return sound.interface_by_id(instance, id);
}

cinnabar_status odd_invoke(void* self, const cinnabar_call* call, cinnabar_bytes method,
                           const cinnabar_message* request, const cinnabar_reply* reply) {
  if (has_fault("throws")) {
    if (view(request->json).find("\"answer\":7") != std::string_view::npos)
      throw std::runtime_error("no such answer");
  }
  if (has_fault("leak_call")) leaked = new char[40];
  if (has_fault("leak_error") && view(request->json).find("mobile") == std::string_view::npos)
    leaked = new char[40];
  if (has_fault("sink_spans")) {
    const cinnabar_status status = inner.invoke(self, call, method, request, reply);
    if (status != CINNABAR_OK) reply->span(reply->self, bytes_of("half"));
    return status;
  }
  if (has_fault("garbage_method") && view(method).starts_with("begin")) method.size = 5;
  if (has_fault("sink_half") || has_fault("sink_half_ok") || has_fault("sink_ignored")) {
    ReplyBuffer buffer;
    const cinnabar_status status = inner.invoke(self, call, method, request, buffer.raw());
    const std::string& json = buffer.json();
    const bool half = has_fault("sink_half") ? status != CINNABAR_OK : has_fault("sink_half_ok");
    reply->json(reply->self, bytes_of(json.substr(0, half ? json.size() / 2 : json.size())));
    if (half && has_fault("sink_half")) reply->json(reply->self, bytes_of(json));
    return status;
  }
  if (has_fault("utf8_taken")) {
    const std::string clean = shortened_text(view(request->json), 1 << 22);
    cinnabar_message message = *request;
    message.json = bytes_of(clean);
    return inner.invoke(self, call, method, &message, reply);
  }
  return inner.invoke(self, call, method, request, reply);
}

const void* odd_service(void* instance, cinnabar_bytes id) {
  const void* found = sound.interface_by_id(instance, id);
  if (!found) return nullptr;
  inner = *static_cast<const cinnabar_service*>(found);
  static cinnabar_service outer;
  outer = {sizeof outer, inner.self, &odd_invoke};
  return &outer;
}

cinnabar_status throwing_create(const cinnabar_host*, const cinnabar_reply*, void**) {
  throw std::runtime_error("create failed");
}

void throwing_destroy(void* instance) {
  sound.destroy(instance);
  throw 7;
}

}  // namespace
}  // namespace faulty

extern "C" __attribute__((visibility("default"))) const cinnabar_plugin* cinnabar_plugin_v1() {
  using namespace faulty;
  static const cinnabar_plugin kPlugin = [] {
    sound = cinnabar::detail::plugin_table<Faulty>("test.faulty", "1.0.0");
    cinnabar_plugin table = sound;
    if (has_fault("garbage_id")) table.interface_by_id = &by_prefix;
    if (has_fault("garbage_unterminated")) table.interface_by_id = &by_zero;
    for (const char* name : {"throws", "leak_call", "leak_error", "garbage_method", "sink_half",
                             "sink_half_ok", "sink_ignored", "sink_spans", "utf8_taken"})
      if (has_fault(name)) table.interface_by_id = &odd_service;
    if (has_fault("throws_destroy")) table.destroy = &throwing_destroy;
    if (has_fault("throws_create")) table.create = &throwing_create;
    return table;
  }();
  return &kPlugin;
}
