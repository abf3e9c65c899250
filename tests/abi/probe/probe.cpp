#include "probe.hpp"

#include <cinnabar/plugin.hpp>
#include <cinnabar/services/kernel.hpp>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <thread>

namespace cinnabar {
namespace {

class ProbePlugin final : public Probe {
 public:
  explicit ProbePlugin(Host& host) : host_(host) {}

  ProbeResult echo(const ProbeRequest& in, const Call& call) override {
    return {in.what + "|" + std::string(call.owner()) + "|" + std::string(call.config_json()),
            in.number, in.bytes};
  }

  ProbeResult misbehave(const ProbeRequest& in, const Call&) override {
    if (in.what == "refuse") throw Error("probe.refused", {{"why", "asked to"}}, "/what");
    if (in.what == "fail") throw failure("asked to");
    if (in.what == "throw") throw 42;
    if (in.what == "crash") raise(SIGSEGV);
    if (in.what == "abort") std::abort();
    if (in.what == "exit") _exit(3);
    if (in.what == "hang")
      for (;;) spin_ = spin_ + 1;
    if (in.what == "memory") return eat();
    if (in.what == "connect") syscall(SYS_connect, 0, nullptr, 0);
    if (in.what == "exec") execl("/bin/true", "true", nullptr);
    if (in.what == "noise")
      for (int i = 0; i < 1000; ++i) host_.log(Level::warning, "noise");
    return {"survived", 0, {}};
  }

  // What the process can reach: the errno of an attempt, or 0 when it succeeds.
  ProbeResult look(const ProbeRequest& in, const Call& call) override {
    if (in.what == "ask") return ask(in.bytes.text(), call);
    if (in.what == "ask for another")
      return ask("cinnabar.bindings/1", CallAs(call, "ent_b").call());
    if (in.what == "ask on a thread") {
      ProbeResult result;
      std::thread([&] { result = ask("cinnabar.bindings/1", call); }).join();
      return result;
    }
    errno = 0;
    int fd = -1;
    if (in.what == "socket") fd = socket(AF_INET, SOCK_STREAM, 0);
    if (in.what == "local socket") fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (in.what == "listen") fd = listen(socket(AF_INET, SOCK_STREAM, 0), 1);
    if (in.what == "port") fd = connect_to(static_cast<std::uint16_t>(in.number));
    if (in.what == "read") fd = open(in.bytes.text().c_str(), O_RDONLY);
    if (in.what == "write") fd = open(in.bytes.text().c_str(), O_WRONLY | O_CREAT, 0600);
    if (in.what == "fork") fd = fork() < 0 ? -1 : 0;
    if (in.what == "code") {
      void* at = mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      fd = at == MAP_FAILED ? -1 : 0;
    }
    if (in.what == "user") return {"", static_cast<std::int64_t>(geteuid()), {}};
    if (in.what == "pid") return {"", static_cast<std::int64_t>(getpid()), {}};
    if (in.what == "byte") return {"", *reinterpret_cast<const volatile char*>(in.number), {}};
    if (in.what == "descriptor") fd = fcntl(static_cast<int>(in.number), F_GETFD);
    if (in.what == "clock")
      return {"", host_.now_ms(Clock::business) - host_.now_ms(Clock::real), {}};
    if (in.what == "host") return {"", host_.table<int>("cinnabar.key-store/1") == nullptr, {}};
    return {"", fd < 0 ? errno : 0, {}};
  }

 private:
  // Asks another plugin, by interface: "0" when it is not forbidden.
  ProbeResult ask(const std::string& interface_id, const Call& call) {
    const std::string json = to_json(BindingsRequest{"test.probe/1"});
    const cinnabar_message message{sizeof message, bytes_of(json), nullptr, 0};
    ReplyBuffer reply;
    const cinnabar_status status =
        host_.raw()->invoke(host_.raw()->self, call.raw(), bytes_of(interface_id), {nullptr, 0},
                            bytes_of("names"), &message, reply.raw());
    return {reply.json(), status, {}};
  }
  static int connect_to(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    return connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
  }
  static ProbeResult eat() {
    std::vector<std::string> held;
    for (;;) held.emplace_back(std::size_t{1} << 20, 'x');
  }

  Host& host_;
  volatile unsigned spin_ = 0;
};

}  // namespace
}  // namespace cinnabar

CINNABAR_PLUGIN(cinnabar::ProbePlugin)
