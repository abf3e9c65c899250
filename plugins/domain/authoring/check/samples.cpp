#include "check/samples.hpp"

#include "reference/reference.hpp"

#include <cinnabar/services/notification_channel.hpp>
#include <cinnabar/services/seal_type.hpp>

#include <algorithm>

namespace cinnabar::authoring {
namespace {

constexpr const char* kSeal = "cinnabar.seal-type/1";
constexpr const char* kChannel = "cinnabar.notification-channel/1";
constexpr const char* kAuth = "cinnabar.auth-method/1";
constexpr int kVariants = 3;

void add_auth(Session& session, const Identity& who, const std::string& config,
              std::vector<Sample>& out) {
  const AuthDriver driver(session, config);
  if (driver.enrols()) out.push_back(driver.enrol(who));
  out.push_back(driver.begin(who));
  const auto challenge = driver.challenge(who, 1);
  if (!challenge) return;
  const Json right =
      driver.works() ? driver.right_answer(*challenge) : Json::object().set("code", "482913");
  if (driver.one_time())
    for (const Secret& secret : driver.answer_secrets(*challenge))
      out.back().secrets.push_back(secret);
  out.push_back(driver.verify(who, *challenge, right));
  out.push_back(driver.verify(who, *challenge, driver.wrong_answer(*challenge)));
}

// A type may be for enterprises or for people, and may have no place for more texts.
void add_seals(Session& session, const Identity& who, const std::string& config,
               std::vector<Sample>& out) {
  for (const std::string& text : {who.enterprise_name, who.person_name})
    for (int variant = 0; variant < kVariants; ++variant) {
      const Sample sample = seal_sample(text, variant);
      if (session.ask(sample, {who.enterprise, config}).ok()) out.push_back(sample);
    }
  if (out.empty()) out.push_back(seal_sample(who.enterprise_name, 1));
}

void add_fixture(const Json& fixture, std::vector<Sample>& out) {
  for (const Json& one : fixture["samples"].items()) {
    Sample sample{one["interface"].text(), one["method"].text(), to_json(one["request"])};
    for (const Json& secret : one["secrets"].items())
      sample.secrets.push_back({"a secret of check.json", secret.text()});
    out.push_back(std::move(sample));
  }
}

}  // namespace

Sample seal_sample(const std::string& text, int variant) {
  SealDesign design;
  design.text = text;
  if (variant != 1) design.title = "合同专用章";
  if (variant == 2) design.code = "3101150392847";
  design.color = variant == 0 ? "red" : variant == 1 ? "blue" : "black";
  return {kSeal, "draw", to_json(design)};
}

Sample notification_sample(const Identity& who, int variant) {
  Notification out;
  out.id = "msg_01J8" + std::to_string(variant) + who.person.substr(8);
  out.kind = variant == 1 ? "auth.code" : "contract.your_turn";
  out.person = variant == 2 ? "" : who.person;
  out.mobile = variant == 2 ? "" : who.mobile;
  out.enterprise = who.enterprise;
  out.title = variant == 1 ? "签署验证码" : "合同待签署";
  out.text = variant == 1 ? "签署验证码：604817，5分钟内有效，请勿告知他人。"
                          : who.enterprise_name + "请您签署《采购合同》，口令 Vn3-Tq8-Xk5。";
  out.link = "/contracts/" + who.contract;
  out.contract = who.contract;
  out.data = Json::object().set("contract", who.contract);
  out.at = Time{Recorder::kBeginning};
  Sample sample{kChannel, "deliver", to_json(out)};
  sample.shown = {"detail"};
  sample.secrets = {{"the message's text", variant == 1 ? "604817" : "Vn3-Tq8-Xk5"},
                    {"the message's text", out.text},
                    {"the mobile number", who.mobile, true}};
  return sample;
}

std::vector<Sample> samples_for(Session& session, const Identity& who, const std::string& config) {
  const Manifest& manifest = session.subject().manifest;
  std::vector<Sample> out;
  if (manifest.provides_interface(kAuth)) add_auth(session, who, config, out);
  if (manifest.provides_interface(kSeal)) add_seals(session, who, config, out);
  for (int variant = 0; variant < kVariants; ++variant)
    if (manifest.provides_interface(kChannel)) out.push_back(notification_sample(who, variant));
  add_fixture(session.subject().fixture, out);
  if (out.empty() && manifest.provides_interface("cinnabar.domain/1"))
    out.push_back({"cinnabar.domain/1", "describe", "{}"});
  return out;
}

bool any_answered(const Session& session, const std::vector<Sample>& samples,
                  const Setting& setting) {
  return std::any_of(samples.begin(), samples.end(), [&](const Sample& sample) {
    return session.ask(sample, setting).ok();
  });
}

bool is_service(std::string_view interface) {
  return interface != "cinnabar.database/1" && interface != "cinnabar.blob-store/1" &&
         interface != "cinnabar.key-store/1";
}

std::vector<std::string> known_methods(std::string_view interface) {
  std::vector<std::string> names;
  for (const InterfaceInfo& info : described_interfaces())
    if (info.id == interface)
      for (const MethodInfo& method : *info.methods) names.emplace_back(method.name);
  return names;
}

std::string endpoint_answer(const Subject& subject) {
  const Json& answer = subject.fixture["endpoint"];
  return answer.is_null() ? "{}" : to_json(answer);
}

std::string sent_to(const Subject& subject, const Endpoint& endpoint) {
  Json config = from_json<Json>(subject.config);
  for (const auto& [name, property] : subject.manifest.config["properties"].members()) {
    const auto named = [&n = name](const char* part) { return n.find(part) != std::string::npos; };
    const std::string& type = property["type"].text();
    if (type == "string" && (named("url") || named("endpoint") || named("uri")))
      config.set(name, endpoint.url());
    else if (type == "integer" && named("port"))
      config.set(name, endpoint.port());
    else if (type == "string" && named("host"))
      config.set(name, "127.0.0.1");
    else if (type == "boolean" && (named("allow_private") || named("plain_http")))
      config.set(name, true);
  }
  return to_json(config);
}

}  // namespace cinnabar::authoring
