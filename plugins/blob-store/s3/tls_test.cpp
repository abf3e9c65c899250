#include "s3_store.hpp"
#include "tls_stand_in.hpp"

#include <cinnabar/testing/folder.hpp>

#include <gtest/gtest.h>

namespace cinnabar::s3 {
namespace {

class TlsTest : public ::testing::Test {
 protected:
  // What the endpoint's certificate is worth: empty, or the reason of the refusal.
  std::string checking(const TlsStandIn& endpoint, const std::string& ca_file) {
    Config config;
    config.endpoint = "https://127.0.0.1:" + std::to_string(endpoint.port());
    config.bucket = "contracts";
    config.access_key = "AKIA";
    config.secret_key = "secret";
    config.path_style = true;
    config.ca_file = ca_file;
    Settings settings = settings_of(config);
    settings.pause_ms = 1;
    try {
      S3Store(settings, folder_.path / "staging", [] { return 0; }).check();
      return "";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "s3.untrusted");
      return error.what();
    }
  }

  testing::TestFolder folder_;
};

TEST_F(TlsTest, the_root_in_the_settings_is_trusted) {
  const TlsStandIn endpoint("IP:127.0.0.1");
  EXPECT_EQ(checking(endpoint, folder_.write("root.pem", endpoint.pem()).string()), "");
  EXPECT_EQ(endpoint.requests(), 1);
}

TEST_F(TlsTest, nobody_else_is_asked_anything) {
  const TlsStandIn endpoint("IP:127.0.0.1"), other("IP:127.0.0.1");
  EXPECT_NE(checking(endpoint, "").find("certificate"), std::string::npos);
  EXPECT_NE(checking(endpoint, folder_.write("other.pem", other.pem()).string()), "");
  EXPECT_NE(checking(endpoint, (folder_.path / "nothing.pem").string()), "");
  EXPECT_EQ(endpoint.requests(), 0);
}

TEST_F(TlsTest, a_certificate_for_another_name_is_not_taken) {
  const TlsStandIn endpoint("DNS:elsewhere.example");
  EXPECT_NE(checking(endpoint, folder_.write("root.pem", endpoint.pem()).string()), "");
  EXPECT_EQ(endpoint.requests(), 0);
}

}  // namespace
}  // namespace cinnabar::s3
