#include "s3_store.hpp"

#include "stand_in.hpp"
#include "upload.hpp"

#include <cinnabar/testing/folder.hpp>

#include <gtest/gtest.h>

namespace cinnabar::s3 {
namespace {

constexpr const char* kSecret = "a secret that nobody may see";
const std::string kAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

// A store over the stand-in, with short times.
class S3StoreTest : public ::testing::Test {
 protected:
  S3StoreTest() {
    Config config;
    config.endpoint = "http://127.0.0.1:" + std::to_string(endpoint_.port());
    config.bucket = "contracts";
    config.prefix = "p/";
    config.access_key = "AKIA";
    config.secret_key = kSecret;
    config.path_style = true;
    settings_ = settings_of(config);
    settings_.pause_ms = 1;
    settings_.stall_timeout_s = 1;
    settings_.call_timeout_ms = 20'000;
  }

  S3Store& store() {
    if (!store_)
      store_.emplace(settings_, folder_.path / "staging", [] { return 1'700'000'000'000; });
    return *store_;
  }
  // The code of the work's error; its text is looked through for the secret on the way.
  template <class Work>
  std::string code_of(Work work) {
    try {
      work();
      return "";
    } catch (const Error& error) {
      what_ = error.what();
      status_ = error.status();
      EXPECT_EQ(what_.find(kSecret), std::string::npos);
      return error.code();
    }
  }
  std::string putting(const std::string& content = "abc") {
    return code_of([&] { store().put(sha256_hex(content), content); });
  }
  std::string reading(const std::string& digest, std::uint64_t offset = 0,
                      std::uint64_t size = UINT64_MAX) {
    text_.clear();
    return code_of([&] {
      store().read(digest, offset, size, [this](std::string_view part) { text_ += part; });
    });
  }
  static std::string target(const std::string& digest) { return "/contracts/p/" + digest; }

  testing::TestFolder folder_;
  StandIn endpoint_;
  Settings settings_;
  std::optional<S3Store> store_;
  std::string what_, text_;
  cinnabar_status status_ = CINNABAR_OK;
};

TEST_F(S3StoreTest, what_is_sent_names_its_digests_and_is_signed) {
  EXPECT_EQ(putting(), "");
  ASSERT_EQ(endpoint_.seen().size(), 1u) << "the ETag tells enough";
  const Seen seen = endpoint_.seen().front();
  EXPECT_EQ(seen.method + " " + seen.target, "PUT " + target(kAbc));
  EXPECT_EQ(seen.headers.at("x-amz-content-sha256"), kAbc);
  EXPECT_EQ(seen.headers.at("x-amz-meta-sha256"), kAbc);
  EXPECT_EQ(seen.headers.at("content-md5"), "kAFQmDzST7DWlj99KOF/cg==");
  EXPECT_EQ(seen.headers.at("x-amz-date"), "20231114T221320Z");
  EXPECT_NE(seen.headers.at("authorization")
                .find("SignedHeaders=content-md5;content-type;host;x-amz-content-sha256;"
                      "x-amz-date;x-amz-meta-sha256,Signature="),
            std::string::npos);
  EXPECT_EQ(seen.body, "abc");
}

TEST_F(S3StoreTest, a_bucket_may_be_part_of_the_host_name) {
  Config config;
  config.endpoint = "http://localhost:" + std::to_string(endpoint_.port());
  config.bucket = "contracts";
  config.access_key = "AKIA";
  config.secret_key = kSecret;
  settings_ = settings_of(config);
  EXPECT_EQ(putting(), "");
  EXPECT_EQ(endpoint_.seen().front().target, "/" + kAbc);
  EXPECT_EQ(endpoint_.seen().front().headers.at("host"),
            "contracts.localhost:" + std::to_string(endpoint_.port()));
}

TEST_F(S3StoreTest, what_passes_is_tried_again) {
  endpoint_.next(s3_error(503, "SlowDown"));
  endpoint_.next(s3_error(500, "InternalError"));
  endpoint_.next(s3_error(400, "RequestTimeout"));
  endpoint_.next({429, ""});
  endpoint_.next({502, "<html>", {}, 3});
  endpoint_.next({504, "<html>a gateway's own words</html>"});
  EXPECT_EQ(putting(), "");
  EXPECT_EQ(endpoint_.seen().size(), 7u);
  EXPECT_EQ(reading(kAbc), "");
  EXPECT_EQ(text_, "abc");
}

TEST_F(S3StoreTest, content_that_is_cut_on_its_way_up_is_sent_again_as_a_whole) {
  const std::string content(5'000'000, 'x'), digest = sha256_hex(content);
  endpoint_.hang_up_within_bodies(2);
  const std::string path = store().stage();
  std::ofstream(path, std::ios::binary) << content;
  EXPECT_EQ(code_of([&] { store().adopt(path, digest); }), "");
  EXPECT_FALSE(std::filesystem::exists(path));
  ASSERT_EQ(endpoint_.seen().size(), 1u) << "of whole requests";
  EXPECT_TRUE(endpoint_.seen().front().body == content);
}

TEST_F(S3StoreTest, what_does_not_pass_ends_as_unreachable_after_some_tries) {
  endpoint_.next(s3_error(503, "SlowDown"), 100);
  EXPECT_EQ(putting(), "s3.unreachable");
  EXPECT_EQ(status_, CINNABAR_UNAVAILABLE);
  EXPECT_NE(what_.find("SlowDown"), std::string::npos) << what_;
  EXPECT_EQ(endpoint_.seen().size(), 10u);
}

TEST_F(S3StoreTest, a_pause_longer_than_the_time_that_is_left_is_not_made) {
  settings_.call_timeout_ms = 5'000;
  Reply busy = s3_error(503, "SlowDown");
  busy.headers["Retry-After"] = "60";
  endpoint_.next(busy, 100);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(putting(), "s3.unreachable");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(4));
  EXPECT_EQ(endpoint_.seen().size(), 1u);
}

TEST_F(S3StoreTest, an_endpoint_that_is_not_there_is_unreachable) {
  settings_.origin = "http://127.0.0.1:1";  // nobody may listen there
  EXPECT_EQ(putting(), "s3.unreachable");
  EXPECT_EQ(reading(kAbc), "s3.unreachable") << "it is not `not found`";
  EXPECT_EQ(code_of([&] { store().size(kAbc); }), "s3.unreachable");
  EXPECT_EQ(code_of([&] { store().check(); }), "s3.unreachable");
}

TEST_F(S3StoreTest, a_silent_endpoint_is_given_up_and_asked_again) {
  endpoint_.next({200, "", {}, std::string::npos, true});
  EXPECT_EQ(putting(), "");
  EXPECT_EQ(endpoint_.seen().size(), 2u);
}

TEST_F(S3StoreTest, the_deadline_holds_against_a_silent_endpoint) {
  settings_.stall_timeout_s = 60;
  settings_.call_timeout_ms = 700;
  endpoint_.next({200, "", {}, std::string::npos, true}, 100);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(putting(), "s3.unreachable");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

TEST_F(S3StoreTest, an_answer_that_is_cut_is_asked_for_again_and_never_handed_on) {
  endpoint_.store(target(kAbc), "abc");
  const Reply cut{206, "abc", {{"Content-Range", "bytes 0-2/3"}}, 2};
  endpoint_.next(cut);
  EXPECT_EQ(reading(kAbc), "");
  EXPECT_EQ(text_, "abc");
  endpoint_.next(cut, 100);
  EXPECT_EQ(reading(kAbc), "s3.unreachable");
  EXPECT_EQ(text_, "");
}

TEST_F(S3StoreTest, other_bytes_than_were_stored_are_noticed_before_they_are_handed_on) {
  for (const char* other : {"abd", "ab", "abcd", ""}) {
    endpoint_.store(target(kAbc), other);
    EXPECT_EQ(reading(kAbc), "s3.corrupt") << other;
    EXPECT_EQ(status_, CINNABAR_FAILED);
    EXPECT_EQ(text_, "") << other;
  }
}

TEST_F(S3StoreTest, of_large_content_that_was_changed_the_end_is_never_handed_on) {
  std::string content(9'000'000, 'a');
  const std::string digest = sha256_hex(content);
  endpoint_.store(target(digest), content);
  EXPECT_EQ(reading(digest), "");
  EXPECT_EQ(text_, content);
  EXPECT_EQ(endpoint_.seen().size(), 3u);
  content[5] = 'b';
  endpoint_.store(target(digest), content);
  EXPECT_EQ(reading(digest, 0, 9'000'000), "s3.corrupt");
  EXPECT_LT(text_.size(), content.size());
  EXPECT_EQ(reading(digest, 1, 3), "") << "a part cannot be checked";
}

TEST_F(S3StoreTest, an_error_may_be_longer_than_the_part_that_was_asked_for) {
  EXPECT_EQ(reading(kAbc, 0, 1), "blob.not_found");
  EXPECT_EQ(status_, CINNABAR_REFUSED);
  EXPECT_EQ(code_of([&] { store().size(kAbc); }), "blob.not_found");
  EXPECT_EQ(code_of([&] { store().remove(kAbc); }), "") << "it is done already";
  EXPECT_EQ(endpoint_.seen().size(), 3u);
}

TEST_F(S3StoreTest, another_part_than_was_asked_for_is_not_taken) {
  for (const char* range : {"bytes 1-3/9", "bytes 0-2/9", "bytes 0-2", "0-2/3", ""}) {
    endpoint_.next({206, "abc", {{"Content-Range", range}}});
    EXPECT_EQ(reading(kAbc, 0, 4), "s3.corrupt") << range;
  }
  endpoint_.next({200, "abcd"});
  EXPECT_EQ(reading(kAbc, 5, 4), "s3.corrupt") << "all of it instead of a part";
}

TEST_F(S3StoreTest, what_lasts_is_said_at_once) {
  endpoint_.next(s3_error(403, "InvalidAccessKeyId"));
  EXPECT_EQ(putting(), "s3.denied");
  EXPECT_EQ(status_, CINNABAR_UNAVAILABLE);
  EXPECT_NE(what_.find("InvalidAccessKeyId"), std::string::npos) << what_;
  endpoint_.next(s3_error(404, "NoSuchBucket"), 2);
  EXPECT_EQ(putting(), "s3.bucket_missing");
  EXPECT_EQ(reading(kAbc), "s3.bucket_missing") << "it is not `not found`";
  endpoint_.next(s3_error(301, "PermanentRedirect"));
  EXPECT_EQ(putting(), "s3.refused");
  endpoint_.next(s3_error(501, "NotImplemented"));
  EXPECT_EQ(putting(), "s3.refused");
  EXPECT_EQ(endpoint_.seen().size(), 5u);
}

TEST_F(S3StoreTest, another_etag_is_taken_only_when_the_object_fits) {
  const Reply encrypted{200, "", {{"ETag", "\"0123\""}}};
  endpoint_.next(encrypted);
  endpoint_.next({200, "abc", {{"x-amz-meta-sha256", kAbc}}});
  EXPECT_EQ(putting(), "");
  EXPECT_EQ(endpoint_.seen().back().method, "HEAD");
  const Reply others[] = {{200, "ab", {{"x-amz-meta-sha256", kAbc}}},
                          {200, "abc", {{"x-amz-meta-sha256", std::string(64, '0')}}},
                          {200, "abc"},
                          {404, ""}};
  for (const Reply& other : others) {
    endpoint_.next(encrypted);
    endpoint_.next(other);
    EXPECT_EQ(putting(), "s3.not_kept");
    EXPECT_EQ(status_, CINNABAR_FAILED);
  }
}

TEST_F(S3StoreTest, at_most_so_many_requests_are_under_way) {
  settings_.connections_max = 2;
  store();
  endpoint_.gather(3);
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i)
    threads.emplace_back([this, i] {
      const std::string content = std::to_string(i);
      store().put(sha256_hex(content), content);
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(endpoint_.seen().size(), 6u);
  EXPECT_EQ(endpoint_.most_at_once(), 2);
}

TEST_F(S3StoreTest, a_listing_goes_on_to_its_last_page) {
  const std::string other(64, 'b');
  const auto page = [](const std::string& keys, const std::string& more) {
    std::string text = "<ListBucketResult>" + more;
    return Reply{200, text + keys + "</ListBucketResult>"};
  };
  endpoint_.next(page("<Contents><Key>p/" + kAbc +
                          "</Key></Contents><Contents><Key>p/notes</Key>"
                          "</Contents>",
                      "<IsTruncated>true</IsTruncated><NextContinuationToken>a/b=="
                      "</NextContinuationToken>"));
  endpoint_.next(
      page("<Contents><Key>p/" + other + "</Key></Contents>", "<IsTruncated>false</IsTruncated>"));
  std::vector<std::string> found;
  store().list([&](std::string_view digest) { found.emplace_back(digest); });
  EXPECT_EQ(found, (std::vector<std::string>{kAbc, other}));
  EXPECT_EQ(endpoint_.seen().back().target,
            "/contracts?continuation-token=a%2Fb%3D%3D&list-type=2&prefix=p%2F");
  endpoint_.next({200, "<html>a login page</html>"});
  EXPECT_EQ(code_of([&] { store().list([](std::string_view) {}); }), "s3.refused")
      << "an empty list would let everything seem lost";
}

}  // namespace
}  // namespace cinnabar::s3
