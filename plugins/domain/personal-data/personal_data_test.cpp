// Cells are sealed, opened, moved in vain and forgotten, through the plugin's entry.
#include <cinnabar/services/data_subject.hpp>
#include <cinnabar/services/kernel.hpp>
#include <cinnabar/services/personal.hpp>
#include <cinnabar/testing/domain_world.hpp>

#include <gtest/gtest.h>

extern "C" const cinnabar_plugin* cinnabar_plugin_v1();

namespace cinnabar {
namespace {

using testing::as;

class FakeBindings final : public Bindings {
 public:
  BindingNames names(const BindingsRequest&, const Call&) override { return {{"keeper"}}; }
};

class Keeper final : public DataSubject {
 public:
  KeptData kept(const DataSubjectRequest& in, const Call&) override {
    return {Json::object().set("of", in.person)};
  }
  Erasure erase(const DataSubjectRequest&, const Call&) override { return {because, {}}; }
  std::vector<ErasureReason> because;
};

class PersonalDataTest : public ::testing::Test {
 protected:
  PersonalDataTest() {
    world.host.add_service<Bindings>(bindings);
    world.host.add_service<DataSubject>(keeper, "keeper");
  }
  std::string seal(const std::string& person, const std::string& text,
                   const std::string& place = "t/name") {
    OwnCall call;
    const SealedCells sealed =
        world.client<Personal>(call.call()).seal({{{person, place, text}}});
    world.commit_contribution(sealed.writes);
    return sealed.texts[0];
  }
  std::string open(const std::string& person, const std::string& sealed,
                   const std::string& place = "t/name") {
    OwnCall call;
    try {
      return world.client<Personal>(call.call()).open({{{person, place, sealed}}}).texts[0];
    } catch (const Error& error) {
      return error.code();
    }
  }
  std::string erase(const std::string& person, const char* confirm = "erase") {
    return world.refusal(as(person), "personal.erase_own", {},
                         Json::object().set("confirm", confirm));
  }

  FakeBindings bindings;
  Keeper keeper;
  testing::DomainWorld world{&cinnabar_plugin_v1, "cinnabar.personal-data", __FILE__};
};

TEST_F(PersonalDataTest, ACellIsOpenedInItsPlaceOnly) {
  const std::string sealed = seal("per_1", "李雪");
  seal("per_2", "王五");
  EXPECT_EQ(sealed.find("李雪"), std::string::npos);
  EXPECT_EQ(open("per_1", sealed), "李雪");
  EXPECT_EQ(open("per_2", sealed), "personal.damaged");
  EXPECT_EQ(open("per_3", sealed), "personal.damaged");
  EXPECT_EQ(open("per_1", sealed, "t/mobile"), "personal.damaged");
  std::string changed = sealed;
  changed[30] = changed[30] == 'A' ? 'B' : 'A';
  EXPECT_EQ(open("per_1", changed), "personal.damaged");
  EXPECT_NE(seal("per_1", "李雪"), sealed);  // the same text twice does not look the same
}

TEST_F(PersonalDataTest, EqualTextsHaveOneIndexAtOnePlace) {
  OwnCall call;
  const auto index = [&](const char* place, const char* text) {
    return world.client<Personal>(call.call()).index({place, {text}}).indexes[0];
  };
  EXPECT_EQ(index("a", "13800138000"), index("a", "13800138000"));
  EXPECT_NE(index("a", "13800138000"), index("b", "13800138000"));
  EXPECT_NE(index("a", "13800138000"), index("a", "13800138001"));
  EXPECT_EQ(index("a", "x").size(), 32u);
}

TEST_F(PersonalDataTest, TwoWhoMakeAKeyAtOnceMeet) {
  OwnCall call;
  const SealedCells one = world.client<Personal>(call.call()).seal({{{"per_1", "t/name", "a"}}});
  seal("per_1", "b");
  EXPECT_THROW(world.commit_contribution(one.writes), Error);
}

TEST_F(PersonalDataTest, WhatIsErasedCannotBeOpenedOrKeptAgain) {
  const std::string sealed = seal("per_1", "李雪");
  EXPECT_EQ(erase("per_1", "yes"), "personal.not_confirmed");
  keeper.because = {{"contract.unfinished", {{"contract", "con_1"}}}};
  EXPECT_EQ(erase("per_1"), "personal.still_needed");
  EXPECT_EQ(open("per_1", sealed), "李雪");
  keeper.because.clear();
  EXPECT_EQ(erase("per_1"), "");
  EXPECT_EQ(open("per_1", sealed), "");
  OwnCall call;
  EXPECT_THROW(world.client<Personal>(call.call()).seal({{{"per_1", "t/name", "x"}}}), Error);
  EXPECT_EQ(world.value("SELECT wrapped FROM personal_key").text(), "");
  EXPECT_EQ(world.events.back().type, "person.erased");
}

TEST_F(PersonalDataTest, KeysAreWrappedAnewInBatches) {
  std::vector<std::string> sealed;
  for (int i = 0; i < 1'100; ++i) sealed.push_back(seal("per_" + std::to_string(i), "x"));
  const std::string before = world.value("SELECT wrapping FROM personal_key").text();
  EXPECT_EQ(world.call(as("per_op"), "personal.rotate")["left"].integer(), 1'100);
  EXPECT_EQ(world.refusal(as("per_op"), "personal.rotate"), "personal.rotating");
  world.run_jobs();
  EXPECT_EQ(world.call(as("per_op"), "personal.rotation")["left"].integer(), 0);
  EXPECT_EQ(world.value("SELECT COUNT(*) FROM personal_key WHERE wrapping = ?", {before}).integer(),
            0);
  for (int i = 0; i < 1'100; i += 100)
    EXPECT_EQ(open("per_" + std::to_string(i), sealed[static_cast<std::size_t>(i)]), "x");
  world.host.advance_ms(3'600'001);
  EXPECT_GT(world.run_jobs(), 0);
  EXPECT_TRUE(world.jobs.empty());
}

TEST_F(PersonalDataTest, OneSeesWhatIsKept) {
  EXPECT_EQ(world.call(as("per_1"), "personal.export")["data"]["keeper"]["of"].text(), "per_1");
}

}  // namespace
}  // namespace cinnabar
