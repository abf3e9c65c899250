// Calls that go wrong: unknown methods, documents that nobody means, replies that cannot be
// written, a host that refuses. What comes back must be a status and a document, and tell no
// secret.
#include "check/configs.hpp"
#include "check/odd_documents.hpp"
#include "check/samples.hpp"
#include "check/steps.hpp"
#include "check/watch.hpp"

#include <algorithm>

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
    if (!program_) unknown_methods();
    const auto samples = samples_for(session_, first_identity(), config_);
    for (const Sample& sample : samples) {
      const Reply usual = call(sample);
      ok_ += usual.ok();
      refusing_host(sample, usual);
      if (program_) continue;
      failing_sinks(sample, usual);
      odd(sample);
    }
    if (!program_) documents_without_sample();
    if (!samples.empty() && ok_ == 0) return session_.teller().detail(kOnlyErrors);
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

  static std::string upper(std::string text) {
    for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
  }

  void unknown_methods() {
    for (const Provided& provided : session_.subject().manifest.provides) {
      if (!is_service(provided.interface)) continue;
      std::vector<std::string> wrong{"", "no_such_method", std::string(70'000, 'm')};
      const std::vector<std::string> known = known_methods(provided.interface);
      for (const std::string& method : known)
        for (const std::string& garbled :
             {method + "x", method + " ", method + "\n", method + std::string(1, '\0'),
              method + "\t", method + "\r\n", method + "\xC2\xA0", method + "\xE3\x80\x80",
              method.substr(0, method.size() - 1), " " + method, method + "/1", upper(method)})
          if (std::find(known.begin(), known.end(), garbled) == known.end())
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
    for (const Provided& provided : session_.subject().manifest.provides) {
      // A command is run by whoever typed it: it prints, and changes what it is made for.
      if (provided.interface == "cinnabar.command/1") continue;
      for (const std::string& method : known_methods(provided.interface))
        for (const char* document : {"{\"x\":", "", "[]", "{}", "7"}) {
          const Reply reply = call({provided.interface, method, document});
          if (reply.ok() && (document[0] == '\0' || document[1] == '"'))
            session_.find_fault(method + " took a document that is not JSON in UTF-8",
                                method + " " + document, "read it with from_json");
        }
    }
  }

  Session& session_;
  std::string config_;
  // The platform makes what a program is sent, and answers for one that ends.
  const bool program_ = !session_.subject().manifest.run.empty();
  int calls_ = 0;
  int ok_ = 0;
};

}  // namespace

CheckStep check_calls(const Subject& subject) {
  return run_apart("calls", kTimeoutMs, [&](const Teller& teller) {
    Endpoint endpoint(endpoint_answer(subject));  // so that what is sent arrives
    const std::string config = sent_to(subject, endpoint);
    Session session(subject, teller, config);
    session.configured = config_secrets(subject.manifest.config, from_json<Json>(config));
    if (!session.open()) {
      teller.detail(kNoStart);
      return;
    }
    Calls(session, config).run();
    session.close();
    session.look_at_output("the end");
  });
}

}  // namespace cinnabar::authoring
