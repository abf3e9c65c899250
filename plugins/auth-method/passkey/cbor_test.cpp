#include <cinnabar/bytes.hpp>
#include <cinnabar/webauthn/cbor.hpp>

#include <gtest/gtest.h>

namespace cinnabar::webauthn {
namespace {

bool reads(std::string_view hex) {
  const std::string bytes = from_hex(hex).value();
  CborReader reader(bytes);
  return reader.next().has_value() && reader.at_end();
}

TEST(Cbor, ReadsWhatAuthenticatorsSend) {
  const std::string bytes = from_hex("a301022026636b6579820143010203").value();
  CborReader reader(bytes);
  const auto map = reader.next();
  ASSERT_TRUE(map && reader.at_end());
  EXPECT_EQ(map->member(1)->integer, 2);
  EXPECT_EQ(map->member(-1)->integer, -7);
  const Cbor* list = map->member("key");
  ASSERT_TRUE(list);
  EXPECT_EQ(list->items.at(0).integer, 1);
  EXPECT_EQ(list->items.at(1).bytes, std::string("\x01\x02\x03", 3));
  EXPECT_FALSE(map->member("other"));
  for (const char* one : {"00", "17", "1818", "18ff", "190100", "1a00010000", "f4", "f5", "f6",
                          "40", "60", "80", "a0", "3903e7"})
    EXPECT_TRUE(reads(one)) << one;
}

TEST(Cbor, RefusesWhatIsNotShortestDefiniteOrWhole) {
  for (const char* one : {
           "1817", "1900ff", "1a0000ffff", "1b00000000ffffffff",  // longer than need be
           "5f", "7f", "9f", "bf", "ff",                          // of indefinite length
           "1c", "1f", "c000", "f7", "f97e00", "fb7ff8000000000000",
           "41", "4301", "61", "81", "a1", "a101",  // cut off
           "61ff",                                  // no UTF-8
           "a201020103", "a14001",              // a key twice; keys of another kind
           "1bffffffffffffffff"}) {
    const auto bytes = from_hex(one);
    if (!bytes) continue;
    CborReader reader(*bytes);
    EXPECT_FALSE(reader.next().has_value()) << one;
  }
  EXPECT_FALSE(reads("0000"));  // more behind it
  EXPECT_FALSE(reads("a1" "41" "00" "00"));
}

TEST(Cbor, IsBoundedInDepthAndItems) {
  std::string deep(CborReader::kDepthMax, '\x81');
  EXPECT_TRUE(CborReader(deep + std::string(1, '\0')).next().has_value());
  EXPECT_FALSE(CborReader("\x81" + deep + std::string(1, '\0')).next().has_value());
  const std::string many = std::string("\x98\x41", 2) + std::string(65, '\0');
  EXPECT_FALSE(CborReader(many).next().has_value());
  EXPECT_FALSE(CborReader(std::string("\x9a\xff\xff\xff\xff", 5)).next().has_value());
}

}  // namespace
}  // namespace cinnabar::webauthn
