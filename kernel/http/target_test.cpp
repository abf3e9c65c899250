#include <cinnabar/target.hpp>

#include <gtest/gtest.h>

namespace cinnabar::kernel {
namespace {

TEST(Target, DecodesPathAndQuery) {
  const auto target = parse_target("/a%20b/%E5%90%88/c.d?x=1+2&y=%26&flag");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/a b/合/c.d");
  EXPECT_EQ(target->query.at("x"), "1 2");
  EXPECT_EQ(target->query.at("y"), "&");
  EXPECT_EQ(target->query.at("flag"), "");
}

TEST(Target, TakesTheAbsoluteForm) {
  EXPECT_EQ(parse_target("http://host:80/a?b=c")->path, "/a");
  EXPECT_EQ(parse_target("https://host")->path, "/");
}

TEST(Target, RemovesDotSegments) {
  EXPECT_EQ(parse_target("/a/./b/../c")->path, "/a/c");
  EXPECT_EQ(parse_target("/a/..")->path, "/");
  EXPECT_EQ(parse_target("/a/b/..")->path, "/a/");
  EXPECT_EQ(parse_target("/a//b")->path, "/a//b");
}

TEST(Target, TellsWhereAnEncodedSlashStands) {
  EXPECT_EQ(parse_target("/a/b%2Fc%2fd")->path, "/a/b/c/d");
  EXPECT_EQ(parse_target("/a/b%2Fc%2fd")->encoded_slash, 4u);
  EXPECT_EQ(parse_target("/a%2F%2Fb")->encoded_slash, 2u);
  EXPECT_EQ(parse_target("/%2F")->encoded_slash, 1u);
  EXPECT_EQ(parse_target("/a/x%2Fy/../b")->encoded_slash, std::string::npos);
  EXPECT_EQ(parse_target("/a/b?c=%2F")->encoded_slash, std::string::npos);
  for (const char* bad : {"/a%2f..", "/a/..%2fb", "/a%2F..%2Fb", "/%2e%2e%2f", "/a%2f.", "/.%2fa"})
    EXPECT_FALSE(parse_target(bad)) << bad;
}

TEST(Target, RefusesWhatIsMalformedOrAmbiguous) {
  for (const char* bad :
       {"",      "a",   "*",       "/%",       "/%4",       "/%zz",      "/%00",
        "/a\\b", "/..", "/%2e%2e", "/a/../..", "/%ff",      "/%c0%af",   "/%ed%a0%80", "/?a=1&a=2",
        "/?%=1", "/#x", "/?x=%ff", "http://",  "http:///x", "ftp://h/x", "/a%0ab"})
    EXPECT_FALSE(parse_target(bad)) << bad;
}

TEST(Target, EncodesAllButTheUnreserved) {
  EXPECT_EQ(percent_encode("a b-合.pdf"), "a%20b-%E5%90%88.pdf");
}

}  // namespace
}  // namespace cinnabar::kernel
