// Which values are amounts.
#include "amount.hpp"

#include <gtest/gtest.h>

namespace cinnabar::contract {
namespace {

TEST(Amount, ReadsNumbersAsTheyAreWritten) {
  const std::pair<Json, double> numbers[] = {
      {Json(5), 5},
      {Json(0.5), 0.5},
      {"12000", 12'000},
      {"-12.50", -12.5},
      {"1,000", 1'000},
      {"1,000,000.25", 1'000'000.25},
      {"-1,000", -1'000},
      {"１２３．５", 123.5},
      {"１，０００，０００", 1'000'000},
  };
  for (const auto& [value, number] : numbers) EXPECT_EQ(number_in(value), number) << value.text();
}

TEST(Amount, TakesNothingElseForANumber) {
  for (const char* text : {"", "abc", "1000 yuan", "一百万", "1,5", "1,0000", "1000,000", ",100",
                           "1,,000", "1,000,", "1.0,00", "inf", "nan", "1e999", "0x10", "--1", "１a",
                           "\xEF", "\xEF\xBC"})
    EXPECT_FALSE(number_in(text)) << text;
  EXPECT_FALSE(number_in(Json()));
  EXPECT_FALSE(number_in(true));
}

}  // namespace
}  // namespace cinnabar::contract
