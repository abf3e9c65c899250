#include "code_method.hpp"

#include <openssl/crypto.h>
#include <openssl/hmac.h>

namespace cinnabar {
namespace {

constexpr std::uint32_t kCodes = 1'000'000;
constexpr std::size_t kCodeDigits = 6;
constexpr std::size_t kSaltSize = 32;
constexpr int kTries = 3;
constexpr std::int64_t kExpiresInS = 300;

// HMAC-SHA-256 (RFC 2104) over everything that the code is good for: a code for another person,
// contract or version of the document is a wrong one.
std::string sealed(const std::string& salt, const std::string& code, const Signer& signer,
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

// Names what it is for: who is asked to pass a code on can see that it is not for that.
std::string message_text(const std::string& code, const std::string& locale,
                         const std::string& purpose) {
  const std::string minutes = std::to_string(kExpiresInS / 60);
  if (purpose == "sign_in" && locale == "en")
    return "Your sign-in code is " + code + ". It is good for " + minutes +
           " minutes and one sign-in. Tell it to nobody.";
  if (purpose == "sign_in")
    return "登录验证码：" + code + "，" + minutes + "分钟内有效，仅用于本次登录，请勿告知他人。";
  if (locale == "en")
    return "Your signing code is " + code + ". It is good for " + minutes +
           " minutes and one contract. Tell it to nobody.";
  return "签署验证码：" + code + "，" + minutes + "分钟内有效，仅用于本次合同签署，请勿告知他人。";
}

}  // namespace

std::string CodeMethod::make_code() const {
  // Draws above the last whole multiple are drawn again: no code is likelier than another.
  constexpr std::uint32_t kLimit = UINT32_MAX - UINT32_MAX % kCodes;
  for (;;) {
    std::uint32_t value = 0;
    for (const char c : random_(4)) value = value << 8 | static_cast<unsigned char>(c);
    if (value >= kLimit) continue;
    std::string code = std::to_string(value % kCodes);
    code.insert(0, kCodeDigits - code.size(), '0');
    return code;
  }
}

Enrolment CodeMethod::enrol(const EnrolRequest&, const Call&) {
  throw Error("auth.enrolment_refused",
              {{"reason", "a one-time code needs none: it goes to your mobile number"}});
}

Challenge CodeMethod::begin(const BeginRequest& in, const Call&) {
  if (in.signer.mobile.empty()) throw Error("auth.no_mobile");
  const std::string code = make_code(), salt = random_(kSaltSize);
  Challenge out;
  out.prompt = Json::object().set("input", "code").set("digits", static_cast<int>(kCodeDigits));
  out.state = Json::object()
                  .set("salt", to_hex(salt))
                  .set("seal", sealed(salt, code, in.signer, in.contract_id, in.shown_digest))
                  .set("contract", in.contract_id)
                  .set("shown", in.shown_digest)
                  .set("until", now_() + kExpiresInS * 1'000);
  out.delivery = Delivery{in.signer.mobile, message_text(code, in.locale, in.purpose)};
  out.expires_in_s = kExpiresInS;
  out.tries = kTries;
  return out;
}

Verdict CodeMethod::verify(const VerifyAnswerRequest& in, const Call&) {
  if (in.state["contract"].text() != in.contract_id || in.state["shown"].text() != in.shown_digest)
    return {false, "other_document", {}};
  if (in.state["until"].integer(INT64_MAX) < now_()) return {false, "expired", {}};
  const auto salt = from_hex(in.state["salt"].text());
  if (!salt || salt->size() != kSaltSize) throw failure("the challenge's state is broken");
  const std::string expected = in.state["seal"].text();
  const std::string given = sealed(*salt, in.answer["code"].text(), in.signer, in.contract_id,
                                   in.shown_digest);
  if (given.size() != expected.size() ||
      CRYPTO_memcmp(given.data(), expected.data(), given.size()) != 0)
    return {false, "wrong_code", {}};
  return {true, {}, Json::object().set("method", "code").set("shown", in.shown_digest)};
}

}  // namespace cinnabar
