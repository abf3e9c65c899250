#include "content.hpp"

#include <gtest/gtest.h>

namespace cinnabar::pdf {
namespace {

TEST(Content, CountsTheStateThatStaysOpen) {
  EXPECT_EQ(scan_content("q Q").open, 0);
  EXPECT_EQ(scan_content("q q 1 0 0 1 0 0 cm Q").open, 1);
  EXPECT_EQ(scan_content("Q Q q").missing, 2);
  EXPECT_EQ(scan_content("Q Q q").open, -1);
  EXPECT_TRUE(scan_content("BT /F 1 Tf").open_text);
  EXPECT_FALSE(scan_content("BT ET").open_text);
}

TEST(Content, OperatorsInsideDataDoNotCount) {
  EXPECT_EQ(scan_content("(q q \\) q) Tj").open, 0);
  EXPECT_EQ(scan_content("% q q\nn").open, 0);
  EXPECT_EQ(scan_content("/q gs <71 51> Tj [(Q)] TJ").missing, 0);
  EXPECT_EQ(scan_content("BI /W 1 ID \x01 q Q\x02 q \xFF EI Q q Q").missing, 1);
}

TEST(Content, EndsInTheMiddleAreBroken) {
  for (const char* content : {"(open", "<4142", "[1 2", "BI /W 1 ID abc"})
    EXPECT_TRUE(scan_content(content).broken) << content;
  for (const char* content : {"", "[1 2] 0 d", "(a(b)c) Tj", "<< /A <41> >>"})
    EXPECT_FALSE(scan_content(content).broken) << content;
}

}  // namespace
}  // namespace cinnabar::pdf
