// What freezing draws and which fields it makes; drawings brought to size.
#include "drawing.hpp"
#include "plan.hpp"
#include "samples.hpp"

#include <gtest/gtest.h>

#include <set>

namespace cinnabar::contract {
namespace {

TEST(Plan, MakesTheCertificationAndAFieldForEveryArea) {
  const Contract contract = sample_contract();
  const DocumentPlan plan = plan_document(contract, sample_file(), {});
  ASSERT_EQ(plan.fields.size(), 3u);
  EXPECT_EQ(plan.fields[0].name, kPlatformField);
  EXPECT_FALSE(plan.fields[0].visible);
  EXPECT_EQ(plan.fields[1].control, "seal");
  EXPECT_EQ(plan.fields[2].control, "signature");
  for (const FieldPlan& field : plan.field_plans())
    EXPECT_EQ(field.name.find('.'), std::string::npos);
}

TEST(Plan, NamesEveryFieldOnce) {
  Contract contract = sample_contract();
  contract.content.controls.push_back(sample_control("edge", "company", ControlKind::page_seal));
  contract.content.controls.push_back(sample_control("edge2", "company", ControlKind::page_seal));
  const DocumentPlan plan = plan_document(contract, sample_file(50), {});
  std::set<std::string> names;
  for (const PlannedField& field : plan.fields) EXPECT_TRUE(names.insert(field.name).second);
  EXPECT_EQ(plan.fields.size(), 3u + 2 * 50u);
}

TEST(Plan, CutsAPageSealForTheSealThatIsKnown) {
  Contract contract = sample_contract();
  contract.content.controls.push_back(sample_control("edge", "company", ControlKind::page_seal));
  const DocumentPlan plan =
      plan_document(contract, sample_file(2), {{"company", SealSize{100'000, 80'000}}});
  EXPECT_EQ(plan.fields[2].rect.width, 50'000);
  EXPECT_EQ(plan.fields[2].rect.height, 80'000);
  EXPECT_EQ(plan.fields[3].slice_index, 1);
}

TEST(Plan, GivesEveryPartyAFieldInEveryDocument) {
  Contract contract = sample_contract();
  contract.content.files.push_back("fil_2");
  FileRow second = sample_file();
  second.id = "fil_2";
  const DocumentPlan plan = plan_document(contract, second, {});
  ASSERT_EQ(plan.fields.size(), 3u);
  EXPECT_EQ(plan.fields[1].party, "company");
  EXPECT_EQ(plan.fields[2].party, "person");
  EXPECT_FALSE(plan.fields[1].visible || plan.fields[2].visible);
}

TEST(Plan, DrawsOnlyWhatHasAValue) {
  Contract contract = sample_contract();
  EXPECT_TRUE(plan_document(contract, sample_file(), {}).fills.empty());
  contract.parties[1].answers["place"] = "上海";
  contract.parties[1].filled_at = Time{1};
  const DocumentPlan plan = plan_document(contract, sample_file(), {});
  ASSERT_EQ(plan.fills.size(), 1u);
  EXPECT_EQ(plan.fills[0].control_id, "place");
  EXPECT_EQ(plan.fills[0].text, "上海");
}

TEST(Plan, DrawsWhatTheDraftBroughtWhereAPartyOnlySavedForLater) {
  Contract contract = sample_contract();
  contract.parties[1].answers["place"] = "上海";
  EXPECT_TRUE(plan_document(contract, sample_file(), {}).fills.empty());
  contract.content.controls[1].value = "杭州";
  const DocumentPlan plan = plan_document(contract, sample_file(), {});
  ASSERT_EQ(plan.fills.size(), 1u);
  EXPECT_EQ(plan.fills[0].text, "杭州");
}

TEST(Drawing, IsMadeSmallerInProportionButNeverLarger) {
  const Drawing drawing{Bytes(std::string("0 0 m")), 100, 50};
  EXPECT_EQ(fitted(drawing, 200, 200).width, 100);
  const Drawing half = fitted(drawing, 50, 200);
  EXPECT_EQ(half.width, 50);
  EXPECT_EQ(half.height, 25);
  EXPECT_NE(half.content.view().find("0.500000 0 0 0.500000"), std::string_view::npos);
}

TEST(Drawing, StandsInTheMiddleOfALargerBox) {
  const Drawing drawing{Bytes(std::string("0 0 m")), 100, 50};
  const Drawing box = padded(drawing, 120, 80);
  EXPECT_EQ(box.width, 120);
  EXPECT_EQ(box.height, 80);
  EXPECT_NE(box.content.view().find("10.0000 15.0000 cm"), std::string_view::npos);
}

TEST(Drawing, FitsWithinWhatRoundingCosts) {
  const Drawing drawing{Bytes(), 119.0551, 119.0551};
  EXPECT_TRUE(fits(drawing, 119.055, 119.055));
  EXPECT_FALSE(fits(drawing, 118.9, 119.055));
}

}  // namespace
}  // namespace cinnabar::contract
