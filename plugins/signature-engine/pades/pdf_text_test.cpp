#include "pdf_text.hpp"

#include <gtest/gtest.h>

namespace cinnabar::pades {
namespace {

std::string number(double value) {
  std::string out;
  append_number(out, value);
  return out;
}

TEST(PdfText, NumbersHaveNoExponentAndNoNeedlessDigits) {
  EXPECT_EQ(number(0), "0");
  EXPECT_EQ(number(-0.0000001), "0");
  EXPECT_EQ(number(107.71654), "107.71654");
  EXPECT_EQ(number(1.5), "1.5");
  EXPECT_EQ(number(-20), "-20");
  EXPECT_EQ(number(0.000004), "0");
  EXPECT_EQ(number(14'400), "14400");
}

TEST(PdfText, PlainTextIsEscaped) {
  EXPECT_EQ(text_string("a(b)c\\"), "(a\\(b\\)c\\\\)");
  EXPECT_EQ(text_string(""), "()");
}

TEST(PdfText, OtherTextIsUtf16) {
  EXPECT_EQ(text_string("张三"), "<feff5f204e09>");
  EXPECT_EQ(text_string("𠮷"), "<feffd842dfb7>");
  EXPECT_EQ(text_string("a\r"), "<feff0061000d>");
}

TEST(PdfText, WhatIsNotUtf8BecomesAReplacement) {
  EXPECT_EQ(text_string("\xFF"), "<fefffffd>");
  EXPECT_EQ(text_string("\xE5\xBC"), "<fefffffd>");
  EXPECT_EQ(text_string("\xC0\x80"), "<fefffffdfffd>");
  EXPECT_EQ(text_string("\xED\xA0\x80"), "<fefffffd>");
}

TEST(PdfText, DatesAreUtc) { EXPECT_EQ(date(1'763'726'400'250), "(D:20251121120000+00'00')"); }

}  // namespace
}  // namespace cinnabar::pades
