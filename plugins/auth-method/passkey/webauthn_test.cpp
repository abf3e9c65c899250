// Every refusal of the two ceremonies, by an authenticator that does one thing wrong.
#include <cinnabar/testing/fake_authenticator.hpp>

#include <gtest/gtest.h>

namespace cinnabar::webauthn {
namespace {

using cinnabar::testing::FakeAuthenticator;

const std::string kChallenge(32, 'c');
const RelyingParty kParty{"localhost", {"http://localhost:8080", "https://sign.example.com"}};

class WebAuthnTest : public ::testing::Test {
 protected:
  std::string registering() {
    return check_registration(device.register_for(kChallenge), kChallenge, kParty).fault;
  }
  Passkey registered() {
    const Outcome outcome =
        check_registration(device.register_for(kChallenge), kChallenge, kParty);
    EXPECT_EQ(outcome.fault, "");
    return outcome.passkey;
  }
  std::string agreeing(const Passkey& passkey, const std::string& challenge = kChallenge) {
    return check_assertion(device.agree_to(kChallenge), challenge, kParty, passkey).fault;
  }

  FakeAuthenticator device;
};

TEST_F(WebAuthnTest, EachKindOfKeyRegistersAndAgrees) {
  for (const std::int64_t algorithm : {kEs256, kEdDsa, kRs256})
    for (const bool self : {false, true}) {
      device = FakeAuthenticator(algorithm);
      device.self_attested = self;
      device.counter = 1;
      const Passkey passkey = registered();
      EXPECT_EQ(passkey.id, device.id);
      EXPECT_EQ(passkey.counter, 1u);
      device.counter = 2;
      const Outcome outcome =
          check_assertion(device.agree_to(kChallenge), kChallenge, kParty, passkey);
      EXPECT_EQ(outcome.fault, "") << algorithm;
      EXPECT_EQ(outcome.passkey.counter, 2u);
    }
}

TEST_F(WebAuthnTest, AnsweringAnotherQuestionIsRefused) {
  EXPECT_EQ(check_registration(device.register_for("other"), kChallenge, kParty).fault,
            "challenge");
  const Passkey passkey = registered();
  EXPECT_EQ(agreeing(passkey, std::string(32, 'd')), "challenge");
  // One ceremony's answer given to the other.
  const Registration made = device.register_for(kChallenge);
  EXPECT_EQ(check_assertion({device.id, made.client_data, "", ""}, kChallenge, kParty, passkey)
                .fault,
            "type");
  const Assertion agreed = device.agree_to(kChallenge);
  EXPECT_EQ(check_registration({agreed.client_data, made.attestation}, kChallenge, kParty).fault,
            "type");
}

TEST_F(WebAuthnTest, AnotherSitesPageIsRefused) {
  const Passkey passkey = registered();
  for (const char* origin :
       {"http://localhost:8081", "https://localhost:8080", "http://evil.example",
        "http://localhost:8080.evil.example", "http://LOCALHOST:8080", ""}) {
    device.origin = origin;
    EXPECT_EQ(registering(), "origin") << origin;
    EXPECT_EQ(agreeing(passkey), "origin") << origin;
  }
  device = FakeAuthenticator();
  device.more_client_data = ",\"topOrigin\":\"https://evil.example\"";
  EXPECT_EQ(registering(), "origin");
}

TEST_F(WebAuthnTest, AKeyOfAnotherDomainIsRefused) {
  const Passkey passkey = registered();
  device.rp_id = "example.com";
  EXPECT_EQ(registering(), "rp_id");
  EXPECT_EQ(agreeing(passkey), "rp_id");
}

TEST_F(WebAuthnTest, TheUserIsThereAndVerified) {
  const Passkey passkey = registered();
  const std::pair<int, const char*> ways[] = {
      {0x04, "user_not_present"}, {0x01, "user_not_verified"}, {0x15, "flags"}, {0x1d, ""},
      {0x0d, ""}};
  for (const auto& [flags, fault] : ways) {
    device.flags = static_cast<unsigned char>(flags);
    EXPECT_EQ(registering(), fault) << flags;
    EXPECT_EQ(agreeing(passkey), fault) << flags;
  }
}

TEST_F(WebAuthnTest, ACounterThatStandsStillOrGoesBackIsACopy) {
  device.counter = 5;
  const Passkey passkey = registered();
  for (const std::uint32_t counter : {0u, 4u, 5u}) {
    device.counter = counter;
    EXPECT_EQ(agreeing(passkey), "counter") << counter;
  }
  device.counter = 6;
  EXPECT_EQ(agreeing(passkey), "");
}

TEST_F(WebAuthnTest, AnotherKeyDoesNotAgreeForThisOne) {
  const Passkey passkey = registered();
  FakeAuthenticator other;
  EXPECT_EQ(check_assertion(other.agree_to(kChallenge), kChallenge, kParty, passkey).fault,
            "signature");
  other.id = "credential-2";
  EXPECT_EQ(check_assertion(other.agree_to(kChallenge), kChallenge, kParty, passkey).fault,
            "credential");
}

TEST_F(WebAuthnTest, MembersThatBrowsersAddAreTaken) {
  device.more_client_data = ",\"other_keys_can_be_added_here\":\"do not compare\"";
  EXPECT_EQ(agreeing(registered()), "");
}

// Each byte of each part, each bit of it.
TEST_F(WebAuthnTest, NoBitOfAnAgreementMayDiffer) {
  const Passkey passkey = registered();
  const Assertion good = device.agree_to(kChallenge);
  int refused = 0, tried = 0;
  for (std::string Assertion::*part :
       {&Assertion::client_data, &Assertion::authenticator_data, &Assertion::signature})
    for (std::size_t i = 0; i < (good.*part).size() * 8; ++i) {
      Assertion bad = good;
      (bad.*part)[i / 8] = static_cast<char>((bad.*part)[i / 8] ^ (1 << (i % 8)));
      ++tried;
      refused += !check_assertion(bad, kChallenge, kParty, passkey).fault.empty();
    }
  EXPECT_EQ(refused, tried);
  for (std::size_t size = 0; size < good.authenticator_data.size(); ++size) {
    Assertion cut = good;
    cut.authenticator_data.resize(size);
    EXPECT_NE(check_assertion(cut, kChallenge, kParty, passkey).fault, "");
  }
}

TEST_F(WebAuthnTest, ARegistrationIsWellFormedToItsLastByte) {
  device.self_attested = true;
  const Registration good = device.register_for(kChallenge);
  for (std::size_t size = 0; size < good.attestation.size(); ++size)
    EXPECT_NE(check_registration({good.client_data, good.attestation.substr(0, size)}, kChallenge,
                                 kParty).fault,
              "");
  EXPECT_NE(check_registration({good.client_data, good.attestation + '\0'}, kChallenge, kParty)
                .fault,
            "");
  // Self-attested: a signature covers all of the data.
  int refused = 0;
  for (std::size_t i = 0; i < good.attestation.size() * 8; ++i) {
    Registration bad = good;
    bad.attestation[i / 8] = static_cast<char>(bad.attestation[i / 8] ^ (1 << (i % 8)));
    refused += !check_registration(bad, kChallenge, kParty).fault.empty();
  }
  EXPECT_EQ(refused, static_cast<int>(good.attestation.size() * 8));
  EXPECT_EQ(check_registration({std::string(20'000, ' '), good.attestation}, kChallenge, kParty)
                .fault,
            "size");
}

TEST(CoseKey, TakesThreeKindsAndNoOther) {
  using F = FakeAuthenticator;
  const auto ec = [](std::int64_t type, std::int64_t algorithm, std::int64_t curve,
                     std::size_t size) {
    return "\xa5" + F::integer(1) + F::integer(type) + F::integer(3) + F::integer(algorithm) +
           F::integer(-1) + F::integer(curve) + F::integer(-2) + F::bytes(std::string(size, 'x')) +
           F::integer(-3) + F::bytes(std::string(size, 'y'));
  };
  EXPECT_FALSE(CoseKey::read(ec(2, kEs256, 1, 32)));  // no point of the curve
  EXPECT_FALSE(CoseKey::read(ec(2, kEs256, 2, 32)));
  EXPECT_FALSE(CoseKey::read(ec(2, -35, 1, 32)));
  EXPECT_FALSE(CoseKey::read(ec(2, kEs256, 1, 31)));
  EXPECT_FALSE(CoseKey::read(ec(2, -49, 1, 32)));
  const std::string small = "\xa4" + F::integer(1) + F::integer(3) + F::integer(3) +
                            F::integer(kRs256) + F::integer(-1) +
                            F::bytes(std::string(128, '\xff')) + F::integer(-2) +
                            F::bytes(std::string("\x01\x00\x01", 3));
  EXPECT_FALSE(CoseKey::read(small));
  EXPECT_FALSE(CoseKey::read(""));
  EXPECT_FALSE(CoseKey::read("\xa0"));
}

}  // namespace
}  // namespace cinnabar::webauthn
