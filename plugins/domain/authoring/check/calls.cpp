// Calls that go wrong: unknown methods, documents that nobody means, replies that cannot be
// written, a host that refuses. What comes back must be a status and a document, and tell no
// secret.
#include "check/configs.hpp"
#include "check/odd_documents.hpp"
#include "check/samples.hpp"
#include "check/steps.hpp"
#include "check/watch.hpp"

namespace cinnabar::authoring {
namespace {

constexpr int kTimeoutMs = 40'000;
constexpr std::int64_t kOddCpuMs = 1'000;  // for the documents made of one sample
constexpr int kHostCallsMax = 12;
constexpr int kWritesMax = 12;

class Calls {
 public:
  Calls(Session& session, std::string config) : session_(session), config_(std::move(config)) {}

  void run() {
    unknown_methods();
    const auto samples = samples_for(session_, first_identity(), config_);
    for (const Sample& sample : samples) {
      const Reply usual = call(sample);
      ok_ += usual.ok();
      failing_sinks(sample, usual);
      refusing_host(sample, usual);
      odd(sample);
    }
    documents_without_sample();
    session_.teller().detail(std::to_string(calls_) + " calls; " + std::to_string(ok_) + " of " +
                             std::to_string(samples.size()) + " samples are answered well");
  }

 private:
  Reply call(const Sample& sample, int failing_write = 0) {
    ++calls_;
    Setting setting{first_identity().enterprise, config_};
    setting.failing_write = failing_write;
    return session_.call(sample, setting);
  }

  void unknown_methods() {
    for (const Provided& provided : session_.subject().manifest.provides) {
      if (!is_service(provided.interface)) continue;
      std::vector<std::string> wrong{"", "no_such_method", std::string(70'000, 'm')};
      for (const std::string& method : known_methods(provided.interface))
        for (const std::string& garbled :
             {method + "x", method + " ", method + "\n", method + std::string(1, '\0'),
              method.substr(0, method.size() - 1), " " + method, method + "/1"})
          wrong.push_back(garbled);
      for (const std::string& method : wrong) {
        const Reply reply = call({provided.interface, method, "{}"});
        if (reply.status != CINNABAR_UNSUPPORTED && !reply.threw)
          session_.find_fault("the unknown method \"" + shortened_text(method, 40) +
                                  "\" is answered with " + status_name(reply.status),
                              provided.interface,
                              "compare the whole name, and answer CINNABAR_UNSUPPORTED");
      }
    }
  }

  static bool is_service(const std::string& interface) {
    return interface != "cinnabar.database/1" && interface != "cinnabar.blob-store/1" &&
           interface != "cinnabar.key-store/1";
  }

  void failing_sinks(const Sample& sample, const Reply& usual) {
    for (int write = 1; write <= std::min(usual.writes, kWritesMax); ++write) call(sample, write);
  }

  void refusing_host(const Sample& sample, const Reply& usual) {
    Recorder& recorder = session_.recorder();
    recorder.calls = 0;
    call(sample);
    const int host_calls = std::min<int>(recorder.calls, kHostCallsMax);
    for (const cinnabar_status status : {CINNABAR_FAILED, CINNABAR_UNAVAILABLE})
      for (int number = 0; number <= host_calls; ++number) {
        if (host_calls == 0) break;
        recorder.calls = 0;
        recorder.refused_call = number;
        recorder.refusal = status;
        recorder.refused_function = "";
        const Reply reply = call(sample);
        recorder.refusal = CINNABAR_OK;
        if (reply.ok() && usual.ok() && std::string_view(recorder.refused_function) == "random")
          session_.find_fault(sample.method +
                                  " answers CINNABAR_OK although the host gave no "
                                  "random bytes",
                              sample.method, "look at what host->random returns");
      }
    recorder.refused_call = 0;
  }

  void odd(const Sample& sample) {
    const std::int64_t end = cpu_ms() + kOddCpuMs;
    odd_documents(sample.json, [&](const OddDocument& document) {
      Sample changed = sample;
      changed.json = document.text;
      const Reply reply = call(changed);
      if (reply.ok() && !document.json)
        session_.find_fault(sample.method + " took a document that is not JSON in UTF-8",
                            sample.method + " " + shortened_text(document.text, 200),
                            "read it with from_json, or refuse what is not UTF-8 (RFC 8259)");
      return cpu_ms() < end;
    });
  }

  void documents_without_sample() {
    for (const Provided& provided : session_.subject().manifest.provides)
      for (const std::string& method : known_methods(provided.interface))
        for (const char* document : {"{\"x\":", "", "[]", "{}", "7"}) {
          const Reply reply = call({provided.interface, method, document});
          if (reply.ok() && (document[0] == '\0' || document[1] == '"'))
            session_.find_fault(method + " took a document that is not JSON in UTF-8",
                                method + " " + document, "read it with from_json");
        }
  }

  Session& session_;
  std::string config_;
  int calls_ = 0;
  int ok_ = 0;
};

}  // namespace

CheckStep check_calls(const Subject& subject) {
  return run_apart("calls", kTimeoutMs, [&](const Teller& teller) {
    Session session(subject, teller);
    session.configured = config_secrets(subject.manifest.config, from_json<Json>(subject.config));
    if (!session.open()) {
      teller.detail("left out: it does not start here");
      return;
    }
    Calls(session, subject.config).run();
    session.close();
    session.look_at_output("the end");
  });
}

}  // namespace cinnabar::authoring
