// Signing in by code, and the sessions that come of it.
#include "organisation_fixture.hpp"

#include <cinnabar/services/notifier.hpp>

namespace cinnabar {
namespace {

// Sends codes that it remembers.
class FakeCode final : public AuthMethod {
 public:
  Enrolment enrol(const EnrolRequest&, const Call&) override { return {}; }
  Challenge begin(const BeginRequest& in, const Call&) override {
    ++begun;
    purpose = in.purpose;
    Challenge out;
    out.prompt = Json::object().set("input", "code");
    out.state = Json::object().set("code", "123456").set("for", in.contract_id);
    out.delivery = Delivery{in.signer.mobile, "123456"};
    return out;
  }
  Verdict verify(const VerifyAnswerRequest& in, const Call&) override {
    ++verified;
    const bool right = in.answer["code"] == in.state["code"];
    return {right && in.state["for"].text() == in.contract_id, "", {}};
  }
  int begun = 0, verified = 0;
  std::string purpose;
};

class FakeNotifier final : public Notifier {
 public:
  NotifyReply notify(const NotifyRequest& in, const Call&) override {
    for (const Notification& one : in.messages) sent.push_back(one);
    return {};
  }
  std::vector<Notification> sent;
};

class SignInsTest : public OrganisationTest {
 protected:
  SignInsTest() {
    world.host.add_service<AuthMethod>(code, "code");
    world.host.add_service<Notifier>(notifier);
    person = register_person("李雪", "13800138000");
  }
  Json begin(const char* mobile = "13800138000") {
    return world.call(nobody, "session.begin", {}, Json::object().set("mobile", mobile));
  }
  static Json answer(const char* text) {
    return Json::object().set("answer", Json::object().set("code", text));
  }
  std::string finish(const Json& begun, const char* text) {
    return world.refusal(nobody, "session.finish", {{"sign_in", begun["sign_in"].text()}},
                         answer(text));
  }

  FakeCode code;
  FakeNotifier notifier;
  std::string person;
};

TEST_F(SignInsTest, TheRightCodeOpensASessionOnce) {
  const Json begun = begin();
  EXPECT_EQ(code.purpose, "sign_in");
  ASSERT_EQ(notifier.sent.size(), 1u);
  EXPECT_EQ(notifier.sent[0].person, person);
  EXPECT_EQ(to_json(begun).find("123456"), std::string::npos);
  EXPECT_EQ(finish(begun, "123456"), "");
  EXPECT_EQ(world.sessions.back().person, person);
  EXPECT_EQ(finish(begun, "123456"), "organisation.sign_in_unknown");
}

TEST_F(SignInsTest, ThreeWrongAnswersEndIt) {
  const Json begun = begin();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(finish(begun, "000000"), "organisation.answer_wrong");
  EXPECT_EQ(finish(begun, "123456"), "organisation.sign_in_unknown");
  EXPECT_EQ(code.verified, 3);
  EXPECT_TRUE(world.sessions.empty());
}

TEST_F(SignInsTest, AnswersAtTheSameTimeAreEachCounted) {
  const Json begun = begin();
  for (int i = 0; i < 2; ++i) finish(begun, "000000");
  world.before_commit = [&] { finish(begun, "000000"); };
  EXPECT_EQ(finish(begun, "123456"), "organisation.sign_in_unknown");
  EXPECT_TRUE(world.sessions.empty());
}

TEST_F(SignInsTest, ANumberThatNobodyHasIsAskedAlikeAndToldNothing) {
  const Json known = begin(), unknown = begin("13900139000");
  EXPECT_EQ(code.begun, 2);
  EXPECT_EQ(notifier.sent.size(), 1u);  // to nobody
  EXPECT_EQ(to_json(known["prompt"]), to_json(unknown["prompt"]));
  EXPECT_EQ(known["tries"].integer(), unknown["tries"].integer());
  EXPECT_EQ(finish(unknown, "000000"), "organisation.answer_wrong");
  EXPECT_EQ(finish(unknown, "123456"), "organisation.answer_wrong");  // even the code itself
}

TEST_F(SignInsTest, CodesAreRationedByNumberAndDay) {
  for (int i = 0; i < 10; ++i) begin();
  EXPECT_EQ(world.refusal(nobody, "session.begin", {}, Json::object().set("mobile", "13800138000")),
            "organisation.too_many_sign_ins");
  EXPECT_NE(begin("13900139000")["sign_in"].text(), "");
  world.host.advance_ms(24 * 3'600'000);
  EXPECT_NE(begin()["sign_in"].text(), "");
}

TEST_F(SignInsTest, OtherMethodsAndLateAnswersAreRefused) {
  EXPECT_EQ(world.refusal(nobody, "session.begin", {},
                          Json::object().set("mobile", "13800138000").set("method", "telepathy")),
            "organisation.method_unknown");
  const Json begun = begin();
  world.host.advance_ms(300'001);
  EXPECT_EQ(finish(begun, "123456"), "organisation.sign_in_unknown");
}

TEST_F(SignInsTest, SessionsAreSeenAndEnded) {
  for (int i = 0; i < 3; ++i)
    world.call(nobody, "session.open", {}, signing_in("13800138000", "correct horse"));
  SubjectInfo me = as(person);
  me.session = world.sessions[0].token_sha256;
  const Json list = world.call(me, "session.list")["sessions"];
  ASSERT_EQ(list.items().size(), 3u);
  std::string other;
  int current = 0;
  for (const Json& one : list.items()) {
    EXPECT_EQ(one["method"].text(), "password");
    current += one["current"].boolean();
    if (!one["current"].boolean()) other = one["id"].text();
  }
  EXPECT_EQ(current, 1);
  EXPECT_EQ(world.refusal(as("per_other"), "session.end", {{"session", other}}),
            "organisation.session_unknown");
  world.call(me, "session.end", {{"session", other}});
  EXPECT_EQ(world.revoked_sessions.size(), 1u);
  world.call(me, "session.end_others");
  EXPECT_EQ(world.revoked_sessions.size(), 2u);
  EXPECT_EQ(world.call(me, "session.list")["sessions"].items().size(), 1u);
  for (const std::string& revoked : world.revoked_sessions) EXPECT_NE(revoked, me.session);
}

}  // namespace
}  // namespace cinnabar
