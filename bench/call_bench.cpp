// What one call to a plugin costs, by where the plugin lives: a direct call of its class, inside
// the server through the boundary, in a process of its own, and as a program in Python. Each with a
// document of 1 KB and with an empty one, which is the floor, in alternating rounds.
// Prints lines of "name limit_us value_us ratio": what a call takes beyond the direct one.
#include "kernel/log/log.hpp"
#include "kernel/plugin/call_context.hpp"
#include "kernel/plugin/plugin_host.hpp"
#include "tests/abi/probe/probe.hpp"

#include <cinnabar/testing/folder.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace cinnabar::bench {
namespace {

using kernel::PluginHost;
using kernel::PluginSettings;
using Clock = std::chrono::steady_clock;

constexpr int kRounds = 15;
constexpr int kCalls = 400;
constexpr double kInProcessUs = 5, kProcessUs = 60;

constexpr const char* kProgram = R"(import json, socket, struct
f = socket.socket(fileno=3).makefile("rwb")
def receive():
    return json.loads(f.read(struct.unpack(">I", f.read(4))[0]))
def send(**header):
    text = json.dumps(header).encode()
    f.write(struct.pack(">I", len(text)) + text)
    f.flush()
receive()
send(type="ready", protocol=1)
while True:
    call = receive()
    send(type="reply", id=call["id"], document={"text": call["document"]["what"]})
)";

class Route final : public ServiceRoute {
 public:
  Route(PluginHost& host, const kernel::Clocks& clocks) : host_(host), context_(host, clocks, 0) {}
  cinnabar_status invoke(std::string_view method, const cinnabar_message& request,
                         const cinnabar_reply* reply) const override {
    // A context of its own each time would be the request's cost, not the call's.
    const cinnabar_call call = context_.call("", "bench", "en");
    return host_.invoke(*context_.snapshot(""), call, "test.probe/1", "", method, request, reply);
  }

 private:
  PluginHost& host_;
  mutable kernel::CallContext context_;
};

class Direct final : public Probe {
 public:
  ProbeResult echo(const ProbeRequest& in, const Call&) override {
    return {in.what, in.number, in.bytes};
  }
  ProbeResult misbehave(const ProbeRequest&, const Call&) override { return {}; }
  ProbeResult look(const ProbeRequest&, const Call&) override { return {}; }
};

struct Way {
  std::string name;
  double limit_us;
  std::unique_ptr<PluginHost> host;
  std::vector<double> large_us, empty_us;  // a round each, per call
};

std::unique_ptr<PluginHost> started(const kernel::Clocks& clocks, PluginSettings settings) {
  settings.executable = CINNABAR;
  settings.trust.allow_dev = true;
  settings.own_folders = {settings.folders[0], settings.folders[0].parent_path()};
  settings.interpreters = {"python3"};
  auto host = std::make_unique<PluginHost>(std::move(settings), clocks);
  host->load();
  host->start();
  return host;
}

double per_call_us(const Client<Probe>& probe, const ProbeRequest& request) {
  // A context counts its calls and has a limit of them; a worker is replaced after some.
  const auto begun = Clock::now();
  for (int i = 0; i < kCalls; ++i)
    if (probe.echo(request).text.size() < request.what.size()) std::abort();
  return std::chrono::duration<double, std::micro>(Clock::now() - begun).count() / kCalls;
}

double direct_us(Probe& probe, const ProbeRequest& request) {
  const OwnCall call;
  const auto begun = Clock::now();
  for (int i = 0; i < kCalls; ++i)
    if (probe.echo(request, call).text.size() < request.what.size()) std::abort();
  return std::chrono::duration<double, std::micro>(Clock::now() - begun).count() / kCalls;
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + kRounds / 2, values.end());
  return values[kRounds / 2];
}

void measure() {
  const kernel::SystemClocks clocks;
  const testing::TestFolder folder;
  std::filesystem::permissions(folder.path, std::filesystem::perms(0755));
  PluginSettings library, inside, program;
  library.folders = {PROBE};
  inside.folders = {PROBE};
  inside.in_process = {"test.probe"};
  folder.write("probe/main.py", kProgram);
  folder.write("probe/plugin.json",
               R"({"id":"test.python","version":"1.0.0","contract":"1.0","isolation":"process",)"
               R"("run":["python3","main.py"],)"
               R"("provides":[{"interface":"test.probe/1","name":"probe"}]})");
  program.folders = {folder.path};
  std::vector<Way> ways;
  ways.push_back({"call.in_process", kInProcessUs, started(clocks, inside), {}, {}});
  ways.push_back({"call.process", kProcessUs, started(clocks, library), {}, {}});
  ways.push_back({"call.program_python", kProcessUs, started(clocks, program), {}, {}});
  Direct direct;
  const ProbeRequest large{std::string(1000, 'x'), 7, {}}, empty;
  std::vector<double> direct_large, direct_empty;
  for (int round = 0; round < kRounds; ++round) {
    direct_large.push_back(direct_us(direct, large));
    direct_empty.push_back(direct_us(direct, empty));
    for (Way& way : ways) {
      const Client<Probe> probe(std::make_shared<Route>(*way.host, clocks));
      way.large_us.push_back(per_call_us(probe, large));
      way.empty_us.push_back(per_call_us(probe, empty));
    }
  }
  for (const Way& way : ways)
    for (const bool is_large : {true, false}) {
      const double beyond = median(is_large ? way.large_us : way.empty_us) -
                            median(is_large ? direct_large : direct_empty);
      std::printf("%s.%s %.3f %.3f %.4f\n", way.name.c_str(), is_large ? "1KB" : "empty",
                  way.limit_us, beyond, beyond / way.limit_us);
    }
}

}  // namespace
}  // namespace cinnabar::bench

int main() {
  cinnabar::kernel::open_log("error", "console");
  cinnabar::bench::measure();
}
