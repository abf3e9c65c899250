#include "report_text.hpp"
#include "trust_store.hpp"

#include <cinnabar/error.hpp>
#include <gtest/gtest.h>

namespace cinnabar {
namespace {

TEST(TrustStore, ReadsEachCertificateOfAPemText) {
  const std::string one = "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n";
  const std::vector<Bytes> read = certificates_of("# comment\n" + one + "between\n" + one);
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[1].view(), "\x01\x02\x03");
  EXPECT_TRUE(certificates_of("-----BEGIN CERTIFICATE-----\nAQID").empty());
}

TEST(TrustStore, SaysWhichFileIsMissing) {
  try {
    read_trust({"/nowhere/at/all.pem"});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "verify.trust_unreadable");
  }
}

TEST(ReportText, SpeaksBothLanguages) {
  VerifyReport report;
  report.verdict = "tampered";
  report.problems = {"object_changed:12"};
  report.texts = {{"tampered", "Changed.", "已改。"}, {"object_changed", "A part.", "一部分。"}};
  EXPECT_EQ(report_text(report, Language::english),
            "tampered: Changed.\n  object_changed:12: A part.\n");
  EXPECT_EQ(report_text(report, Language::chinese),
            "tampered: 已改。\n  object_changed:12: 一部分。\n");
}

}  // namespace
}  // namespace cinnabar
