#include "kernel/base/folders.hpp"
#include "kernel/base/test_storage.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace cinnabar::kernel {
namespace {

using std::filesystem::perms;

TEST(Folders, are_made_with_their_parents_for_their_owner_only) {
  const testing::TestFolder temporary;
  make_folder(temporary.path / "a" / "b" / "c");
  for (const char* made : {"a", "a/b", "a/b/c"})
    EXPECT_EQ(std::filesystem::status(temporary.path / made).permissions(), perms::owner_all);
}

TEST(Folders, that_are_there_are_left_as_they_are) {
  const testing::TestFolder temporary;
  const auto folder = temporary.path / "a";
  make_folder(folder);
  std::filesystem::permissions(folder, perms::owner_all | perms::group_read);
  std::ofstream(folder / "file") << "text";
  make_folder(folder);
  EXPECT_EQ(std::filesystem::status(folder).permissions(), perms::owner_all | perms::group_read);
  EXPECT_TRUE(std::filesystem::exists(folder / "file"));
}

TEST(Folders, cannot_be_made_below_a_file) {
  const testing::TestFolder temporary;
  std::ofstream(temporary.path / "file") << "text";
  try {
    make_folder(temporary.path / "file" / "a");
    FAIL() << "it was made";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "storage.unavailable");
  }
}

}  // namespace
}  // namespace cinnabar::kernel
