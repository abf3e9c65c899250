// The container: ordinary, and with every byte settled.
#include <cinnabar/evidence/zip.hpp>

#include <gtest/gtest.h>

namespace cinnabar::evidence {
namespace {

std::string zip_of(const std::vector<std::pair<std::string, std::string>>& contents) {
  std::string out;
  std::vector<ZipPart> parts;
  for (const auto& [name, content] : contents) {
    parts.push_back({name, content.size(), crc32(content), out.size()});
    out += zip_header(parts.back()) + content;
  }
  return out + zip_directory(parts, out.size());
}

const std::vector<std::pair<std::string, std::string>> kContents{
    {"README.txt", "read me"}, {"empty.txt", ""}, {"folder/name.bin", std::string(300, '\0')}};

TEST(Zip, ChecksumIsTheOneOfTheStandard) { EXPECT_EQ(crc32("123456789"), 0xCBF43926u); }

TEST(Zip, IsReadAsItWasWritten) {
  const std::string file = zip_of(kContents);
  const ZipRead read = read_zip(file);
  EXPECT_FALSE(read.fault);
  ASSERT_EQ(read.parts.size(), kContents.size());
  for (std::size_t i = 0; i < kContents.size(); ++i) {
    EXPECT_EQ(read.parts[i].name, kContents[i].first);
    EXPECT_EQ(read.contents[i], kContents[i].second);
  }
}

TEST(Zip, AnyChangedByteIsFound) {
  const std::string file = zip_of(kContents);
  for (std::size_t i = 0; i < file.size(); ++i)
    for (const int change : {1, 0x20, 0x80, 0xFF}) {
      std::string bad = file;
      bad[i] = static_cast<char>(bad[i] ^ change);
      EXPECT_TRUE(read_zip(bad).fault) << i;
    }
}

TEST(Zip, AChangedContentIsNamed) {
  std::string file = zip_of(kContents);
  file[file.find("read me")] = 'R';
  const ZipRead read = read_zip(file);
  ASSERT_TRUE(read.fault);
  EXPECT_EQ(read.fault->part, "README.txt");
  EXPECT_EQ(read.fault->code, "content");
}

TEST(Zip, WhatIsCutOffOrAddedIsFound) {
  const std::string file = zip_of(kContents);
  for (std::size_t size = 0; size < file.size(); ++size)
    EXPECT_TRUE(read_zip(file.substr(0, size)).fault) << size;
  for (std::size_t i = 0; i <= file.size(); ++i)
    EXPECT_TRUE(read_zip(file.substr(0, i) + "x" + file.substr(i)).fault) << i;
}

}  // namespace
}  // namespace cinnabar::evidence
