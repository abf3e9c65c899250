#include "file_store.hpp"

#include <cinnabar/testing/blob_store_suite.hpp>
#include <cinnabar/testing/folder.hpp>

#include <filesystem>

namespace cinnabar {
namespace {

class FilesUnderTest final : public BlobStoreUnderTest {
 public:
  FilesUnderTest() { reopen(); }
  const cinnabar_blob_store* table() override { return &table_; }
  void reopen() override {
    store_.reset();
    store_ = std::make_unique<FileStore>((folder_.path / "deep/blobs").string());
    table_ = detail::export_table(static_cast<BlobStore*>(store_.get()));
  }

 private:
  testing::TestFolder folder_;
  std::unique_ptr<FileStore> store_;
  cinnabar_blob_store table_{};
};

std::unique_ptr<BlobStoreUnderTest> make_files() { return std::make_unique<FilesUnderTest>(); }

INSTANTIATE_TEST_SUITE_P(Files, BlobStoreSuite, ::testing::Values(&make_files));

TEST(FileStore, content_lies_under_its_digest_readable_by_its_owner_only) {
  testing::TestFolder folder;
  FileStore store(folder.path);
  store.put(suite::kAbcDigest, "abc");
  const std::filesystem::path path =
      (folder.path / "ba/7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad").string();
  ASSERT_TRUE(std::filesystem::exists(path));
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path / "staging"));
}

TEST(FileStore, a_second_store_leaves_what_the_first_has_staged) {
  testing::TestFolder folder;
  FileStore first(folder.path);
  const std::string path = first.stage();
  std::ofstream(path) << "abc";
  FileStore second(folder.path);
  EXPECT_NE(second.stage(), path);
  first.adopt(path, suite::kAbcDigest);
  EXPECT_EQ(second.size(suite::kAbcDigest), 3u);
}

TEST(FileStore, what_was_left_staged_is_cleared_away_by_the_next_store_that_is_alone) {
  testing::TestFolder folder;
  std::ofstream(FileStore(folder.path).stage()) << "abc";
  EXPECT_FALSE(std::filesystem::is_empty(folder.path / "staging"));
  const FileStore next(folder.path);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path / "staging"));
}

TEST(FileStore, what_does_not_belong_there_is_not_listed) {
  testing::TestFolder folder;
  FileStore store(folder.path);
  store.put(suite::kAbcDigest, "abc");
  std::ofstream(folder.path / "ba/notes.txt") << "x";
  std::ofstream(folder.path / "readme") << "x";
  int found = 0;
  store.list([&](std::string_view digest) { found += digest == suite::kAbcDigest ? 1 : 100; });
  EXPECT_EQ(found, 1);
}

TEST(FileStore, a_folder_that_cannot_be_made_is_unavailable) {
  try {
    FileStore store("/proc/blobs");
    FAIL() << "it opened";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "blob.unavailable");
  }
}

}  // namespace
}  // namespace cinnabar
