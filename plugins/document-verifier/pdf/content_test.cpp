#include "content.hpp"

#include <gtest/gtest.h>

namespace cinnabar::pdf {
namespace {

// The operators with the number of their operands.
std::string words(std::string_view content) {
  Work work{1'000};
  ContentReader reader(content, work);
  Operation operation;
  std::string out;
  while (reader.next(operation))
    out += std::string(operation.word) + std::to_string(operation.operands.size()) + ' ';
  return out;
}

TEST(Content, OperatorsComeWithTheirOperands) {
  EXPECT_EQ(words("q 1 0 0 1 .5 -3 cm /F1 12 Tf [(a) -20 <62>] TJ T* (x)' Q"),
            "q0 cm6 Tf2 TJ1 T*0 '1 Q0 ");
  EXPECT_EQ(words("/P <</MCID 0>>BDC % (comment) Tj\nEMC"), "BDC2 EMC0 ");
  EXPECT_EQ(words(""), "");
}

TEST(Content, JunkIsReadOver) {
  EXPECT_EQ(words("--5 1.2.3 m ] ) l"), "m2 l0 ");
  EXPECT_EQ(words("[(a) --5] TJ"), "TJ2 ") << "an array that is none gives what it holds";
  EXPECT_EQ(words("(never closed Tj"), "never0 closed0 Tj0 ");
}

TEST(Content, AnInlineImageIsOneOperation) {
  const std::string content =
      "BI /W 2 /H 1 /IM true ID \x01"
      "EI\x02 EI Q";
  Work work{1'000};
  ContentReader reader(content, work);
  Operation operation;
  ASSERT_TRUE(reader.next(operation));
  EXPECT_EQ(operation.word, "BI");
  ASSERT_EQ(operation.operands.size(), 6u);
  EXPECT_EQ(operation.operands[1].real, 2);
  EXPECT_EQ(operation.operands[5].integer, 1);
  EXPECT_EQ(operation.data, std::string_view("\x01"
                                             "EI\x02 "));
  ASSERT_TRUE(reader.next(operation));
  EXPECT_EQ(operation.word, "Q");
}

TEST(Content, TheEndOfAnImageMayBeMissing) {
  EXPECT_EQ(words("BI /W 1 ID abc"), "BI2 ");
  EXPECT_EQ(words("BI /W"), "BI1 ");
}

TEST(Content, MayNotBeReadAgainAndAgain) {
  std::string nested;
  for (int i = 0; i < 400'000; ++i) nested += "<<";
  Work work{0};
  ContentReader reader(nested, work);
  Operation operation;
  EXPECT_THROW(while (reader.next(operation)) {}, TooComplex);
}

}  // namespace
}  // namespace cinnabar::pdf
