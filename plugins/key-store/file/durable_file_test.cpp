#include <cinnabar/durable_file.hpp>
#include <cinnabar/testing/folder.hpp>

#include <gtest/gtest.h>

namespace cinnabar {
namespace {

TEST(DurableFile, ReplacesOrKeepsWhatIsThere) {
  const testing::TestFolder folder;
  const auto path = folder.path / "file";
  EXPECT_EQ(read_small_file(path), std::nullopt);
  EXPECT_TRUE(write_durable(path, "one", 0600, Existing::keep));
  EXPECT_FALSE(write_durable(path, "two", 0600, Existing::keep));
  EXPECT_EQ(*read_small_file(path), "one");
  EXPECT_TRUE(write_durable(path, "three", 0644));
  EXPECT_EQ(*read_small_file(path), "three");
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0644u);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path), {}), 1)
      << "a draft was left behind";
}

TEST(DurableFile, SaysWhyItCannot) {
  const testing::TestFolder folder;
  EXPECT_THROW(write_durable(folder.path / "none" / "file", "x"), Error);
  EXPECT_THROW(read_small_file(folder.path), Error);
  write_durable(folder.path / "large", std::string(5'000, 'x'));
  EXPECT_THROW(read_small_file(folder.path / "large", 4'999), Error);
  EXPECT_EQ(read_small_file(folder.path / "large", 5'000)->size(), 5'000u);
}

}  // namespace
}  // namespace cinnabar
