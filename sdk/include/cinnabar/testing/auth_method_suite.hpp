// What every signing authentication method must do, as a test that its author runs (GoogleTest):
//
//   TEST(Totp, KeepsTheContract) {
//     Totp totp;
//     testing::AuthMethodCase test{totp};
//     test.enrolment = ...;  // what a person gives to enrol; null: nobody enrols
//     test.right_answer = [&](const Challenge& c) { return ...; };
//     testing::check_auth_method(test);
//   }
//
// Everything goes through the boundary, as in the kernel. One thread.
#pragma once

#include <cinnabar/services/auth_method.hpp>
#include <cinnabar/testing/local_service.hpp>

#include <gtest/gtest.h>

#include <functional>

namespace cinnabar::testing {

struct AuthMethodCase {
  AuthMethod& method;
  Json enrolment;
  // The answer that the signer would give, who sees the challenge and its delivery.
  std::function<Json(const Challenge&)> right_answer;
  Json wrong_answer = Json::object().set("code", "wrong").set("password", "wrong");
};

namespace detail {

inline Signer signer() {
  return {"per_signer", "李雪", "13800138000", "ent_test", "朱砂科技有限公司"};
}
inline const std::string kContract = "con_one";
inline const std::string kShown(64, 'a');

class AuthMethodCheck {
 public:
  explicit AuthMethodCheck(const AuthMethodCase& test) : test_(test), service_(test.method) {
    if (!test_.enrolment.is_null())
      credentials_ = stored(service_->enrol({signer(), test_.enrolment}).credentials);
  }

  void run() {
    accepts_the_right_answer();
    refuses_other_answers();
    binds_contract_and_digest();
    tells_no_secret();
    limits_itself();
  }

 private:
  // What the platform keeps has been through its database.
  static Json stored(const Json& value) { return from_json<Json>(to_json(value)); }

  Challenge begin() const {
    return service_->begin({signer(), kContract, kShown, credentials_, "zh"});
  }
  Verdict verify(const Challenge& challenge, const Json& answer,
                 const std::string& contract = kContract,
                 const std::string& shown = kShown) const {
    return service_->verify(
        {signer(), contract, shown, stored(challenge.state), credentials_, answer});
  }

  void accepts_the_right_answer() const {
    const Challenge challenge = begin();
    const Verdict verdict = verify(challenge, test_.right_answer(challenge));
    EXPECT_TRUE(verdict.accepted) << "the right answer was refused: " << verdict.reason;
  }

  void refuses_other_answers() const {
    std::vector<Json> wrong{test_.wrong_answer, Json(), Json("x"), Json(7), Json::array(),
                            Json::object(), Json::object().set("code", 123456),
                            Json::object().set("password", Json::object())};
    wrong.push_back(Json::object().set("code", std::string(4'000, '0')));
    for (const Json& answer : wrong) {
      const Challenge challenge = begin();
      Verdict verdict;
      try {
        verdict = verify(challenge, answer);
      } catch (const Error& error) {
        ADD_FAILURE() << "an answer of a wrong kind is not an error but a refusal: "
                      << to_json(answer) << " gave " << error.what();
        continue;
      }
      EXPECT_FALSE(verdict.accepted) << to_json(answer);
      EXPECT_FALSE(verdict.reason.empty()) << "a refusal needs a stable reason";
      EXPECT_EQ(verdict.reason.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string::npos)
          << verdict.reason << ": reasons are lower_snake";
    }
  }

  void binds_contract_and_digest() const {
    const Challenge challenge = begin();
    const Json answer = test_.right_answer(challenge);
    EXPECT_FALSE(verify(challenge, answer, "con_other").accepted)
        << "the answer was taken for another contract";
    EXPECT_FALSE(verify(challenge, answer, kContract, std::string(64, 'b')).accepted)
        << "the answer was taken for a document that was not the one shown";
  }

  void tells_no_secret() const {
    const Challenge challenge = begin();
    const Json answer = test_.right_answer(challenge);
    const Verdict verdict = verify(challenge, answer);
    for (const auto& [name, value] : answer.members()) {
      if (!value.is_text() || value.text().size() < 4) continue;
      const auto holds = [&text = value.text()](const Json& json) {
        return to_json(json).find(text) != std::string::npos;
      };
      EXPECT_FALSE(holds(challenge.prompt)) << "the prompt holds the answer's " << name;
      EXPECT_FALSE(holds(challenge.state)) << "the state holds the answer's " << name;
      EXPECT_FALSE(holds(verdict.evidence)) << "the evidence holds the answer's " << name;
      EXPECT_FALSE(holds(credentials_)) << "the credentials hold the answer's " << name;
    }
  }

  void limits_itself() const {
    const Challenge challenge = begin();
    EXPECT_GE(challenge.tries, 1);
    EXPECT_LE(challenge.tries, 10) << "more tries are guessing";
    EXPECT_GE(challenge.expires_in_s, 30);
    EXPECT_LE(challenge.expires_in_s, 3'600) << "the signer is there now or is not";
    if (challenge.delivery) {
      EXPECT_EQ(challenge.delivery->to, signer().mobile);
      EXPECT_FALSE(challenge.delivery->text.empty());
    }
    EXPECT_NE(to_json(begin().state), "null") << "the state is what verify goes by";
  }

  const AuthMethodCase& test_;
  LocalService<AuthMethod> service_;
  Json credentials_;
};

}  // namespace detail

inline void check_auth_method(const AuthMethodCase& test) { detail::AuthMethodCheck(test).run(); }

}  // namespace cinnabar::testing
