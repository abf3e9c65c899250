#include "passkey_method.hpp"

#include "kept_passkeys.hpp"

#include <cinnabar/testing/auth_method_suite.hpp>
#include <cinnabar/testing/fake_authenticator.hpp>

namespace cinnabar {
namespace {

using testing::FakeAuthenticator;

std::string b64(std::string_view bytes) { return webauthn::detail::base64url(bytes); }

class PasskeyMethodTest : public ::testing::Test {
 protected:
  const Signer signer{"per_1", "李雪", "13800138000", {}, {}};
  const std::string digest = std::string(64, 'a');
  char next = 'a';
  PasskeyMethod method{[this](std::size_t size) { return std::string(size, next++); },
                       [] { return Time{1'700'000'000'000}; }};
  testing::LocalService<AuthMethod> service{method};
  FakeAuthenticator device;
  Json credentials;

  std::string challenge_of(const Challenge& challenge) {
    return from_base64url(challenge.prompt["public_key"]["challenge"].text()).value();
  }
  std::string enrol(const std::string& name = "手机") {
    const Challenge asked = service->begin_enrolment({signer, {}, {}, credentials, "zh"});
    const webauthn::Registration made = device.register_for(challenge_of(asked));
    EnrolRequest request{signer,
                         Json::object()
                             .set("name", name)
                             .set("client_data", b64(made.client_data))
                             .set("attestation", b64(made.attestation)),
                         asked.state, credentials};
    try {
      credentials = service->enrol(request).credentials;
      return {};
    } catch (const Error& error) {
      return error.code();
    }
  }
  Json agreed(const std::string& challenge) {
    const webauthn::Assertion made = device.agree_to(challenge);
    return Json::object()
        .set("credential_id", b64(made.credential_id))
        .set("client_data", b64(made.client_data))
        .set("authenticator_data", b64(made.authenticator_data))
        .set("signature", b64(made.signature));
  }
  Challenge begin() { return service->begin({signer, "con_1", digest, credentials, "zh"}); }
  Verdict verify(const Challenge& asked, const Json& answer, const std::string& contract = "con_1",
                 std::string shown = {}) {
    if (shown.empty()) shown = digest;
    return service->verify({signer, contract, shown, asked.state, credentials, answer});
  }
};

TEST_F(PasskeyMethodTest, ADeviceAgreesToWhatWasShown) {
  ASSERT_EQ(enrol(), "");
  const Challenge asked = begin();
  const Verdict verdict = verify(asked, agreed(challenge_of(asked)));
  EXPECT_TRUE(verdict.accepted) << verdict.reason;
  EXPECT_EQ(verdict.evidence["passkey"].text(), b64(device.id));
  EXPECT_EQ(asked.prompt["public_key"]["userVerification"].text(), "required");
}

TEST_F(PasskeyMethodTest, AnotherContractOrDigestIsAnotherChallenge) {
  ASSERT_EQ(enrol(), "");
  const Challenge asked = begin();
  const Json answer = agreed(challenge_of(asked));
  EXPECT_EQ(verify(asked, answer, "con_2").reason, "challenge");
  EXPECT_EQ(verify(asked, answer, "con_1", std::string(64, 'b')).reason, "challenge");
  const Challenge again = begin();
  EXPECT_EQ(verify(again, answer).reason, "challenge");  // replayed
}

TEST_F(PasskeyMethodTest, SeveralAreKeptAndTakenAway) {
  ASSERT_EQ(enrol("手机"), "");
  EXPECT_EQ(enrol("手机"), "auth.enrolment_refused");  // the same one
  device = FakeAuthenticator();
  device.id = "credential-2";
  ASSERT_EQ(enrol("笔记本"), "");
  EXPECT_EQ(credentials["passkeys"].items().size(), 2u);
  EXPECT_EQ(service->about({credentials}).kept.at(1).name, "笔记本");
  EXPECT_EQ(begin().prompt["public_key"]["allowCredentials"].items().size(), 2u);
  credentials = service->enrol({signer, Json::object().set("remove", b64("credential-1")), {},
                                credentials}).credentials;
  EXPECT_EQ(credentials["passkeys"].items().size(), 1u);
  EXPECT_THROW(service->enrol({signer, Json::object().set("remove", "x"), {}, credentials}), Error);
}

TEST_F(PasskeyMethodTest, EnrolmentIsBegunAndItsPageIsOurs) {
  EXPECT_THROW(service->enrol({signer, Json::object().set("name", "x"), {}, {}}), Error);
  device.origin = "https://evil.example";
  EXPECT_EQ(enrol(), "auth.enrolment_refused");
  device.origin = "http://localhost.evil.example";
  EXPECT_EQ(enrol(), "auth.enrolment_refused");
  device.origin = "http://localhost:1234";
  EXPECT_EQ(enrol(), "");
}

TEST_F(PasskeyMethodTest, MalformedAnswersAreRefused) {
  ASSERT_EQ(enrol(), "");
  const Challenge asked = begin();
  for (const char* text : {"{}", "null", "[]", "{\"credential_id\":1}", "\"x\""})
    EXPECT_EQ(verify(asked, from_json<Json>(text)).reason, "malformed") << text;
  Json answer = agreed(challenge_of(asked));
  answer.set("signature", "***");
  EXPECT_EQ(verify(asked, answer).reason, "malformed");
  answer.set("signature", "AAAA").set("credential_id", "bm9uZQ");
  EXPECT_EQ(verify(asked, answer).reason, "credential");
}

TEST_F(PasskeyMethodTest, WhoHasNoneIsToldSo) { EXPECT_THROW(begin(), Error); }

}  // namespace
}  // namespace cinnabar
