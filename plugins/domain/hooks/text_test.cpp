// Text that arrives as any bytes: the SDK's helper, with which hooks and errors stay readable.
#include <cinnabar/text.hpp>

#include <gtest/gtest.h>

namespace cinnabar {
namespace {

using namespace std::string_view_literals;

TEST(Text, ShortTextStaysAsItIs) {
  EXPECT_EQ(shortened_text("", 10), "");
  EXPECT_EQ(shortened_text("a\t合同\U0001F58B\n", 100), "a\t合同\U0001F58B\n");
  EXPECT_EQ(shortened_text("合同", 6), "合同");
}

TEST(Text, LongTextEndsWithItsLastWholeCharacter) {
  EXPECT_EQ(shortened_text("abc", 2), "ab");
  EXPECT_EQ(shortened_text("合同", 5), "合");
  EXPECT_EQ(shortened_text("a\u00e9", 2), "a");
  EXPECT_EQ(shortened_text("ab\U0001F58B", 5), "ab");
  EXPECT_EQ(shortened_text("合同", 2), "");
  EXPECT_EQ(shortened_text("a", 0), "");
}

TEST(Text, WhatIsNoUtf8AndZeroCharactersAreReplaced) {
  EXPECT_EQ(shortened_text("a\xff", 10), "a\uFFFD");
  EXPECT_EQ(shortened_text("a\0b"sv, 10), "a\uFFFDb");
  EXPECT_EQ(shortened_text("\xE5\x90", 10), "\uFFFD\uFFFD");  // half of a character
  EXPECT_EQ(shortened_text("\xff\xff", 5), "\uFFFD");         // the limit counts what comes out
}

TEST(Text, KnowsTheLimitsOfRfc3629) {
  for (const std::string_view good : {"\x7f"sv, "\u0080"sv, "\u07ff"sv, "\u0800"sv, "\ud7ff"sv,
                                      "\ue000"sv, "\uffff"sv, "\U00010000"sv, "\U0010ffff"sv})
    EXPECT_TRUE(is_utf8(good)) << good;
  for (const std::string_view bad :
       {"\x80"sv, "\xC0\x80"sv, "\xC1\xBF"sv, "\xE0\x9F\xBF"sv, "\xED\xA0\x80"sv, "\xED\xBF\xBF"sv,
        "\xF0\x8F\xBF\xBF"sv, "\xF4\x90\x80\x80"sv, "\xF5\x80\x80\x80"sv, "\xFE"sv, "\xE5"sv,
        "\xE5\x90"sv, "\xF0\x9F\x96"sv, "\xC3("sv}) {
    EXPECT_FALSE(is_utf8(bad));
    EXPECT_TRUE(is_utf8(shortened_text(bad, 100)));
  }
}

}  // namespace
}  // namespace cinnabar
