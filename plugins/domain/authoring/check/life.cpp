// Loading, creating and ending: what a plugin may not do before anybody asks it for anything.
#include "check/samples.hpp"
#include "check/steps.hpp"
#include "check/watch.hpp"

#include <poll.h>

namespace cinnabar::authoring {
namespace {

constexpr int kTimeoutMs = 20'000;
// Loading and creating each plugin lies on the way of every start of the server. Processor time:
// another process may keep this one waiting.
constexpr std::int64_t kCpuMsMax = 200;
// What a thread may take to end that was told to.
constexpr std::int64_t kThreadEndsMs = 100;
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

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
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
          id + "\t", id + "\r\n", id + "\xC2\xA0", id + "\xE3\x80\x80", id + ".0", "\n" + id,
          id.substr(0, id.size() - 1), id.substr(0, id.size() - 1) + "2",
          id.substr(0, id.find('/')), id + "\n", upper(id)})
      expect_none(wrong, kWhole);
  }
  expect_none("", "answer null to what you do not provide");
  expect_none("cinnabar.no-such-thing/1", "answer null to what you do not provide");
}

void look_at_services(Session& session) {
  for (const Provided& provided : session.subject().manifest.provides) {
    if (!is_service(provided.interface)) continue;
    const auto* service = static_cast<const cinnabar_service*>(session.find(provided.interface));
    if (service && (service->struct_size < sizeof(cinnabar_service) || !service->invoke))
      session.find_fault("the service table of " + provided.interface + " is too small or empty",
                         "interface_by_id", "set struct_size and invoke");
  }
}

// Those that the plugin made have ended when it is destroyed, or do so at once.
void look_at_threads(Session& session, std::size_t before) {
  for (std::int64_t waited = 0; thread_count() > before && waited < kThreadEndsMs; waited += 10)
    poll(nullptr, 0, 10);
  if (thread_count() > before)
    session.find_fault("leaves threads running after destroy: " +
                           std::to_string(thread_count() - before),
                       "destroy", "end and join them in drain()");
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

// What create may not do, within a trap.
CheckStep look_at_create(const Subject& subject) {
  return run_apart("create", kTimeoutMs, [&](const Teller& teller) {
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
}

CheckStep check_life(const Subject& subject) {
  // A program is started by the platform itself.
  CheckStep step =
      subject.manifest.run.empty() ? look_at_create(subject) : CheckStep{"create", {}, {}};
  CheckStep rest = run_apart("life", kTimeoutMs, [&](const Teller& teller) {
    const std::size_t threads = thread_count();
    Session session(subject, teller);
    std::string error;
    if (!session.create(&error))
      return teller.detail("refuses the configuration made up for it: " + error);
    const std::set<std::string> in_create = session.recorder().called_early();
    look_at_interfaces(session);
    look_at_services(session);
    if (!session.start(&error)) teller.detail("does not start here: " + error);
    session.close();
    look_at_threads(session, threads);
    for (const std::string& function : session.recorder().called_early())
      if (function.ends_with("destroy"))
        session.find_fault("calls the host too late: " + function, "destroy",
                           "end your threads in drain()");
      else if (!in_create.contains(function))
        session.find_fault("calls the host too early: " + function, "interface_by_id",
                           "before start only log and config may be called");
    // A second one: nothing of the first is left that stands in its way.
    if (session.create()) session.close();
  });
  for (Finding& finding : rest.findings) step.findings.push_back(std::move(finding));
  if (step.detail.empty()) step.detail = rest.detail;
  return step;
}

}  // namespace cinnabar::authoring
