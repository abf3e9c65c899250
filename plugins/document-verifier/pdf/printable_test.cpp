#include "printable.hpp"

#include <cinnabar/json.hpp>
#include <gtest/gtest.h>

namespace cinnabar::pdf {
namespace {

TEST(Printable, LeavesOrdinaryNamesAsTheyAre) {
  for (const char* text : {"", "Signature1", "签名 1", "Müller–Søn", "\xF0\x9F\x96\x8A"})
    EXPECT_EQ(printable(text), text);
}

TEST(Printable, ReplacesWhatMovesTheCursorOrIsNoText) {
  EXPECT_EQ(printable(std::string("a\0b", 3)), "a\xEF\xBF\xBD" "b");
  EXPECT_EQ(printable("x\nnot-tampered"), "x\xEF\xBF\xBDnot-tampered");
  EXPECT_EQ(printable("\x1B[2J"), "\xEF\xBF\xBD[2J");
  EXPECT_EQ(printable("\xC2\x85|\xE2\x80\xAE|\xE2\x81\xA7|\xE2\x80\xA8"),
            "\xEF\xBF\xBD|\xEF\xBF\xBD|\xEF\xBF\xBD|\xEF\xBF\xBD");
  EXPECT_EQ(printable("\xFF\xC3"), "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(Printable, CutsWhatIsNoName) {
  const std::string cut = printable(std::string(5'000, 'x'));
  EXPECT_EQ(cut, std::string(1'000, 'x') + "\xE2\x80\xA6");
}

TEST(Printable, MakesAnyReportOneThatCanBeSent) {
  const std::string wild("\0\xFF\n", 3);
  VerifyReport report;
  report.problems = {"signature_removed:" + wild};
  SignatureReport one;
  one.field = one.signer = one.issuer = one.sub_filter = one.reason = wild;
  one.trust.chain.push_back({wild, wild, wild, "", "", ""});
  one.time.trust.chain.push_back({wild, wild, wild, "", "", ""});
  one.changes.push_back({1, "form_filled", wild, 0, true});
  one.problems = {"contents_empty:" + wild};
  report.signatures.push_back(one);
  make_printable(report);
  EXPECT_EQ(from_json<VerifyReport>(to_json(report)).signatures.size(), 1u);
}

}  // namespace
}  // namespace cinnabar::pdf
