#include <cinnabar/der.hpp>

#include <gtest/gtest.h>

#include <cinnabar/bytes.hpp>

namespace cinnabar {
namespace {

TEST(Der, IntegersTakeTheirShortestForm) {
  EXPECT_EQ(to_hex(der::integer(0)), "020100");
  EXPECT_EQ(to_hex(der::integer(127)), "02017f");
  EXPECT_EQ(to_hex(der::integer(128)), "02020080");
  EXPECT_EQ(to_hex(der::integer(65'537)), "0203010001");
  EXPECT_EQ(to_hex(der::unsigned_integer(std::string_view("\0\0\x80", 3))), "02020080");
}

TEST(Der, LengthsTakeTheirShortestForm) {
  EXPECT_EQ(to_hex(der::octet_string(std::string(127, 'x'))).substr(0, 4), "047f");
  EXPECT_EQ(to_hex(der::octet_string(std::string(128, 'x'))).substr(0, 6), "048180");
  EXPECT_EQ(to_hex(der::octet_string(std::string(256, 'x'))).substr(0, 8), "04820100");
}

TEST(Der, ObjectIdentifiersAsTheStandardsPrintThem) {
  EXPECT_EQ(to_hex(der::oid("1.2.840.113549.1.7.2")), "06092a864886f70d010702");
  EXPECT_EQ(to_hex(der::oid("2.5.29.32.0")), "0604551d2000");
  EXPECT_EQ(to_hex(der::oid("2.999.3")), "0603883703");
  // X.667 gives this one: the UUID f81d4fae-7dec-11d0-a765-00a0c91e6bf6.
  EXPECT_EQ(to_hex(der::oid("2.25.329800735698586629295641978511506172918")),
            "06146983f09da7ebcfdee0c7a1a7b2c0948cc8f9d776");
  EXPECT_THROW(der::oid("3.1"), Error);
  EXPECT_THROW(der::oid("1.2.x"), Error);
}

TEST(Der, SetsAreSorted) {
  EXPECT_EQ(der::set_of({der::integer(300), der::integer(2), der::integer(1)}),
            der::element(der::kSet, der::integer(1) + der::integer(2) + der::integer(300)));
}

TEST(Der, TimesAsTheirStandardsAsk) {
  const Time time{1'763'726'400'250};
  EXPECT_EQ(der::generalized_time(time).substr(2), "20251121120000.25Z");
  EXPECT_EQ(der::generalized_time(Time{1'763'726'400'000}).substr(2), "20251121120000Z");
  EXPECT_EQ(der::certificate_time(time), der::element(der::kUtcTime, "251121120000Z"));
  EXPECT_EQ(der::certificate_time(Time{2'524'608'000'000}),
            der::element(der::kGeneralizedTime, "20500101000000Z"));
}

TEST(DerReader, ReadsWhatWasWritten) {
  const std::string text = der::sequence(der::integer(5), der::utf8_string(std::string(300, 'a')));
  der::Reader inner = der::Reader(text).enter();
  EXPECT_EQ(inner.expect(der::kInteger).content, "\x05");
  EXPECT_EQ(inner.expect(der::kUtf8String).content.size(), 300u);
  EXPECT_TRUE(inner.at_end());
}

TEST(DerReader, RefusesWhatIsNotDer) {
  for (const char* hex : {"", "30", "3005", "300502", "3080", "308000", "30810500", "3082000100",
                          "1f0101", "3085000000000100", "30ffffffff"}) {
    const std::string bytes = *from_hex(hex);
    EXPECT_THROW(der::Reader(bytes).next(), Error) << hex;
  }
}

TEST(DerReader, NeverReadsPastACutElement) {
  const std::string whole = der::sequence(der::octet_string(std::string(200, 'x')));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string cut = whole.substr(0, size);
    EXPECT_THROW(der::Reader(cut).next(), Error) << size;
  }
}

}  // namespace
}  // namespace cinnabar
