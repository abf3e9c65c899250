#include "@ident@.hpp"

#include <cinnabar/testing/fake_host.hpp>
#include <cinnabar/testing/local_service.hpp>

#include <gtest/gtest.h>

namespace @ident@_plugin {
namespace {

using namespace cinnabar;
using cinnabar::testing::LocalService;

// The authority behind: every certificate has the serial "0a".
class Behind final : public CertificateAuthority {
 public:
  Credential issue(const IssueRequest&, const Call&) override {
    Credential out;
    out.serial = "0a";
    return out;
  }
  AuthorityInfo info(const AuthorityRequest&, const Call&) override { return {"Behind", {}, 1}; }
  Revoked revoke(const RevokeRequest&, const Call&) override { return {7}; }
  ValidationData proof(const ProofRequest& in, const Call&) override { return {in.chain, {}, {}}; }
  Crl crl(const CrlRequest&, const Call&) override { throw Error("certificate.not_published"); }
  OcspAnswer ocsp(const OcspQuery& in, const Call&) override { return {in.request, 0}; }
};

class @Class@Test : public ::testing::Test {
 protected:
  @Class@Test() { fake_.add_service<CertificateAuthority>(behind_, "builtin-ca"); }

  std::string refusal(const std::string& profile, const std::string& config = "{}") {
    const LocalService<CertificateAuthority> service(authority_, "ent_a", config);
    IssueRequest request;
    request.profile = profile;
    request.common_name = "李雪";
    try {
      service->issue(request);
      return "none";
    } catch (const Error& error) {
      return error.code();
    }
  }

  Behind behind_;
  cinnabar::testing::FakeHost fake_;
  @Class@ authority_{fake_.host()};
};

TEST_F(@Class@Test, IssuesTheProfilesThatAreConfigured) {
  EXPECT_EQ(refusal("person"), "none");
  EXPECT_EQ(refusal("timestamp"), "@ident@.profile_refused");
  EXPECT_EQ(refusal("person", R"({"profiles":["enterprise"]})"), "@ident@.profile_refused");
}

TEST_F(@Class@Test, LogsTheSerialAndNobodysName) {
  refusal("person");
  ASSERT_EQ(fake_.log().size(), 1u);
  EXPECT_EQ(fake_.log()[0].text, "issued person certificate 0a");
}

TEST_F(@Class@Test, HandsTheRestOn) {
  const LocalService<CertificateAuthority> service(authority_);
  EXPECT_EQ(service->info({}).name, "Behind");
  EXPECT_EQ(service->revoke({"0a", "superseded"}).time_ms, 7);
  EXPECT_EQ(service->ocsp({Bytes("q")}).response.text(), "q");
  EXPECT_EQ(service->proof({{Bytes("c")}}).certificates.size(), 1u);
  EXPECT_THROW(service->crl({}), Error);
}

TEST_F(@Class@Test, DoesNotHandOnToItself) {
  EXPECT_EQ(refusal("person", R"({"provider":"@name@"})"), "@ident@.provider_unfit");
}

}  // namespace
}  // namespace @ident@_plugin
