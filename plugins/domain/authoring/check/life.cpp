// Loading, creating and ending: what a plugin may not do before anybody asks it for anything.
#include "check/samples.hpp"
#include "check/steps.hpp"
#include "check/watch.hpp"

namespace cinnabar::authoring {
namespace {

constexpr int kTimeoutMs = 20'000;
// Loading and creating each plugin lies on the way of every start of the server. Processor time:
// another process may keep this one waiting.
constexpr std::int64_t kCpuMsMax = 200;
constexpr const char* kLazy =
    "do it in start() or at the first use: static objects and create run before anything is asked";

void look_at_work(const Teller& teller, const char* when, const ProcessState& before,
                  std::int64_t cpu_before) {
  for (const std::string& call : trapped())
    teller.find(std::string("does work ") + when + ": calls " + call, when, kLazy);
  for (const std::string& what : changed(before, process_state()))
    teller.find(std::string("changes ") + what + " " + when, when,
                "leave the process as it is; it belongs to the server and to all plugins");
  const std::int64_t took = cpu_ms() - cpu_before;
  if (took > kCpuMsMax)
    teller.find("takes " + std::to_string(took) + " ms of processor time " + when + ", more than " +
                    std::to_string(kCpuMsMax),
                when, kLazy);
}

void look_at_interfaces(Session& session) {
  const Manifest& manifest = session.subject().manifest;
  const auto expect_none = [&](const std::string& id, const char* fix) {
    session.teller().at("interface_by_id " + id);
    if (session.find(id))
      session.find_fault("answers to the interface id \"" + shortened_text(id, 80) +
                             "\", which it does not provide",
                         "interface_by_id", fix);
  };
  for (const Provided& provided : manifest.provides) {
    const std::string& id = provided.interface;
    session.teller().at("interface_by_id " + id);
    if (!session.find(id)) {
      session.find_fault("plugin.json says that it provides " + id + ", the library does not",
                         "interface_by_id", "implement it, or take it out of plugin.json");
      continue;
    }
    constexpr const char* kWhole = "compare the whole id with its size: it has no final zero";
    for (const std::string& wrong :
         {id + "x", id + "0", id + " ", id + "/1", id + std::string(1, '\0'), " " + id, "x" + id,
          id.substr(0, id.size() - 1), id.substr(0, id.size() - 1) + "2",
          id.substr(0, id.find('/')), id + "\n"})
      expect_none(wrong, kWhole);
  }
  expect_none("", "answer null to what you do not provide");
  expect_none("cinnabar.no-such-thing/1", "answer null to what you do not provide");
}

void look_at_services(Session& session) {
  for (const Provided& provided : session.subject().manifest.provides) {
    static const std::set<std::string> kTables{"cinnabar.database/1", "cinnabar.blob-store/1",
                                               "cinnabar.key-store/1"};
    if (kTables.contains(provided.interface)) continue;
    const auto* service = static_cast<const cinnabar_service*>(session.find(provided.interface));
    if (service && (service->struct_size < sizeof(cinnabar_service) || !service->invoke))
      session.find_fault("the service table of " + provided.interface + " is too small or empty",
                         "interface_by_id", "set struct_size and invoke");
  }
}

}  // namespace

CheckStep check_load(const Subject& subject) {
  std::string output;
  CheckStep step = run_apart(
      "load", kTimeoutMs,
      [&](const Teller& teller) {
        teller.at("loading the library");
        const ProcessState before = process_state();
        const std::int64_t cpu = cpu_ms();
        if (!trap_work()) teller.detail("without the trap for system calls");
        try {
          load_library(subject.manifest);
        } catch (const Error& error) {
          teller.find(reason_of(error), library_path(subject.manifest), "link all that it needs");
        }
        look_at_work(teller, "when it is loaded", before, cpu);
      },
      &output);
  if (!output.empty())
    step.findings.push_back(
        {"writes to standard output or error when it is loaded: " + shortened_text(output, 120),
         "loading", "use the host's log"});
  return step;
}

CheckStep check_life(const Subject& subject) {
  CheckStep step = run_apart("create", kTimeoutMs, [&](const Teller& teller) {
    Session session(subject, teller);
    const ProcessState before = process_state();
    const std::int64_t cpu = cpu_ms();
    trap_work();
    std::string error;
    if (!session.create(&error))
      teller.detail("refuses the configuration made up for it: " + error);
    look_at_work(teller, "in create", before, cpu);
    for (const std::string& function : session.recorder().called_early())
      session.find_fault("calls the host too early: " + function, "create",
                         "within create only log and config may be called; move it to start()");
  });
  CheckStep rest = run_apart("life", kTimeoutMs, [&](const Teller& teller) {
    Session session(subject, teller);
    if (!session.create()) return;
    look_at_interfaces(session);
    look_at_services(session);
    std::string error;
    if (!session.start(&error)) teller.detail("does not start here: " + error);
    session.close();
    for (const std::string& function : session.recorder().called_early())
      if (function.ends_with("destroy"))
        session.find_fault("calls the host too late: " + function, "destroy",
                           "end your threads in drain()");
    // A second one: nothing of the first is left that stands in its way.
    if (session.create()) session.close();
  });
  for (Finding& finding : rest.findings) step.findings.push_back(std::move(finding));
  if (step.detail.empty()) step.detail = rest.detail;
  return step;
}

}  // namespace cinnabar::authoring
