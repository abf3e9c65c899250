// The conformance suite of blob stores (cinnabar.blob-store/1): what the kernel relies on, asked
// through the table that crosses the boundary. A store's test includes this header once and says
//
//   INSTANTIATE_TEST_SUITE_P(Files, BlobStoreSuite, ::testing::Values(&make_files_under_test));
//
// with a function that makes an empty store. GoogleTest; one thread but where a test says so.
#pragma once

#include <cinnabar/host.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <thread>

namespace cinnabar {

class BlobStoreUnderTest {
 public:
  virtual ~BlobStoreUnderTest() = default;
  virtual const cinnabar_blob_store* table() = 0;
  virtual void reopen() = 0;  // as after a restart; what was stored must be there
};
using MakeBlobStore = std::unique_ptr<BlobStoreUnderTest> (*)();

// Digests that were computed elsewhere, so that the suite needs no library for them.
namespace suite {
inline constexpr std::string_view kAbc = "abc";  // FIPS 180-4, example
inline constexpr std::string_view kAbcDigest =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
inline constexpr std::string_view kEmptyDigest =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
// Of a million times 'a': FIPS 180-4, example.
inline constexpr std::string_view kMillionDigest =
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
}  // namespace suite

class BlobStoreSuite : public ::testing::TestWithParam<MakeBlobStore> {
 protected:
  void SetUp() override { under_test_ = GetParam()(); }

  const cinnabar_blob_store* table() { return under_test_->table(); }
  cinnabar_status put(std::string_view digest, std::string_view content) {
    return table()->put(table()->self, bytes_of(digest), bytes_of(content));
  }
  cinnabar_status remove(std::string_view digest) {
    return table()->remove(table()->self, bytes_of(digest));
  }
  bool there(std::string_view digest) {
    std::uint64_t size = 0;
    return table()->size(table()->self, bytes_of(digest), &size) == CINNABAR_OK;
  }
  std::string read(std::string_view digest, std::uint64_t offset = 0,
                   std::uint64_t size = UINT64_MAX) {
    detail::TextSink sink;
    EXPECT_EQ(table()->read(table()->self, bytes_of(digest), offset, size, &sink.raw), CINNABAR_OK);
    return std::move(sink.text);
  }
  std::vector<std::string> list() {
    std::vector<std::string> found;
    const cinnabar_sink each{
        sizeof each, &found, [](void* self, cinnabar_bytes bytes) -> cinnabar_status {
          static_cast<std::vector<std::string>*>(self)->emplace_back(view(bytes));
          return CINNABAR_OK;
        }};
    EXPECT_EQ(table()->list(table()->self, &each), CINNABAR_OK);
    std::sort(found.begin(), found.end());
    return found;
  }
  // A staged file with that content; empty when the store stages nothing.
  std::string staged(std::string_view content) {
    detail::TextSink path;
    const auto status = table()->stage(table()->self, &path.raw);
    if (status == CINNABAR_UNSUPPORTED) return {};
    EXPECT_EQ(status, CINNABAR_OK);
    std::ofstream(path.text, std::ios::binary) << content;
    return std::move(path.text);
  }
  cinnabar_status adopt(const std::string& path, std::string_view digest) {
    return table()->adopt(table()->self, bytes_of(path), bytes_of(digest));
  }

  std::unique_ptr<BlobStoreUnderTest> under_test_;
};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(BlobStoreSuite);

TEST_P(BlobStoreSuite, gives_back_what_was_put) {
  EXPECT_EQ(put(suite::kAbcDigest, suite::kAbc), CINNABAR_OK);
  EXPECT_EQ(put(suite::kEmptyDigest, ""), CINNABAR_OK);
  EXPECT_EQ(read(suite::kAbcDigest), "abc");
  EXPECT_EQ(read(suite::kEmptyDigest), "");
  std::uint64_t size = 0;
  EXPECT_EQ(table()->size(table()->self, bytes_of(suite::kAbcDigest), &size), CINNABAR_OK);
  EXPECT_EQ(size, 3u);
}

TEST_P(BlobStoreSuite, reads_ranges_and_nothing_beyond_the_end) {
  put(suite::kMillionDigest, std::string(1'000'000, 'a'));
  EXPECT_EQ(read(suite::kMillionDigest).size(), 1'000'000u);
  EXPECT_EQ(read(suite::kMillionDigest, 999'990, 100).size(), 10u);
  EXPECT_EQ(read(suite::kMillionDigest, 10, 600'000).size(), 600'000u);
  EXPECT_EQ(read(suite::kMillionDigest, 1'000'000, 1), "");
  EXPECT_EQ(read(suite::kMillionDigest, UINT64_MAX, UINT64_MAX), "");
  EXPECT_EQ(read(suite::kMillionDigest, 5, 0), "");
}

TEST_P(BlobStoreSuite, putting_twice_is_one_effect) {
  EXPECT_EQ(put(suite::kAbcDigest, suite::kAbc), CINNABAR_OK);
  EXPECT_EQ(put(suite::kAbcDigest, suite::kAbc), CINNABAR_OK);
  EXPECT_EQ(list(), std::vector<std::string>{std::string(suite::kAbcDigest)});
}

TEST_P(BlobStoreSuite, refuses_content_under_a_foreign_digest) {
  EXPECT_NE(put(suite::kAbcDigest, "abd"), CINNABAR_OK);
  if (const std::string path = staged("abd"); !path.empty()) {
    EXPECT_NE(adopt(path, suite::kAbcDigest), CINNABAR_OK);
  }
  EXPECT_FALSE(there(suite::kAbcDigest));
  EXPECT_TRUE(list().empty());
}

TEST_P(BlobStoreSuite, only_a_digest_is_a_name) {
  const std::string upper = "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD";
  for (const std::string& name :
       {std::string(), std::string("abc"), std::string("../../../etc/passwd"), std::string(64, '/'),
        std::string(64, '.'), upper, std::string(suite::kAbcDigest) + "0"}) {
    EXPECT_NE(put(name, suite::kAbc), CINNABAR_OK) << name;
    EXPECT_FALSE(there(name)) << name;
  }
}

TEST_P(BlobStoreSuite, what_is_not_there_is_refused) {
  std::uint64_t size = 0;
  detail::TextSink sink;
  const cinnabar_bytes digest = bytes_of(suite::kAbcDigest);
  EXPECT_EQ(table()->size(table()->self, digest, &size), CINNABAR_REFUSED);
  EXPECT_EQ(table()->read(table()->self, digest, 0, 1, &sink.raw), CINNABAR_REFUSED);
  EXPECT_EQ(remove(suite::kAbcDigest), CINNABAR_OK) << "removing it is done already";
}

TEST_P(BlobStoreSuite, adopts_staged_files_once_in_effect) {
  const std::string first = staged(suite::kAbc), second = staged(suite::kAbc);
  if (first.empty()) GTEST_SKIP() << "stages nothing";
  EXPECT_NE(first, second);
  EXPECT_TRUE(list().empty()) << "staged is not stored";
  EXPECT_EQ(adopt(first, suite::kAbcDigest), CINNABAR_OK);
  EXPECT_EQ(adopt(second, suite::kAbcDigest), CINNABAR_OK);
  EXPECT_EQ(read(suite::kAbcDigest), "abc");
  EXPECT_EQ(list().size(), 1u);
}

TEST_P(BlobStoreSuite, lists_and_removes_even_while_listing) {
  put(suite::kAbcDigest, suite::kAbc);
  put(suite::kEmptyDigest, "");
  EXPECT_EQ(list().size(), 2u);
  const std::function<cinnabar_status(std::string_view)> take_away =
      [this](std::string_view digest) { return remove(digest); };
  const cinnabar_sink each{
      sizeof each, const_cast<void*>(static_cast<const void*>(&take_away)),
      [](void* self, cinnabar_bytes bytes) -> cinnabar_status {
        return (*static_cast<const std::function<cinnabar_status(std::string_view)>*>(self))(
            view(bytes));
      }};
  EXPECT_EQ(table()->list(table()->self, &each), CINNABAR_OK);
  EXPECT_TRUE(list().empty());
}

TEST_P(BlobStoreSuite, what_was_stored_is_there_after_a_restart_and_what_was_staged_is_not) {
  put(suite::kAbcDigest, suite::kAbc);
  const std::string path = staged("left over");
  under_test_->reopen();
  EXPECT_EQ(read(suite::kAbcDigest), "abc");
  EXPECT_EQ(list().size(), 1u);
  EXPECT_TRUE(path.empty() || !std::ifstream(path).good());
}

TEST_P(BlobStoreSuite, many_threads_store_the_same_content) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([this] {
      for (int k = 0; k < 5; ++k) EXPECT_EQ(put(suite::kAbcDigest, suite::kAbc), CINNABAR_OK);
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(list().size(), 1u);
  EXPECT_EQ(read(suite::kAbcDigest), "abc");
}

}  // namespace cinnabar
