// Codes that the demonstration makes up must pass the checks of the real thing.
#include "accounts.hpp"

#include <gtest/gtest.h>

namespace cinnabar {
namespace {

TEST(Accounts, CreditCodesCarryARightCheckCharacter) {
  const std::string alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  constexpr int kWeights[] = {1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28};
  for (int round = 0; round < 200; ++round) {
    const std::string code = random_credit_code();
    ASSERT_EQ(code.size(), 18u);
    std::size_t sum = alphabet.find(code[17]);
    for (std::size_t i = 0; i < 17; ++i)
      sum += alphabet.find(code[i]) * static_cast<std::size_t>(kWeights[i]);
    EXPECT_EQ(sum % 31, 0u) << code;
  }
}

}  // namespace
}  // namespace cinnabar
