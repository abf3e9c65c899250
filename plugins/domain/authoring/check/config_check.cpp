// The configuration: what the plugin should refuse, and what it does without what it needs. An
// installation's is read from the host; an enterprise's comes with each call, and was compared with
// the schema before.
#include "check/configs.hpp"
#include "check/samples.hpp"
#include "check/steps.hpp"

namespace cinnabar::authoring {
namespace {

constexpr int kTimeoutMs = 30'000;

enum class Answered { nothing, refused, well };  // nothing: no call is known

// Whether some call works with that configuration of the enterprise's. What is not delivered
// because it lacks its configuration is answered, and does not work.
Answered answers(Session& session, const std::string& config) {
  Answered out = Answered::nothing;
  for (const Sample& sample : samples_for(session, first_identity(), config)) {
    const Reply reply = session.call(sample, {first_identity().enterprise, config});
    if (reply.ok() && reply.json.find("\"delivered\":false") == std::string::npos)
      return Answered::well;
    out = Answered::refused;
  }
  return out;
}

// What it does with a configuration that it should accept.
struct Usual {
  bool opens = false;
  bool reads = false;        // the installation's, before it is asked for anything
  bool reads_later = false;  // the same, when it is called
  Answered answers = Answered::nothing;
};

Usual usual(const Subject& subject, const Teller& teller) {
  Session session(subject, teller);
  Usual out;
  out.opens = session.open();
  out.reads = session.recorder().config_read;
  if (out.opens) out.answers = answers(session, subject.config);
  out.reads_later = !out.reads && session.recorder().config_read;
  return out;
}

void try_wrong(const Subject& subject, const Teller& teller, const WrongConfig& wrong,
               const Usual& usual, const std::vector<Secret>& secrets) {
  Session session(subject, teller, wrong.text);
  session.configured = secrets;
  teller.at("create with " + wrong.name);
  const bool opens = session.open();
  const bool refuses_calls = usual.answers == Answered::well && !wrong.missing.empty();
  if (opens && wrong.document && usual.reads && !refuses_calls)
    session.find_fault("accepts a configuration with " + wrong.name, "create", wrong.fix);
  // Read only when it is called: then the call must fail.
  if (opens && wrong.document && usual.reads_later && usual.answers == Answered::well &&
      wrong.missing.empty() && answers(session, subject.config) == Answered::well)
    session.find_fault("works with a configuration with " + wrong.name, "the first call",
                       "read it in the constructor with host.config<T>()");
  if (opens && refuses_calls && answers(session, wrong.text) == Answered::well)
    session.find_fault("works with a configuration with " + wrong.name, "create", wrong.fix);
  session.close();
}

// What is needed and not required is not asked for by whoever configures it.
void look_for_unsaid(const Subject& subject, const Teller& teller) {
  const std::string more = to_json(other_config(subject.manifest.config, subject.fixture));
  Session session(subject, teller, more);
  if (session.open() && answers(session, more) == Answered::well)
    session.find_fault("no call works with what the schema requires, but with all that it names",
                       "plugin.json /config/required",
                       "name under \"required\" what it cannot do without");
}

}  // namespace

CheckStep check_config(const Subject& subject) {
  return run_apart("config", kTimeoutMs, [&](const Teller& teller) {
    const Json& schema = subject.manifest.config;
    for (const std::string& place : open_objects(schema))
      teller.find("the schema lets unknown keys pass", "plugin.json " + place,
                  "leave out \"additionalProperties\", or set it to false");
    const Json config = usual_config(schema, subject.fixture);
    const std::vector<Secret> secrets = config_secrets(schema, config);
    const Usual found = usual(subject, teller);
    if (!found.opens)
      teller.detail(
          "left out: it does not start with the configuration made up for it; "
          "give one in check.json");
    else if (!found.reads && !found.reads_later && !schema["properties"].members().empty())
      teller.detail(
          "it reads none at start: an enterprise's is compared with the schema by the server, and "
          "was left out here but for what is required");
    for (const WrongConfig& wrong : wrong_configs(schema, config))
      try_wrong(subject, teller, wrong, found, secrets);
    if (!found.opens || found.answers == Answered::refused) look_for_unsaid(subject, teller);
  });
}

}  // namespace cinnabar::authoring
