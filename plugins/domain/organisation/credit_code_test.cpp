#include "credit_code.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cinnabar {
namespace {

// Codes that are public: of Tencent, Huawei and the Industrial and Commercial Bank of China.
TEST(CreditCode, TakesCodesOfKnownEnterprises) {
  EXPECT_TRUE(is_credit_code("9144030071526726XG"));
  EXPECT_TRUE(is_credit_code("914403001922038216"));
  EXPECT_TRUE(is_credit_code("91100000100003962T"));
}

TEST(CreditCode, RefusesEverySingleWrongCharacter) {
  const std::string good = "9144030071526726XG";
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = good[i] == '5' ? '6' : '5';
    EXPECT_FALSE(is_credit_code(bad)) << bad;
  }
}

TEST(CreditCode, RefusesWrongLengthsAndForeignCharacters) {
  EXPECT_FALSE(is_credit_code(""));
  EXPECT_FALSE(is_credit_code("9144030071526726X"));
  EXPECT_FALSE(is_credit_code("9144030071526726XG0"));
  EXPECT_FALSE(is_credit_code("9144030071526726xg"));
  EXPECT_FALSE(is_credit_code("9144030071526726XI"));
  EXPECT_FALSE(is_credit_code("91440300715267 6XG"));
}

}  // namespace
}  // namespace cinnabar
