#include "new/new_plugin.hpp"

#include <cinnabar/error.hpp>
#include <cinnabar/testing/folder.hpp>

#include <gtest/gtest.h>

namespace cinnabar::authoring {
namespace {

namespace fs = std::filesystem;

std::string refusal(const std::function<void()>& work) {
  try {
    work();
    return "none";
  } catch (const Error& error) {
    return error.code();
  }
}

TEST(NewPlugin, NamesFollowFromTheId) {
  const Names names = names_of("com.example.time-stamp", "auth-method");
  EXPECT_EQ(names.name, "time-stamp");
  EXPECT_EQ(names.ident, "time_stamp");
  EXPECT_EQ(names.class_name, "TimeStampMethod");
  EXPECT_EQ(names.title, "Time Stamp");
}

TEST(NewPlugin, RefusesIdsThatAreNobodysOrNoNames) {
  for (const char* id :
       {"", "totp", ".totp", "com.", "com..totp", "Com.example.totp", "com.example.to_tp",
        "com.example.1st", "com.example.-a", "com.example.a-", "com.example.a--b",
        "com.example.a b",
        "com.example/../totp", "com.example.密", "cinnabar.totp",
        "com.example.a2345678901234567890123456789",
        "com.a23456789012345678901234567890123456789012345678901234567890.totp"})
    EXPECT_EQ(refusal([&] { names_of(id, "auth-method"); }), "authoring.name_invalid") << id;
  for (const char* id : {"com.example.totp", "cn.a1.b-2-c", "org.cinnabar.int"})
    EXPECT_EQ(refusal([&] { names_of(id, "auth-method"); }), "none") << id;
}

class NewPluginFiles : public ::testing::Test {
 protected:
  NewPluginFiles() {
    templates_.write("common/gitignore", "build/\n");
    templates_.write("common/README.md", "of all");
    templates_.write("seal-type/README.md", "# @title@: @interface@ \"@name@\"");
    templates_.write("seal-type/NAME.hpp", "namespace @ident@_plugin { class @Class@; }");
    templates_.write("seal-type/migrations/001_NAME.sql", "@id@");
  }
  const testing::TestFolder templates_, place_;
};

TEST_F(NewPluginFiles, FillsTheTemplateOfTheKindOverTheCommonOne) {
  const auto files =
      new_plugin_files(templates_.path, names_of("com.example.my-oval", "seal-type"));
  const std::map<std::string, std::string> expected{
      {".gitignore", "build/\n"},
      {"README.md", "# My Oval: cinnabar.seal-type/1 \"my-oval\""},
      {"my_oval.hpp", "namespace my_oval_plugin { class MyOvalType; }"},
      {"migrations/001_my_oval.sql", "com.example.my-oval"}};
  EXPECT_EQ(files, expected);
}

TEST_F(NewPluginFiles, AnUnknownKindNamesTheNearestOne) {
  try {
    new_plugin_files(templates_.path, names_of("com.example.oval", "seal-typ"));
    FAIL() << "there is no such kind";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "authoring.kind_unknown");
    EXPECT_NE(std::string(error.what()).find("seal-type"), std::string::npos) << error.what();
  }
  EXPECT_EQ(refusal([&] {
              new_plugin_files(templates_.path, names_of("com.example.oval", "common"));
            }),
            "authoring.kind_unknown");
}

TEST_F(NewPluginFiles, AFolderThatIsThereIsLeftAsItIs) {
  place_.write("oval/mine.txt", "mine");
  EXPECT_EQ(refusal([&] { write_new_folder(place_.path / "oval", {{"a.txt", "a"}}); }),
            "authoring.folder_exists");
  EXPECT_FALSE(fs::exists(place_.path / "oval/a.txt"));
}

TEST_F(NewPluginFiles, NothingIsLeftOfAFolderThatCouldNotBeWrittenWhole) {
  // The second file's folder would have the first one's name.
  EXPECT_EQ(refusal([&] {
              write_new_folder(place_.path / "oval", {{"a", "a file"}, {"a/b", "in a folder"}});
            }),
            "authoring.not_written");
  EXPECT_FALSE(fs::exists(place_.path / "oval"));
}

}  // namespace
}  // namespace cinnabar::authoring
