#include "@ident@.hpp"

#include <cinnabar/testing/fake_host.hpp>
#include <cinnabar/testing/local_service.hpp>

#include <gtest/gtest.h>

namespace @ident@_plugin {
namespace {

using namespace cinnabar;
using cinnabar::testing::LocalService;

// The verifier behind: gives the report that the test wrote.
class Behind final : public DocumentVerifier {
 public:
  VerifyReport verify(const VerifyRequest&, const Call&) override { return report; }
  VerifyReport report;
};

class @Class@Test : public ::testing::Test {
 protected:
  @Class@Test() { fake_.add_service<DocumentVerifier>(behind_, "pdf"); }

  void sign(const std::string& timestamp) {
    behind_.report.verdict = "not-tampered";
    behind_.report.signatures.emplace_back().timestamp = timestamp;
  }

  Behind behind_;
  cinnabar::testing::FakeHost fake_;
  @Class@ verifier_{fake_.host()};
};

TEST_F(@Class@Test, NamesTheSignaturesWithoutATimestamp) {
  sign("2026-01-02T03:04:05Z");
  sign("");
  const VerifyReport report = LocalService<DocumentVerifier>(verifier_)->verify({});
  EXPECT_EQ(report.verdict, "not-tampered");
  EXPECT_TRUE(report.signatures.at(0).problems.empty());
  EXPECT_EQ(report.signatures.at(1).problems, std::vector<std::string>{kNoTimestamp});
  ASSERT_EQ(report.texts.size(), 1u);
  EXPECT_EQ(report.texts[0].code, kNoTimestamp);
}

TEST_F(@Class@Test, AddsNothingWhereAllIsWell) {
  sign("2026-01-02T03:04:05Z");
  EXPECT_TRUE(LocalService<DocumentVerifier>(verifier_)->verify({}).texts.empty());
}

TEST_F(@Class@Test, DoesNotHandOnToItself) {
  const LocalService<DocumentVerifier> service(verifier_, "ent_a", R"({"provider":"@name@"})");
  EXPECT_THROW(service->verify({}), Error);
  EXPECT_TRUE(fake_.invocations().empty());
}

}  // namespace
}  // namespace @ident@_plugin
