#include "@ident@.hpp"

#include <openssl/crypto.h>
#include <openssl/hmac.h>

namespace @ident@_plugin {

using namespace cinnabar;

namespace {

constexpr std::size_t kSaltSize = 32;
constexpr int kTries = 3;

// HMAC-SHA-256 over everything that the code is good for: for another person, contract or document
// it is a wrong one. The state holds this and never the code.
std::string bound(const std::string& salt, const std::string& code, const Signer& signer,
                  const std::string& contract, const std::string& shown) {
  std::string message;
  for (const std::string& part : {code, signer.person_id, contract, shown})
    message += std::to_string(part.size()) + ":" + part;
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (!HMAC(EVP_sha256(), salt.data(), static_cast<int>(salt.size()),
            reinterpret_cast<const unsigned char*>(message.data()), message.size(), digest, &size))
    throw failure("HMAC failed");
  return to_hex({reinterpret_cast<const char*>(digest), size});
}

std::string message_text(const std::string& code, std::int64_t minutes, const std::string& locale) {
  if (locale == "en")
    return "@title@: your signing code is " + code + ", good for " + std::to_string(minutes) +
           " minutes and one contract. Tell it to nobody.";
  return "@title@：签署验证码 " + code + "，" + std::to_string(minutes) +
         " 分钟内有效，仅用于本次合同签署，请勿告知他人。";
}

}  // namespace

// Draws above the last whole multiple are drawn again: no code is likelier than another.
std::string @Class@::make_code(int digits) const {
  std::uint32_t codes = 1;
  for (int i = 0; i < digits; ++i) codes *= 10;
  const std::uint32_t limit = UINT32_MAX - UINT32_MAX % codes;
  for (;;) {
    std::uint32_t value = 0;
    for (const char c : host_.random(4)) value = value << 8 | static_cast<unsigned char>(c);
    if (value >= limit) continue;
    std::string code = std::to_string(value % codes);
    code.insert(0, static_cast<std::size_t>(digits) - code.size(), '0');
    return code;
  }
}

Enrolment @Class@::enrol(const EnrolRequest&, const Call&) {
  throw Error("auth.enrolment_refused", {{"reason", "the code goes to the mobile number"}});
}

Challenge @Class@::begin(const BeginRequest& in, const Call& call) {
  if (in.signer.mobile.empty()) throw Error("@ident@.no_mobile");
  const Settings settings = call.config<Settings>();
  const std::string code = make_code(settings.digits), salt = host_.random(kSaltSize);
  Challenge out;
  out.prompt = Json::object().set("input", "code").set("digits", settings.digits);
  out.state = Json::object()
                  .set("salt", to_hex(salt))
                  .set("bound", bound(salt, code, in.signer, in.contract_id, in.shown_digest))
                  .set("until_ms", host_.now_ms(Clock::real) + settings.expires_in_s * 1000);
  out.delivery =
      Delivery{in.signer.mobile, message_text(code, settings.expires_in_s / 60, in.locale)};
  out.expires_in_s = settings.expires_in_s;
  out.tries = kTries;
  return out;
}

// What an answer may be wrong in is a refusal with a stable reason, never an error.
Verdict @Class@::verify(const VerifyAnswerRequest& in, const Call&) {
  if (host_.now_ms(Clock::real) > in.state["until_ms"].integer()) return {false, "expired", {}};
  const auto salt = from_hex(in.state["salt"].text());
  if (!salt || salt->size() != kSaltSize) throw failure("the challenge's state is broken");
  const std::string expected = in.state["bound"].text();
  const std::string given =
      bound(*salt, in.answer["code"].text(), in.signer, in.contract_id, in.shown_digest);
  if (given.size() != expected.size() ||
      CRYPTO_memcmp(given.data(), expected.data(), given.size()) != 0)
    return {false, "wrong_code", {}};
  return {true, {}, Json::object().set("method", "@name@").set("shown", in.shown_digest)};
}

}  // namespace @ident@_plugin
