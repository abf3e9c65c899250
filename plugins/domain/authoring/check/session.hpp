// Session: a loaded plugin under check, from create to destroy, and the calls of its services. What
// every answer must keep to is looked at here, so that no check forgets it: the status, the form of
// the document, UTF-8, and that nothing secret is said. Lives in the process of one check; one
// thread, but for `ask`.
#pragma once

#include "check/apart.hpp"
#include "check/library.hpp"
#include "check/recorder.hpp"
#include "check/secrets.hpp"

#include <atomic>

namespace cinnabar::authoring {

// The plugin under check, as it lies there; the same for all checks.
struct Subject {
  Manifest manifest;
  std::filesystem::path data;  // a folder for what it keeps
  std::string config;          // JSON: a configuration that it accepts
  Json fixture;                // check.json beside plugin.json, or null
};

// The circumstances of a call.
struct Setting {
  std::string owner = "ent_check";
  std::string config{};
  std::int64_t deadline_ms = 0;
  const std::atomic<bool>* cancelled = nullptr;
  int failing_write = 0;  // the reply refuses the write of that number
  // Changes the owner and the document in the memory that the plugin reads, as many bytes as were.
  void (*rewrite)(char* text, std::size_t size) = nullptr;
};

struct Reply {
  cinnabar_status status = CINNABAR_OK;
  std::string json;
  std::vector<std::string> spans;
  bool threw = false;
  std::string thrown;
  int writes = 0;

  bool ok() const { return !threw && status == CINNABAR_OK; }
  // What is to be compared: all of an answer, the status and the code of an error.
  std::string whole() const;
};

// One call of a service that the plugin should be able to answer.
struct Sample {
  std::string interface;
  std::string method;
  std::string json;
  std::vector<Secret> secrets{};
  std::vector<std::string> shown{};  // members of the answer that are shown to people
};

class Session {
 public:
  // Loads, nothing more. Throws Error when it cannot.
  Session(const Subject& subject, const Teller& teller, std::string config,
          const std::filesystem::path& database = {});
  Session(const Subject& subject, const Teller& teller)
      : Session(subject, teller, subject.config) {}

  // False, with the error's document: it refused.
  bool create(std::string* error = nullptr);
  bool start(std::string* error = nullptr);
  bool open() { return create() && start(); }
  void close();  // drain and destroy

  const void* find(std::string_view interface) const;
  Recorder& recorder() { return recorder_; }
  const Subject& subject() const { return subject_; }
  const Teller& teller() const { return teller_; }
  const cinnabar_plugin* table() const { return table_; }

  // Calls and looks at the answer. The random bytes begin again with `seed`.
  Reply call(const Sample& sample, const Setting& setting = {}, std::uint64_t seed = 1);
  // Only calls: any thread.
  Reply ask(const Sample& sample, const Setting& setting = {}, std::uint64_t seed = 1) const;

  // Of the configuration: told nowhere.
  std::vector<Secret> configured;

  // A finding, once for each `what`.
  void find_fault(const std::string& what, const std::string& where, const std::string& fix);
  // What it logged and printed since it was last looked at.
  void look_at_output(const std::string& where, std::vector<Secret> secrets = {});

 private:
  void look_at(const Sample& sample, const Setting& setting, const Reply& reply);
  void look_at_failure(const std::string& function, const Reply& reply);
  void look_at_document(const Sample& sample, const Reply& reply);

  const Subject& subject_;
  const Teller& teller_;
  Recorder& recorder_;  // never destroyed: threads of the plugin may outlive us
  const cinnabar_plugin* table_ = nullptr;
  void* instance_ = nullptr;
  off_t printed_ = 0;
  std::set<std::string> found_;
};

// A status by name.
std::string status_name(cinnabar_status status);

}  // namespace cinnabar::authoring
