// Against a real endpoint: the conformance suite, and what only an endpoint that checks can show.
#include "s3_store.hpp"
#include "swift_endpoint.hpp"

#include <cinnabar/testing/blob_store_suite.hpp>

namespace cinnabar::s3 {
namespace {

const SwiftEndpoint& endpoint() {
  static const SwiftEndpoint kEndpoint;
  return kEndpoint;
}

// Of one test each, so that it finds its store empty.
std::string fresh_prefix() {
  static std::atomic<int> count{0};
  return "test" + std::to_string(++count) + "/";
}

class S3UnderTest final : public BlobStoreUnderTest {
 public:
  explicit S3UnderTest(bool path_style)
      : settings_(endpoint().settings(path_style, fresh_prefix())) {
    reopen();
  }
  const cinnabar_blob_store* table() override { return &table_; }
  void reopen() override {
    store_.reset();
    store_ = std::make_unique<S3Store>(settings_, folder_.path / "staging", system_ms);
    table_ = detail::export_table(static_cast<BlobStore*>(store_.get()));
  }

 private:
  const Settings settings_;
  testing::TestFolder folder_;
  std::unique_ptr<S3Store> store_;
  cinnabar_blob_store table_{};
};

std::unique_ptr<BlobStoreUnderTest> make_in_path() { return std::make_unique<S3UnderTest>(true); }
std::unique_ptr<BlobStoreUnderTest> make_in_host() { return std::make_unique<S3UnderTest>(false); }

INSTANTIATE_TEST_SUITE_P(SwiftPathStyle, BlobStoreSuite, ::testing::Values(&make_in_path));
INSTANTIATE_TEST_SUITE_P(SwiftVirtualHost, BlobStoreSuite, ::testing::Values(&make_in_host));

class SwiftTest : public ::testing::Test {
 protected:
  std::string checking(const Config& config) {
    try {
      S3Store(settings_of(config), folder_.path / "staging", system_ms).check();
      return "";
    } catch (const Error& error) {
      what_ = error.what();
      return error.code();
    }
  }

  testing::TestFolder folder_;
  std::string what_;
};

TEST_F(SwiftTest, a_good_configuration_is_taken_and_a_wrong_one_is_told_by_its_fault) {
  EXPECT_EQ(checking(endpoint().config()), "");
  Config config = endpoint().config();
  config.secret_key = "wrong";
  EXPECT_EQ(checking(config), "s3.denied");
  EXPECT_NE(what_.find("SignatureDoesNotMatch"), std::string::npos) << what_;
  config = endpoint().config();
  config.access_key = "test:nobody";
  EXPECT_EQ(checking(config), "s3.denied");
  config = endpoint().config();
  config.bucket = "elsewhere";
  EXPECT_EQ(checking(config), "s3.bucket_missing");
}

TEST_F(SwiftTest, a_clock_that_is_wrong_is_told) {
  S3Store store(endpoint().settings(), folder_.path / "staging",
                [] { return system_ms() - 3'600'000; });
  try {
    store.check();
    FAIL() << "it was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "s3.denied");
    EXPECT_NE(std::string(error.what()).find("RequestTimeTooSkewed"), std::string::npos)
        << error.what();
  }
}

TEST_F(SwiftTest, content_that_changes_on_the_way_is_refused_by_the_endpoint) {
  Settings settings = endpoint().settings();
  settings.pause_ms = 1;
  Client client(settings, system_ms);
  const Payload payload("abd");
  try {
    client.send(
        {"PUT", std::string(suite::kAbcDigest), {}, {}, &payload, std::string(suite::kAbcDigest)},
        client.deadline());
    FAIL() << "it was taken";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("status 400"), std::string::npos) << error.what();
  }
}

TEST_F(SwiftTest, large_content_goes_up_in_parts_and_comes_back_whole_and_in_ranges) {
  std::string content(12'000'000, '\0');
  for (std::size_t i = 0; i < content.size(); ++i)
    content[i] = static_cast<char>(i * 2'654'435'761u >> 13);
  const std::string digest = sha256_hex(content);
  S3Store store(endpoint().settings(true, fresh_prefix()), folder_.path / "staging", system_ms);
  const std::string path = store.stage();
  std::ofstream(path, std::ios::binary) << content;
  store.adopt(path, digest);
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_EQ(store.size(digest), content.size());
  const auto read = [&](std::uint64_t offset, std::uint64_t size) {
    std::string text;
    store.read(digest, offset, size, [&](std::string_view part) { text += part; });
    return text;
  };
  EXPECT_TRUE(read(0, UINT64_MAX) == content);
  // Across the end of the first part.
  EXPECT_TRUE(read(5 * 1024 * 1024 - 7, 20) == content.substr(5 * 1024 * 1024 - 7, 20));
  EXPECT_TRUE(read(11'999'990, 100) == content.substr(11'999'990));
  store.put(digest, content);  // again: nothing is sent
  int found = 0;
  store.list([&](std::string_view name) { found += name == digest ? 1 : 100; });
  EXPECT_EQ(found, 1) << "parts are not listed";
  store.remove(digest);
  EXPECT_THROW(store.size(digest), Error);
}

TEST_F(SwiftTest, stores_of_several_servers_see_the_same_content) {
  const Settings settings = endpoint().settings(true, fresh_prefix());
  S3Store one(settings, folder_.path / "one", system_ms),
      two(settings, folder_.path / "two", system_ms);
  one.put(suite::kAbcDigest, suite::kAbc);
  EXPECT_EQ(two.size(suite::kAbcDigest), 3u);
  two.put(suite::kAbcDigest, suite::kAbc);
  two.remove(suite::kAbcDigest);
  EXPECT_THROW(one.size(suite::kAbcDigest), Error);
}

}  // namespace
}  // namespace cinnabar::s3
