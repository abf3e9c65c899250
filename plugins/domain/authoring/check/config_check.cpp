// The configuration: what the plugin should refuse, and what it does without what it needs.
#include "check/configs.hpp"
#include "check/samples.hpp"
#include "check/steps.hpp"

namespace cinnabar::authoring {
namespace {

constexpr int kTimeoutMs = 20'000;

// Whether some call works with that configuration; none without a sample. What is not delivered
// because it lacks its configuration is answered well, and does not work.
std::optional<bool> answers(Session& session, const std::string& config) {
  std::optional<bool> any;
  for (const Sample& sample : samples_for(session, first_identity(), config)) {
    const Reply reply = session.call(sample, {first_identity().enterprise, config});
    any = any.value_or(false) ||
          (reply.ok() && reply.json.find("\"delivered\":false") == std::string::npos);
  }
  return any;
}

struct Usual {
  bool opens = false;
  bool reads = false;  // the configuration, before it is asked for anything
  bool answers = false;
};

Usual usual(const Subject& subject, const Teller& teller) {
  Session session(subject, teller);
  Usual out;
  out.opens = session.open();
  out.reads = session.recorder().config_read;
  if (out.opens) out.answers = answers(session, subject.config).value_or(false);
  return out;
}

void try_wrong(const Subject& subject, const Teller& teller, const WrongConfig& wrong,
               const Usual& usual, std::vector<Secret> secrets) {
  Session session(subject, teller, wrong.text);
  session.configured = std::move(secrets);
  teller.at("create with " + wrong.name);
  const bool opens = session.open();
  if (opens && wrong.document && usual.reads && (wrong.missing.empty() || !usual.answers))
    session.find_fault("accepts a configuration with " + wrong.name, "create", wrong.fix);
  if (opens && !wrong.missing.empty() && usual.answers &&
      answers(session, wrong.text).value_or(false))
    session.find_fault("works with a configuration with " + wrong.name, "create", wrong.fix);
  session.close();
}

}  // namespace

CheckStep check_config(const Subject& subject) {
  CheckStep step = run_apart("config", kTimeoutMs, [&](const Teller& teller) {
    const Json& schema = subject.manifest.config;
    for (const std::string& place : open_objects(schema))
      teller.find("the schema lets unknown keys pass", "plugin.json " + place,
                  "leave out \"additionalProperties\", or set it to false");
    const Json config = usual_config(schema, subject.fixture);
    const std::vector<Secret> secrets = config_secrets(schema, config);
    const Usual found = usual(subject, teller);
    if (!found.opens) {
      teller.detail(
          "left out: it does not start with the configuration made up for it; "
          "give one in check.json");
    }
    for (const WrongConfig& wrong : wrong_configs(schema, config))
      try_wrong(subject, teller, wrong, found, secrets);
  });
  return step;
}

}  // namespace cinnabar::authoring
