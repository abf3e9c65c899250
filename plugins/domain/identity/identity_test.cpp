// Real names and faces, through the plugin's entry; the provider is a stand-in.
#include <cinnabar/services/data_subject.hpp>
#include <cinnabar/services/identity.hpp>
#include <cinnabar/services/identity_provider.hpp>
#include <cinnabar/services/kernel.hpp>
#include <cinnabar/services/organisation.hpp>
#include <cinnabar/services/personal.hpp>
#include <cinnabar/testing/domain_world.hpp>

#include <gtest/gtest.h>

extern "C" const cinnabar_plugin* cinnabar_plugin_v1();

namespace cinnabar {
namespace {

using testing::as;

constexpr const char* kNumber = "110101199003070716";

class FakeBindings final : public Bindings {
 public:
  BindingNames names(const BindingsRequest&, const Call&) override { return {providers}; }
  std::vector<std::string> providers{"asked"};
};

class FakeOrganisation final : public Organisation {
 public:
  People people(const PeopleRequest& in, const Call&) override {
    return {{{in.ids.at(0), "李雪", "13800138000", false}}};
  }
  Enterprises enterprises(const PeopleRequest&, const Call&) override { return {}; }
  Enterprises find_enterprise(const FindEnterpriseRequest&, const Call&) override { return {}; }
  ResolvedPerson resolve_person(const ResolvePersonRequest&, const Call&) override { return {}; }
  Membership membership(const MembershipRequest&, const Call&) override { return {}; }
  Credentials credentials(const CredentialsRequest&, const Call&) override { return {}; }
};

class FakePersonal final : public Personal {
 public:
  SealedCells seal(const PersonalCells& in, const Call&) override {
    SealedCells out;
    for (const PersonalCell& cell : in.cells)
      out.texts.push_back(cell.person + "|" + to_hex(cell.text));
    return out;
  }
  OpenedCells open(const PersonalCells& in, const Call&) override {
    OpenedCells out;
    for (const PersonalCell& cell : in.cells)
      out.texts.push_back(from_hex(cell.text.substr(cell.person.size() + 1)).value_or(""));
    return out;
  }
  BlindIndexes index(const BlindIndexRequest& in, const Call&) override {
    BlindIndexes out;
    for (const std::string& text : in.texts) out.indexes.push_back(to_hex(text));
    return out;
  }
  Forgotten forget(const ForgetRequest&, const Call&) override { return {}; }
};

class FakeProvider final : public IdentityProvider {
 public:
  IdentityAnswer check(const IdentityCheckRequest& in, const Call&) override {
    asked.push_back(in);
    return answer;
  }
  BegunFace begin_face(const BeginFaceRequest&, const Call&) override {
    return {"https://face.example/1", "token", 600};
  }
  IdentityAnswer face_result(const FaceResultRequest&, const Call&) override { return answer; }

  IdentityAnswer answer{IdentityOutcome::accepted, {}, "ev_1"};
  std::vector<IdentityCheckRequest> asked;
};

class IdentityTest : public ::testing::Test {
 protected:
  explicit IdentityTest(const char* config = "{}") {
    world.host.set_config(config);
    world.host.add_service<Bindings>(bindings);
    world.host.add_service<Organisation>(organisation);
    world.host.add_service<Personal>(personal);
    world.host.add_service<IdentityProvider>(provider, "asked");
  }
  static Json body(const char* number = kNumber, const char* type = "resident_id",
                   const char* name = "李雪") {
    return Json::object().set("name", name).set("document", type).set("number", number);
  }
  std::string verify(const Json& in, const char* person = "per_1") {
    return world.refusal(as(person), "identity.verify", {}, in);
  }
  std::vector<VerifiedPerson> verified() {
    OwnCall call;
    return world.client<Identity>(call.call()).verified({{"per_1", "per_2"}}).people;
  }
  std::string begin_face(const char* purpose = "test") {
    return world
        .call(as("per_1"), "identity.begin_face", {},
              Json::object().set("purpose", purpose).set("subject", "ent_1"))["id"]
        .text();
  }
  FaceCheck use(const char* purpose = "test", const char* subject = "ent_1") {
    OwnCall call;
    return world.client<Identity>(call.call()).face_check({"per_1", purpose, subject, 600});
  }

  FakeBindings bindings;
  FakeOrganisation organisation;
  FakePersonal personal;
  FakeProvider provider;
  testing::DomainWorld world{&cinnabar_plugin_v1, "cinnabar.identity", __FILE__};
};

TEST_F(IdentityTest, ANameThatTheProviderConfirmsIsKeptSealed) {
  EXPECT_TRUE(verified().empty());
  const Json view = world.call(as("per_1"), "identity.verify", {}, body());
  EXPECT_TRUE(view["verified"].boolean());
  EXPECT_EQ(view["number"].text(), "110*************16");
  EXPECT_EQ(provider.asked.at(0).who.mobile, "13800138000");
  ASSERT_EQ(verified().size(), 1u);
  EXPECT_EQ(verified()[0].name, "李雪");
  EXPECT_EQ(verified()[0].evidence, "ev_1");
  EXPECT_EQ(world.value("SELECT sealed FROM identity_person").text().find("李雪"),
            std::string::npos);
  EXPECT_EQ(to_json(world.events.back()).find(kNumber), std::string::npos);
  EXPECT_EQ(verify(body(), "per_2"), "identity.number_taken");
  EXPECT_EQ(verify(body()), "");  // again
}

TEST_F(IdentityTest, WhatCannotBeIsNotAsked) {
  EXPECT_EQ(verify(body("110101199003070717")), "identity.document_invalid");
  EXPECT_EQ(verify(body("H12345678", "hk_macao_permit")), "identity.document_not_taken");
  EXPECT_EQ(verify(body(kNumber, "resident_id", "王五")), "identity.name_differs");
  EXPECT_TRUE(provider.asked.empty());
  bindings.providers.clear();
  EXPECT_EQ(verify(body()), "identity.no_provider");
}

TEST_F(IdentityTest, RefusalsAreCountedAndSilenceIsNoYes) {
  provider.answer = {IdentityOutcome::unknown, "timeout", {}};
  EXPECT_EQ(verify(body()), "identity.unknown");
  provider.answer = {IdentityOutcome::refused, "mismatch", {}};
  for (int i = 1; i < 5; ++i) EXPECT_EQ(verify(body()), "identity.refused");
  EXPECT_EQ(verify(body()), "identity.tries_used");
  EXPECT_EQ(provider.asked.size(), 5u);
  EXPECT_TRUE(verified().empty());
  world.host.advance_ms(24 * 3'600'000);
  provider.answer = {IdentityOutcome::accepted, {}, "ev_2"};
  EXPECT_EQ(verify(body()), "");
}

TEST_F(IdentityTest, AFaceIsGoodOnceForItsPurpose) {
  EXPECT_EQ(world.refusal(as("per_1"), "identity.begin_face", {},
                          Json::object().set("purpose", "test")),
            "identity.not_verified");
  verify(body());
  const std::string id = begin_face();
  EXPECT_FALSE(use().passed);  // begun only
  EXPECT_EQ(world.refusal(as("per_2"), "identity.finish_face", {{"check", id}}),
            "identity.face_unknown");
  EXPECT_EQ(world.refusal(as("per_1"), "identity.finish_face", {{"check", id}}), "");
  EXPECT_EQ(world.refusal(as("per_1"), "identity.finish_face", {{"check", id}}),
            "identity.face_unknown");
  EXPECT_FALSE(use("other").passed);
  EXPECT_FALSE(use("test", "ent_2").passed);
  const FaceCheck passed = use();
  EXPECT_TRUE(passed.passed);
  world.commit_contribution(passed.writes);
  EXPECT_FALSE(use().passed);
  EXPECT_THROW(world.commit_contribution(passed.writes), Error);  // used by two at once
}

TEST_F(IdentityTest, AFaceThatIsNotConfirmedOrTooOldIsNone) {
  verify(body());
  provider.answer = {IdentityOutcome::refused, "face_differs", {}};
  EXPECT_EQ(world.refusal(as("per_1"), "identity.finish_face", {{"check", begin_face()}}),
            "identity.face_refused");
  provider.answer = {IdentityOutcome::accepted, {}, "ev"};
  world.call(as("per_1"), "identity.finish_face", {{"check", begin_face()}});
  world.host.advance_ms(601'000);
  EXPECT_FALSE(use().passed);
  const std::string late = begin_face();
  world.host.advance_ms(601'000);
  EXPECT_EQ(world.refusal(as("per_1"), "identity.finish_face", {{"check", late}}),
            "identity.face_unknown");
}

class YoungTest : public IdentityTest {
 protected:
  YoungTest() : IdentityTest(R"({"age_min":16,"permits":true})") {}
};

TEST_F(YoungTest, LimitsOfAgeAreSettings) {
  // Some number of that day of birth.
  const auto born = [](const std::string& day) {
    for (char last : std::string("0123456789X")) {
      const std::string number = "110101" + day + "001" + last;
      int sum = 0;
      constexpr int kWeights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
      for (int i = 0; i < 17; ++i) sum += (number[static_cast<std::size_t>(i)] - '0') * kWeights[i];
      if ("10X98765432"[sum % 11] == last) return number;
    }
    return std::string();
  };
  const int year = std::stoi(to_rfc3339(world.host.host().now()).substr(0, 4));
  const auto of_age = [&](int age) { return born(std::to_string(year - age) + "0101"); };
  EXPECT_EQ(verify(body(of_age(16).c_str())), "");
  EXPECT_EQ(verify(body(born(std::to_string(year - 15) + "0101").c_str())), "identity.age_unfit");
  EXPECT_EQ(verify(body(of_age(77).c_str())), "identity.age_unfit");
  EXPECT_EQ(verify(body("H12345678", "hk_macao_permit"), "per_2"), "");
}

}  // namespace
}  // namespace cinnabar
