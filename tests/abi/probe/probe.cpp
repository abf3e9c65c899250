#include "probe.hpp"

#include <cinnabar/plugin.hpp>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>

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
  ProbeResult look(const ProbeRequest& in, const Call&) override {
    errno = 0;
    int fd = -1;
    if (in.what == "socket") fd = socket(AF_INET, SOCK_STREAM, 0);
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
