#include "filters.hpp"

#include <cinnabar/pdf/parser.hpp>

#include <gtest/gtest.h>
#include <zlib.h>

namespace cinnabar::pdf {
namespace {

std::optional<std::string> decoded(const std::string& dictionary, std::string_view raw,
                                   std::size_t limit = 1'000) {
  Parser parser(dictionary);
  return decode_content(parser.read_object(), raw, limit);
}

const std::string kText = "BT (Pay 100 EUR) Tj ET BT (Pay 100 EUR) Tj ET";

TEST(Filters, DecodeWhatTextMayHave) {
  EXPECT_EQ(decoded("<<>>", kText), kText);
  EXPECT_EQ(decoded("<< /Filter /AHx >>", "50 61\n79>"), "Pay");
  EXPECT_EQ(decoded("<< /Filter /ASCIIHexDecode >>", "507>"), "Pp");
  // The example of ISO 32000-1, 7.4.3 in other words: "Man " is 9jqo^, four zeros are z.
  EXPECT_EQ(decoded("<< /Filter /ASCII85Decode >>", "9jqo^z9jn~>"),
            std::string("Man \0\0\0\0Ma", 10));
  EXPECT_EQ(decoded("<< /Filter /RunLengthDecode >>", std::string("\2Pay\xFE!\x80zz", 8)),
            "Pay!!!");
  // The example of ISO 32000-1, 7.4.4.2.
  EXPECT_EQ(decoded("<< /Filter /LZWDecode >>", "\x80\x0B\x60\x50\x22\x0C\x0C\x85\x01"),
            "-----A---B");
}

TEST(Filters, FollowChainsAndStopAtPictures) {
  EXPECT_EQ(decoded("<< /Filter [/AHx /AHx] >>", "35 30 36 31>"), "Pa");
  EXPECT_EQ(decoded("<< /Filter [/AHx /DCTDecode] >>", "35>"), std::nullopt);
  EXPECT_EQ(decoded("<< /Filter /JPXDecode >>", "x"), std::nullopt);
  EXPECT_EQ(decoded("<< /Filter 5 0 R >>", "x"), std::nullopt);
}

TEST(Filters, KeepToTheLimit) {
  const std::string runs(200, '\x81');
  EXPECT_EQ(decoded("<< /Filter /RL >>", runs), std::nullopt);
  EXPECT_EQ(decoded("<<>>", kText, 10), std::nullopt);
}

TEST(Filters, TakeOfDamagedDataWhatThereIs) {
  std::string packed(compressBound(kText.size()), '\0');
  uLongf size = packed.size();
  ASSERT_EQ(compress(reinterpret_cast<Bytef*>(packed.data()), &size,
                     reinterpret_cast<const Bytef*>(kText.data()), kText.size()),
            Z_OK);
  packed.resize(size);
  EXPECT_EQ(decoded("<< /Filter /FlateDecode >>", packed), kText);
  EXPECT_EQ(decoded("<< /Filter /Fl >>", packed.substr(0, size - 4)), kText);  // no checksum
  EXPECT_EQ(decoded("<< /Filter /Fl >>", "no deflate"), "");
}

}  // namespace
}  // namespace cinnabar::pdf
