#include "upload.hpp"

#include "stand_in.hpp"

#include <gtest/gtest.h>

namespace cinnabar::s3 {
namespace {

const Reply kOpened{200, "<R><UploadId>id/1</UploadId></R>"};
const Reply kPart{200, "", {{"ETag", "\"e\""}}};

// Ten bytes in parts of four.
class UploadTest : public ::testing::Test {
 protected:
  UploadTest() {
    Config config;
    config.endpoint = "http://127.0.0.1:" + std::to_string(endpoint_.port());
    config.bucket = "contracts";
    config.access_key = "AKIA";
    config.secret_key = "secret";
    config.path_style = true;
    settings_ = settings_of(config);
    settings_.pause_ms = 1;
    settings_.part_size = 4;
  }

  std::string uploading() {
    Client client(settings_, [] { return 1'700'000'000'000; });
    const Payload payload(content_);
    try {
      upload(client, digest_, payload, payload.digests());
      return "";
    } catch (const Error& error) {
      return error.code();
    }
  }
  Reply stored() const { return {200, content_, {{"x-amz-meta-sha256", digest_}}}; }
  // What was asked, in short.
  std::vector<std::string> asked() {
    std::vector<std::string> all;
    for (const Seen& seen : endpoint_.seen()) {
      const std::size_t query = seen.target.find('?');
      all.push_back(seen.method +
                    (query == std::string::npos ? "" : " " + seen.target.substr(query + 1)));
    }
    return all;
  }

  const std::string content_ = "abcdefghij", digest_ = sha256_hex(content_);
  StandIn endpoint_;
  Settings settings_;
};

TEST_F(UploadTest, large_content_goes_in_parts_and_is_looked_at) {
  endpoint_.next({404, ""});
  endpoint_.next(kOpened);
  endpoint_.next(kPart, 3);
  endpoint_.next({200, "<CompleteMultipartUploadResult/>"});
  endpoint_.next(stored());
  EXPECT_EQ(uploading(), "");
  EXPECT_EQ(asked(), (std::vector<std::string>{
                         "HEAD", "POST uploads=", "PUT partNumber=1&uploadId=id%2F1",
                         "PUT partNumber=2&uploadId=id%2F1", "PUT partNumber=3&uploadId=id%2F1",
                         "POST uploadId=id%2F1", "HEAD"}));
  const auto seen = endpoint_.seen();
  EXPECT_EQ(seen[2].body + "|" + seen[3].body + "|" + seen[4].body, "abcd|efgh|ij");
  EXPECT_EQ(seen[4].headers.at("x-amz-content-sha256"), sha256_hex("ij"));
  EXPECT_EQ(seen[1].headers.at("x-amz-meta-sha256"), digest_);
  EXPECT_NE(seen[5].body.find("<PartNumber>3</PartNumber><ETag>&quot;e&quot;</ETag>"),
            std::string::npos);
}

TEST_F(UploadTest, large_content_that_is_there_is_not_sent_again) {
  endpoint_.next(stored());
  EXPECT_EQ(uploading(), "");
  EXPECT_EQ(asked(), std::vector<std::string>{"HEAD"});
}

TEST_F(UploadTest, a_failure_that_comes_after_200_is_a_failure) {
  endpoint_.next({404, ""});
  endpoint_.next(kOpened);
  endpoint_.next(kPart, 3);
  endpoint_.next(s3_error(200, "InternalError"));
  endpoint_.next({200, "<CompleteMultipartUploadResult/>"});
  endpoint_.next(stored());
  EXPECT_EQ(uploading(), "") << "asked again, it succeeds";
}

TEST_F(UploadTest, a_lost_answer_to_the_last_request_is_no_loss) {
  endpoint_.next({404, ""});
  endpoint_.next(kOpened);
  endpoint_.next(kPart, 3);
  endpoint_.next({200, "<CompleteMultipartUploadResult/>", {}, 3});
  endpoint_.next(s3_error(404, "NoSuchUpload"));
  endpoint_.next(stored());
  EXPECT_EQ(uploading(), "");
}

TEST_F(UploadTest, what_fails_is_cleared_away) {
  endpoint_.next({404, ""});
  endpoint_.next(kOpened);
  endpoint_.next(kPart);
  endpoint_.next(s3_error(403, "AccessDenied"));
  EXPECT_EQ(uploading(), "s3.denied");
  EXPECT_EQ(asked().back(), "DELETE uploadId=id%2F1");
}

TEST_F(UploadTest, what_is_not_there_in_the_end_was_not_kept) {
  endpoint_.next({404, ""});
  endpoint_.next(kOpened);
  endpoint_.next(kPart, 3);
  endpoint_.next({200, "<CompleteMultipartUploadResult/>"});
  endpoint_.next({200, "abcdefgh", {{"x-amz-meta-sha256", digest_}}});
  EXPECT_EQ(uploading(), "s3.not_kept");
}

}  // namespace
}  // namespace cinnabar::s3
