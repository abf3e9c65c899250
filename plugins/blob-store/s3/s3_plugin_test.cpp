// The plugin as the kernel sees it: through its entry and its table.
#include "stand_in.hpp"

#include <cinnabar/testing/fake_host.hpp>

#include <gtest/gtest.h>

extern "C" const cinnabar_plugin* cinnabar_plugin_v1();

namespace cinnabar::s3 {
namespace {

constexpr const char* kSecret = "a-secret-that-nobody-may-see";
const std::string kAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const std::string kListing = "<R><IsTruncated>false</IsTruncated></R>";

class S3PluginTest : public ::testing::Test {
 protected:
  ~S3PluginTest() override {
    if (instance_) entry_->destroy(instance_);
  }

  std::string config(const std::string& more = "") const {
    return R"({"endpoint": "http://127.0.0.1:)" + std::to_string(endpoint_.port()) +
           R"(", "bucket": "contracts", "access_key": "AKIA", "path_style": true,
              "call_timeout_ms": 1000, "secret_key": ")" +
           kSecret + "\"" + more + "}";
  }
  cinnabar_status create(const std::string& config) {
    host_.set_config(config);
    return entry_->create(host_.host().raw(), reply_.raw(), &instance_);
  }
  cinnabar_status start() { return entry_->start(instance_, reply_.raw()); }
  cinnabar_status put() {
    const auto* table = static_cast<const cinnabar_blob_store*>(
        entry_->interface_by_id(instance_, bytes_of("cinnabar.blob-store/1")));
    return table->put(table->self, bytes_of(kAbc), bytes_of("abc"));
  }
  std::string logged() const {
    std::string all;
    for (const auto& line : host_.log()) all += line.text + "\n";
    return all;
  }

  testing::FakeHost host_;
  StandIn endpoint_;
  ReplyBuffer reply_;
  const cinnabar_plugin* entry_ = cinnabar_plugin_v1();
  void* instance_ = nullptr;
};

TEST_F(S3PluginTest, it_asks_once_at_the_start_and_stores) {
  endpoint_.next({200, kListing});
  ASSERT_EQ(create(config()), CINNABAR_OK);
  EXPECT_TRUE(endpoint_.seen().empty()) << "created is not started";
  ASSERT_EQ(start(), CINNABAR_OK);
  EXPECT_EQ(endpoint_.seen().front().target, "/contracts?list-type=2&max-keys=1&prefix=");
  EXPECT_EQ(put(), CINNABAR_OK);
  EXPECT_EQ(logged(), "");
}

TEST_F(S3PluginTest, without_an_endpoint_it_is_switched_off) {
  ASSERT_EQ(create("{}"), CINNABAR_OK);
  EXPECT_EQ(start(), CINNABAR_OK);
  EXPECT_EQ(put(), CINNABAR_UNAVAILABLE);
  EXPECT_NE(logged().find("s3.settings"), std::string::npos);
}

TEST_F(S3PluginTest, a_bad_configuration_ends_its_creation) {
  EXPECT_NE(create(config(R"(, "prefix": "../")")), CINNABAR_OK);
  EXPECT_NE(std::string(reply_.json()).find("s3.settings"), std::string::npos);
  EXPECT_EQ(std::string(reply_.json()).find(kSecret), std::string::npos);
}

TEST_F(S3PluginTest, a_bucket_that_cannot_be_used_ends_the_start) {
  endpoint_.next(s3_error(403, "SignatureDoesNotMatch"));
  ASSERT_EQ(create(config()), CINNABAR_OK);
  EXPECT_EQ(start(), CINNABAR_UNAVAILABLE);
  EXPECT_NE(std::string(reply_.json()).find("SignatureDoesNotMatch"), std::string::npos);
  EXPECT_EQ(std::string(reply_.json()).find(kSecret), std::string::npos);
}

TEST_F(S3PluginTest, the_log_says_why_a_call_failed_and_never_the_secret) {
  endpoint_.next({200, kListing});
  ASSERT_EQ(create(config()), CINNABAR_OK);
  ASSERT_EQ(start(), CINNABAR_OK);
  endpoint_.next(s3_error(403, "AccessDenied"));
  EXPECT_EQ(put(), CINNABAR_UNAVAILABLE);
  endpoint_.next(s3_error(503, "SlowDown"), 100);
  EXPECT_EQ(put(), CINNABAR_UNAVAILABLE);
  EXPECT_NE(logged().find("put: s3.denied"), std::string::npos) << logged();
  EXPECT_NE(logged().find("put: s3.unreachable"), std::string::npos) << logged();
  EXPECT_EQ(logged().find(kSecret), std::string::npos);
  EXPECT_EQ(logged().find("Signature="), std::string::npos);
}

}  // namespace
}  // namespace cinnabar::s3
