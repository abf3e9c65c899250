#include "xml.hpp"

#include <gtest/gtest.h>

namespace cinnabar::s3 {
namespace {

TEST(Xml, texts_by_name) {
  const std::string_view list =
      "<?xml version='1.0'?><ListBucketResult xmlns=\"x\"><Prefix/><IsTruncated>true</IsTruncated>"
      "<NextContinuationToken>a&amp;b&#34;&#x3d;&lt;</NextContinuationToken>"
      "<Contents><Key>one</Key><Size>1</Size></Contents><Contents><Key>two</Key></Contents>"
      "<KeyCount>2</KeyCount></ListBucketResult>";
  EXPECT_EQ(xml_texts(list, "Key"), (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(xml_text(list, "NextContinuationToken"), "a&b\"=<");
  EXPECT_EQ(xml_text(list, "IsTruncated"), "true");
  EXPECT_EQ(xml_text(list, "Contents"), "") << "it has elements within";
  EXPECT_EQ(xml_text(list, "Prefix"), "");
}

TEST(Xml, what_is_cut_or_strange_gives_what_is_whole) {
  for (const char* text : {"", "<Key>", "<Key>a", "<Key>a</Ke", "<Key>a<b></Key>", "</Key><Key"})
    EXPECT_TRUE(xml_texts(text, "Key").empty()) << text;
  EXPECT_EQ(xml_text("<Key>&unknown; &#999; &#x; &</Key>", "Key"), "&unknown; &#999; &#x; &");
}

TEST(Xml, escaping_is_undone_by_reading) {
  const std::string text = "\"a<b>&c'";
  EXPECT_EQ(xml_text("<E>" + xml_escaped(text) + "</E>", "E"), text);
}

}  // namespace
}  // namespace cinnabar::s3
