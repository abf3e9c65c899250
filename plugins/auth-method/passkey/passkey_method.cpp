#include "passkey_method.hpp"

#include "kept_passkeys.hpp"

namespace cinnabar {
namespace {

constexpr std::size_t kNonceSize = 32;
constexpr std::int64_t kExpiresInS = 300;
constexpr int kTries = 3;

KeptPasskeys kept_in(const Json& credentials) {
  return credentials.is_object() ? from_json<KeptPasskeys>(to_json(credentials)) : KeptPasskeys{};
}

// A page of any port of localhost, for trying out; what is configured, exactly, else.
webauthn::RelyingParty party_of(const PasskeyConfig& config, std::string_view client_data) {
  webauthn::RelyingParty party{config.rp_id, config.origins};
  if (!party.origins.empty() || config.rp_id != "localhost") return party;
  try {
    const Json data = from_json<Json>(client_data);
    const std::string origin = data["origin"].text();
    constexpr std::string_view kLocal = "http://localhost";
    const std::string_view port = std::string_view(origin).substr(
        std::min(origin.size(), kLocal.size()));
    const bool digits = port.size() > 1 && port.size() < 7 && port[0] == ':' &&
                        port.find_first_not_of("0123456789", 1) == std::string_view::npos;
    if (origin.starts_with(kLocal) && (port.empty() || digits)) party.origins.push_back(origin);
  } catch (const std::exception&) {
    // The check says what is wrong with it.
  }
  return party;
}

// What the signature is bound to. Another contract, digest or person is another challenge.
std::string challenge_for(const Signer& signer, const std::string& contract,
                          const std::string& shown_digest, const std::string& nonce) {
  std::string record = "cinnabar.passkey/1";
  for (const std::string& part :
       {signer.person_id, signer.enterprise_id, contract, shown_digest, to_hex(nonce)})
    record += "\n" + part;
  return webauthn::detail::sha256(record);
}

std::string nonce_of(const Json& state) {
  return state.is_object() ? from_hex(state["nonce"].text()).value_or("") : std::string();
}

Error refused(std::string reason) {
  return Error("auth.enrolment_refused", {{"reason", std::move(reason)}}, "/answer");
}

Json described(const KeptPasskey& one) {
  return Json::object().set("type", "public-key").set("id", one.id);
}

Enrolment without(KeptPasskeys kept, const std::string& id) {
  if (std::erase_if(kept.passkeys, [&](const KeptPasskey& one) { return one.id == id; }) == 0)
    throw refused("there is no passkey of that id");
  return {from_json<Json>(to_json(kept))};
}

}  // namespace

AuthMethodInfo PasskeyMethod::about(const AuthMethodInfoRequest& in, const Call&) {
  AuthMethodInfo out;
  for (const KeptPasskey& one : kept_in(in.credentials).passkeys)
    out.kept.push_back({one.id, one.name, one.created});
  return out;
}

Challenge PasskeyMethod::begin_enrolment(const BeginRequest& in, const Call& call) {
  const auto config = call.config<PasskeyConfig>();
  const std::string nonce = random_(kNonceSize);
  const auto base64url = [](std::string_view bytes) { return webauthn::detail::base64url(bytes); };
  Json algorithms = Json::array(), known = Json::array();
  for (const std::int64_t algorithm : {webauthn::kEs256, webauthn::kEdDsa, webauthn::kRs256})
    algorithms.add(Json::object().set("type", "public-key").set("alg", algorithm));
  for (const KeptPasskey& one : kept_in(in.credentials).passkeys) known.add(described(one));
  Json options = Json::object();
  options.set("challenge", base64url(nonce))
      .set("rp", Json::object().set("id", config.rp_id).set("name", config.rp_name))
      .set("user", Json::object()
                       .set("id", base64url(in.signer.person_id))
                       .set("name", in.signer.name)
                       .set("displayName", in.signer.name))
      .set("pubKeyCredParams", algorithms)
      .set("excludeCredentials", known)
      .set("authenticatorSelection", Json::object()
                                         .set("residentKey", "preferred")
                                         .set("userVerification", "required"))
      .set("attestation", "none")
      .set("timeout", kExpiresInS * 1000);
  Challenge out;
  out.prompt = Json::object().set("input", "passkey").set("public_key", options);
  out.state = Json::object().set("nonce", to_hex(nonce));
  out.expires_in_s = kExpiresInS;
  out.tries = kTries;
  return out;
}

Enrolment PasskeyMethod::enrol(const EnrolRequest& in, const Call& call) {
  const auto answer = from_json<NewPasskeyAnswer>(to_json(in.answer), Reading::strict);
  KeptPasskeys kept = kept_in(in.credentials);
  if (!answer.remove.empty()) return without(std::move(kept), answer.remove);
  const std::string nonce = nonce_of(in.state);
  if (nonce.empty()) throw refused("begin the enrolment first");
  if (kept.passkeys.size() >= kPasskeysMax) throw refused("there are too many passkeys");
  const auto client_data = from_base64url(answer.client_data);
  const auto attestation = from_base64url(answer.attestation);
  if (!client_data || !attestation) throw refused("a part is not base64url");
  const webauthn::Outcome outcome =
      webauthn::check_registration({*client_data, *attestation}, nonce,
                                   party_of(call.config<PasskeyConfig>(), *client_data));
  if (!outcome) throw refused(outcome.fault);
  const std::string id = webauthn::detail::base64url(outcome.passkey.id);
  for (const KeptPasskey& one : kept.passkeys)
    if (one.id == id) throw refused("this passkey is kept already");
  kept.passkeys.push_back({id, webauthn::detail::base64url(outcome.passkey.public_key),
                           outcome.passkey.counter, to_hex(outcome.passkey.aaguid),
                           outcome.passkey.backed_up, answer.name, now_()});
  return {from_json<Json>(to_json(kept))};
}

Challenge PasskeyMethod::begin(const BeginRequest& in, const Call& call) {
  const auto config = call.config<PasskeyConfig>();
  const KeptPasskeys kept = kept_in(in.credentials);
  if (kept.passkeys.empty()) throw Error("passkey.none");
  const std::string nonce = random_(kNonceSize);
  const std::string challenge = challenge_for(in.signer, in.contract_id, in.shown_digest, nonce);
  Json allowed = Json::array();
  for (const KeptPasskey& one : kept.passkeys) allowed.add(described(one));
  Json options = Json::object();
  options.set("challenge", webauthn::detail::base64url(challenge))
      .set("rpId", config.rp_id)
      .set("allowCredentials", allowed)
      .set("userVerification", "required")
      .set("timeout", kExpiresInS * 1000);
  Challenge out;
  out.prompt = Json::object().set("input", "passkey").set("public_key", options);
  out.state = Json::object().set("nonce", to_hex(nonce));
  out.expires_in_s = kExpiresInS;
  out.tries = kTries;
  return out;
}

Verdict PasskeyMethod::verify(const VerifyAnswerRequest& in, const Call& call) {
  Verdict verdict;
  AgreedAnswer answer;
  try {
    answer = from_json<AgreedAnswer>(to_json(in.answer), Reading::strict);
  } catch (const Error&) {
    verdict.reason = "malformed";
    return verdict;
  }
  webauthn::Assertion assertion;
  const auto take = [&](const std::string& part, std::string& to) {
    auto bytes = from_base64url(part);
    if (bytes) to = std::move(*bytes);
    return bytes.has_value();
  };
  const std::string nonce = nonce_of(in.state);
  if (nonce.empty() || !take(answer.credential_id, assertion.credential_id) ||
      !take(answer.client_data, assertion.client_data) ||
      !take(answer.authenticator_data, assertion.authenticator_data) ||
      !take(answer.signature, assertion.signature)) {
    verdict.reason = "malformed";
    return verdict;
  }
  verdict.reason = "credential";
  for (const KeptPasskey& one : kept_in(in.credentials).passkeys) {
    if (one.id != answer.credential_id) continue;
    const webauthn::Outcome outcome = webauthn::check_assertion(
        assertion, challenge_for(in.signer, in.contract_id, in.shown_digest, nonce),
        party_of(call.config<PasskeyConfig>(), assertion.client_data), passkey_of(one));
    verdict.reason = outcome.fault;
    verdict.accepted = static_cast<bool>(outcome);
    if (!verdict.accepted) return verdict;
    verdict.evidence = Json::object()
                           .set("passkey", one.id)
                           .set("public_key", one.public_key)
                           .set("nonce", to_hex(nonce))
                           .set("client_data", answer.client_data)
                           .set("authenticator_data", answer.authenticator_data)
                           .set("signature", answer.signature);
    return verdict;
  }
  return verdict;
}

}  // namespace cinnabar
