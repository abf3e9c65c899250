#include "zip_directory.hpp"

#include "inflate.hpp"
#include "test_files.hpp"

#include <gtest/gtest.h>

namespace cinnabar::xlsx {
namespace {

std::string read_all(const std::string& file) {
  std::string out;
  for (const Member& member : read_directory(file))
    read_member(member, [&](std::string_view piece) { out += piece; });
  return out;
}

std::string refused(const std::vector<Part>& parts) {
  return refusal([&] { read_all(zip_of(parts)); });
}

TEST(ZipDirectory, GivesStoredAndDeflatedMembers) {
  const std::string file = zip_of({{"a/b.xml", "hello "}, {"c", "world", false}}, "a comment");
  const auto members = read_directory(file);
  ASSERT_EQ(members.size(), 2u);
  EXPECT_EQ(members[0].name, "a/b.xml");
  EXPECT_EQ(members[1].size, 5u);
  EXPECT_EQ(read_all(file), "hello world");
}

TEST(ZipDirectory, TakesSizesThatFollowTheData) {
  Part part("a", "hello");
  part.flags = 1 << 3;
  EXPECT_EQ(read_all(zip_of({part})), "hello");
}

TEST(ZipDirectory, TakesA64BitSizeWhereOneIsWritten) {
  Part part("a", "hello");
  part.extra = little(1, 2) + little(8, 2) + little(5, 8);
  EXPECT_EQ(read_all(zip_of({part})), "hello");
  part.extra = little(7, 2) + little(8, 2) + little(5, 8);
  EXPECT_EQ(refused({part}), "spreadsheet.damaged: a size is missing in the directory");
}

TEST(ZipDirectory, RefusesWhatIsNoZipFile) {
  EXPECT_EQ(refusal([] { read_directory(""); }), "spreadsheet.not_xlsx");
  EXPECT_EQ(refusal([] { read_directory("姓名,手机号\n"); }), "spreadsheet.not_xlsx");
  EXPECT_EQ(refusal([] { read_directory("PK\x03\x04"); }),
            "spreadsheet.damaged: the file ends early");
  EXPECT_EQ(refusal([] { read_directory("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and so on"); }),
            "spreadsheet.protected");
}

TEST(ZipDirectory, RefusesEveryFileThatIsCutOff) {
  const std::string file = workbook_of("<row><c t=\"str\"><v>x</v></c></row>");
  for (std::size_t size = 0; size < file.size(); ++size)
    EXPECT_NE(refusal([&] { read_all(file.substr(0, size)); }), "") << size;
}

TEST(ZipDirectory, SurvivesEveryByteThatIsChanged) {
  const std::string file = zip_of({{"a", "hello hello hello"}, {"b", "world", false}});
  for (std::size_t at = 0; at < file.size(); ++at)
    for (const int change : {0x01, 0x80, 0xFF}) {
      std::string changed = file;
      changed[at] = static_cast<char>(changed[at] ^ change);
      const std::string answer = refusal([&] { read_all(changed); });
      EXPECT_TRUE(answer.empty() || answer.starts_with("spreadsheet.")) << at << answer;
    }
}

TEST(ZipDirectory, RefusesEncryptedMembers) {
  for (const int bit : {0, 6, 13}) {
    Part part("a", "hello");
    part.flags = static_cast<std::uint16_t>(1 << bit);
    EXPECT_EQ(refused({part}), "spreadsheet.protected") << bit;
  }
}

TEST(ZipDirectory, RefusesNamesThatLeadElsewhere) {
  for (const char* name : {"../a", "a/../../b", "/etc/passwd", "a\\b", "C:a", "", "a//b", "./a",
                           "a\nb", "\xFF"})
    EXPECT_EQ(refused({Part(name, "x")}),
              "spreadsheet.unsafe: a member's name that is no plain path")
        << name;
  EXPECT_EQ(refused({Part("folder/", "", false)}), "");
}

TEST(ZipDirectory, RefusesTwoMembersOfOneName) {
  EXPECT_EQ(refused({Part("a", "x"), Part("a", "y")}),
            "spreadsheet.unsafe: two members of one name");
  EXPECT_EQ(refused({Part("xl/A.xml", "x"), Part("XL/a.xml", "y")}),
            "spreadsheet.unsafe: two members of one name");
}

TEST(ZipDirectory, RefusesMembersThatOverlap) {
  Part second("a", "x");
  second.name = "b";
  second.at_first = true;
  Part first("a", "x");
  EXPECT_EQ(refused({first, second}), "spreadsheet.unsafe: a member that is described in two ways");
  // The way of the known bomb: the second member's header lies in the data of the first one.
  const std::string inner = "PK\x03\x04" + little(20, 2) + little(0, 2) + little(0, 2) +
                            little(0, 4) + little(crc_of("x"), 4) + little(1, 4) + little(1, 4) +
                            little(1, 2) + little(0, 2) + "bx";
  Part outer("a", inner, false);
  std::string file = zip_of({outer, Part("b", "x", false)});
  const std::size_t entry = file.rfind("PK\x01\x02");
  file.replace(entry + 42, 4, little(file.find(inner), 4));
  EXPECT_EQ(refusal([&] { read_all(file); }), "spreadsheet.unsafe: members that overlap");
}

TEST(ZipDirectory, RefusesAMemberThatIsDescribedInTwoWays) {
  Part part("a", "x");
  part.local_name = "b";
  EXPECT_EQ(refused({part}), "spreadsheet.unsafe: a member that is described in two ways");
}

TEST(ZipDirectory, RefusesWrongChecksumsAndSizes) {
  Part crc("a", "hello");
  crc.crc ^= 1;
  EXPECT_EQ(refused({crc}), "spreadsheet.damaged: a checksum is wrong");
  Part more("a", "hello");
  more.size = 4;
  EXPECT_EQ(refused({more}), "spreadsheet.unsafe: a member larger than it says");
  Part less("a", "hello");
  less.size = 6;
  EXPECT_EQ(refused({less}), "spreadsheet.damaged: a member is smaller than it says");
  Part tail("a", "hello");
  tail.data += "more";
  EXPECT_EQ(refused({tail}), "spreadsheet.damaged: a member has more data than it needs");
  Part noise("a", "hello");
  noise.data = "\xFF\xFF\xFF";
  EXPECT_EQ(refused({noise}), "spreadsheet.damaged: a member cannot be unpacked");
  Part method("a", "hello");
  method.method = 12;
  EXPECT_EQ(refused({method}), "spreadsheet.damaged: a member is compressed in an unusual way");
}

TEST(ZipDirectory, RefusesABombWhetherItSaysItsSizeOrNot) {
  const std::string zeros(8 << 20, '\0');
  const std::string grows =
      "spreadsheet.unsafe: data that grows beyond measure when it is unpacked";
  Part honest("a", zeros);
  EXPECT_EQ(refused({honest}), grows);
  Part lying("a", zeros);
  lying.size = 100;
  EXPECT_EQ(refused({lying}), "spreadsheet.unsafe: a member larger than it says");
  Part huge("a", "x");
  huge.data.resize(1 << 20, 'x');
  huge.size = 65 << 20;
  EXPECT_EQ(refused({huge}), "spreadsheet.too_large: bytes in one part");
}

TEST(ZipDirectory, RefusesTooManyMembers) {
  std::vector<Part> parts;
  for (std::size_t i = 0; i <= kMembersMax; ++i) parts.emplace_back(std::to_string(i), "", false);
  EXPECT_EQ(refused(parts), "spreadsheet.too_large: members");
}

}  // namespace
}  // namespace cinnabar::xlsx
