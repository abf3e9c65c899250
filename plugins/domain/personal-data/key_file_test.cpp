#include "key_file.hpp"

#include <cinnabar/testing/folder.hpp>

#include <gtest/gtest.h>

#include <fstream>

namespace cinnabar {
namespace {

class KeyFileTest : public ::testing::Test {
 protected:
  std::string code(const std::string& text) {
    std::ofstream(file) << text;
    try {
      KeyFile keys(file, random);
    } catch (const Error& error) {
      return error.code();
    }
    return {};
  }

  testing::TestFolder folder;
  const std::filesystem::path file = folder.path / "personal.key";
  char next = 'a';
  KeyFile::Random random = [this](std::size_t size) { return std::string(size, next++); };
};

TEST_F(KeyFileTest, IsMadeOnceAndReadAgain) {
  KeyFile first(file, random);
  KeyFile second(file, random);
  EXPECT_EQ(first.newest().key, second.newest().key);
  EXPECT_EQ(first.index_key(), second.index_key());
  EXPECT_NE(first.newest().key, first.index_key());
  EXPECT_EQ(std::filesystem::status(file).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(KeyFileTest, AnotherServerFindsAKeyThatWasAdded) {
  KeyFile one(file, random), other(file, random);
  const KeyFile::Wrapping old = one.newest();
  const KeyFile::Wrapping fresh = one.add();
  EXPECT_EQ(one.newest().name, fresh.name);
  EXPECT_EQ(other.named(fresh.name).key, fresh.key);
  EXPECT_EQ(other.named(old.name).key, old.key);
  EXPECT_EQ(other.named("0000000000000000").key, "");
  one.keep_newest();
  EXPECT_EQ(KeyFile(file, random).named(old.name).key, "");
}

TEST_F(KeyFileTest, RefusesWhatIsNoFileOfKeys) {
  const std::string key(64, 'a');
  const std::string wrapping = "cinnabar-personal-wrapping 1 ";
  const std::string index = "cinnabar-personal-index 1 ";
  EXPECT_EQ(code(wrapping + key + "\n" + index + key + "\n"), "");
  EXPECT_EQ(code(""), "personal.key_unreadable");
  EXPECT_EQ(code(wrapping + key + "\n"), "personal.key_unreadable");
  EXPECT_EQ(code(wrapping + "abcd\n" + index + key + "\n"), "personal.key_unreadable");
  EXPECT_EQ(code("other 1 " + key + "\n"), "personal.key_unreadable");
}

}  // namespace
}  // namespace cinnabar
