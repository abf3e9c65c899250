#include "documents.hpp"

#include <gtest/gtest.h>

namespace cinnabar {
namespace {

TEST(Documents, ResidentIdsHaveRegionBirthAndCheckCharacter) {
  const auto is = [](const char* number) {
    return is_document_number(DocumentType::resident_id, number);
  };
  EXPECT_TRUE(is("11010519491231002X"));  // the standard's own examples
  EXPECT_FALSE(is("440524188001010014"));  // born before 1900
  EXPECT_TRUE(is("110101199003070716"));
  for (const char* bad :
       {"110105194912310021", "11010519491231002x", "1101051949123100", "11010519490230002X",
        "99010519491231002X", "110101199003070717", "110101199013070716", "",
        "11010119900307071A", "A10101199003070716"})
    EXPECT_FALSE(is(bad)) << bad;
  EXPECT_EQ(normal_number(" 11010519491231002x "), "11010519491231002X");
}

TEST(Documents, OthersHaveTheirShapes) {
  const auto is = [](DocumentType type, const char* number) {
    return is_document_number(type, number);
  };
  EXPECT_TRUE(is(DocumentType::hk_macao_permit, "H12345678"));
  EXPECT_TRUE(is(DocumentType::hk_macao_permit, "M1234567801"));
  EXPECT_FALSE(is(DocumentType::hk_macao_permit, "X12345678"));
  EXPECT_FALSE(is(DocumentType::hk_macao_permit, "H1234567"));
  EXPECT_TRUE(is(DocumentType::taiwan_permit, "12345678"));
  EXPECT_FALSE(is(DocumentType::taiwan_permit, "1234567A"));
  EXPECT_TRUE(is(DocumentType::passport, "E12345678"));
  EXPECT_FALSE(is(DocumentType::passport, "E123-5678"));
  EXPECT_FALSE(is(DocumentType::residence_permit, "110101199003070716"));
}

TEST(Documents, AgeIsCountedInWholeYears) {
  const Day birth{2000, 2, 29};
  EXPECT_EQ(age_on(birth, {2018, 2, 28}), 17);
  EXPECT_EQ(age_on(birth, {2018, 3, 1}), 18);
  EXPECT_EQ(age_on({1990, 3, 7}, {2026, 3, 7}), 36);
  EXPECT_EQ(day_of(0).year, 1970);
  EXPECT_EQ(day_of(16LL * 3'600'000).day, 2);  // already the next day in Beijing
  const auto found = birth_of(DocumentType::resident_id, "110101199003070716");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->year * 10'000 + found->month * 100 + found->day, 19'900'307);
  EXPECT_FALSE(birth_of(DocumentType::passport, "E12345678"));
}

TEST(Documents, AreShownMasked) {
  EXPECT_EQ(masked_number("110101199003070716"), "110*************16");
  EXPECT_EQ(masked_number("1234"), "****");
}

}  // namespace
}  // namespace cinnabar
