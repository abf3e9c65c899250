#include "kernel/api/answer.hpp"

#include <gtest/gtest.h>

namespace cinnabar::kernel {
namespace {

TEST(Answer, ReadsVersionsFromIfMatch) {
  EXPECT_EQ(if_match_of("\"3\""), "3");
  EXPECT_EQ(if_match_of(" W/\"v1\" , \"v2\""), "v1");
  EXPECT_EQ(if_match_of("*"), "");
  EXPECT_EQ(if_match_of(""), "");
  EXPECT_EQ(if_match_of("3"), "3");
}

TEST(Answer, ComparesIfNoneMatch) {
  EXPECT_TRUE(none_match_names("\"1\", W/\"3\"", "3"));
  EXPECT_TRUE(none_match_names("*", "3"));
  EXPECT_FALSE(none_match_names("\"33\", \"\"", "3"));
  EXPECT_FALSE(none_match_names("", "3"));
  EXPECT_FALSE(none_match_names(",,", ""));
}

TEST(Answer, NamesFilesInAsciiAndUtf8) {
  EXPECT_EQ(disposition_of("a b.pdf"), "attachment; filename=\"a b.pdf\"");
  EXPECT_EQ(disposition_of("a\"\r\n.pdf"),
            "attachment; filename=\"a___.pdf\"; filename*=UTF-8''a%22%0D%0A.pdf");
}

TEST(Answer, ReadsFileNamesOfUploads) {
  EXPECT_EQ(filename_of("attachment; filename=\"a.pdf\""), "a.pdf");
  EXPECT_EQ(filename_of("attachment; filename=\"a;b.pdf\"; x=y"), "a;b.pdf");
  EXPECT_EQ(filename_of("attachment; filename=a.pdf; filename*=UTF-8''%E5%90%88.pdf"), "合.pdf");
  EXPECT_EQ(filename_of("attachment; filename=\"C:\\\\x\\\\a.pdf\""), "a.pdf");
  EXPECT_EQ(filename_of("attachment; filename*=UTF-8''..%2F..%2Fetc"), "etc");
  EXPECT_EQ(filename_of("attachment; filename*=UTF-8''%ff"), "");
  for (const char* broken : {"", ";", "attachment;", "attachment; filename", "a; filename=\"",
                             "a;\";\"", "a; filename=\"x", ";;;=;\""})
    EXPECT_LE(filename_of(broken).size(), 8u) << broken;
}

TEST(Answer, TakesMediaTypesApart) {
  EXPECT_EQ(media_type_of(" Application/JSON ; charset=utf-8"), "application/json");
  EXPECT_EQ(media_type_of(""), "");
}

}  // namespace
}  // namespace cinnabar::kernel
