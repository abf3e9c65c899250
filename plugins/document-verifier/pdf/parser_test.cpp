#include <cinnabar/pdf/parser.hpp>

#include <gtest/gtest.h>

namespace cinnabar::pdf {
namespace {

Object parse(std::string_view text) { return Parser(text).read_object(); }

TEST(Parser, ReadsEachKindOfValue) {
  EXPECT_TRUE(parse("null").is(Object::Kind::null));
  EXPECT_EQ(parse("true").integer, 1);
  EXPECT_EQ(parse("-17").integer, -17);
  EXPECT_DOUBLE_EQ(parse("+.5").real, 0.5);
  EXPECT_EQ(parse("/A#20B").text, "A B");
  EXPECT_EQ(parse("(a\\(b\\)\\101\\\r\n(c))").text, "a(b)A(c)");
  EXPECT_EQ(parse("<48 6 5 7>").text, "Hep");
  EXPECT_EQ(parse("[1 2 0 R 3]").items.size(), 3u);
  EXPECT_EQ(parse("[1 2 0 R 3]").items[1].integer, 2);
  EXPECT_EQ(parse("[1 2 3]").items.size(), 3u);
  EXPECT_EQ(parse("[1 2%x\n0%y\r R 3]").items.size(), 3u);
  EXPECT_EQ(parse("[1 2 0%R\n 3]").items.size(), 4u);
  EXPECT_TRUE(parse("<</A 1/B<</C(x)>>>>").at("B").at("C").is(Object::Kind::string));
}

TEST(Parser, ReadsHexadecimalStringsOfAnyLengthWithSpacesAnywhere) {
  constexpr std::string_view kDigits = "0123456789abcdefABCDEF";
  for (const std::size_t size : {1u, 2u, 1'023u, 1'024u, 1'025u, 1'026u, 3'000u, 3'001u}) {
    std::string digits, expected;
    for (std::size_t i = 0; i < size; ++i) digits += kDigits[i * 7 % kDigits.size()];
    for (std::size_t i = 0; i < size; i += 2)
      expected += static_cast<char>(std::stoi((digits + "0").substr(i, 2), nullptr, 16));
    EXPECT_EQ(parse("<" + digits + ">").text, expected) << size;
    for (const std::size_t at : {std::size_t{0}, size / 2, size / 2 + 1, size})
      EXPECT_EQ(parse("<" + std::string(digits).insert(at, "\r\n") + ">").text, expected)
          << size << " " << at;
    EXPECT_THROW(parse("<" + digits), Malformed) << size;
    EXPECT_THROW(parse("<" + digits + "x>"), Malformed) << size;
  }
}

TEST(Parser, KnowsWhereAValueStands) {
  const std::string_view text = "<< /A  <4142> /B 1 >>";
  const Object object = parse(text);
  EXPECT_EQ(text.substr(object.at("A").begin, object.at("A").end - object.at("A").begin), "<4142>");
}

TEST(Parser, SeesRepeatedKeys) {
  EXPECT_TRUE(parse("<</A 1/B 2/A 3>>").repeated_key);
  EXPECT_FALSE(parse("<</A 1/B 2>>").repeated_key);
}

TEST(Parser, ComparesValuesNotSpellings) {
  EXPECT_TRUE(parse("<</A 1.0/B[(x)]>>") == parse("<< /B [ <78> ] /A 1 >>"));
  EXPECT_FALSE(parse("<</A 1>>") == parse("<</A 1/B 2>>"));
  EXPECT_FALSE(parse("[1 2]") == parse("[2 1]"));
}

TEST(Parser, RefusesWhatDoesNotFollowTheGrammar) {
  for (const char* text : {"", "(a", "<41", "<4x>", "[1", "<</A", "<</A>>", "<<1 2>>", "1x", "--1",
                           "foo", "nul", ")", ">", "+", "."})
    EXPECT_THROW(parse(text), Malformed) << text;
}

TEST(Parser, StopsAtTheNestingLimit) {
  const std::string deep = std::string(5000, '[') + std::string(5000, ']');
  EXPECT_THROW(parse(deep), TooComplex);
}

TEST(Parser, ReadsStreamsByTheirLength) {
  const auto none = [](const Object&) { return std::int64_t{-1}; };
  const std::string text = "4 0 obj <</Length 3>> stream\nabc\nendstream endobj";
  const IndirectObject object = Parser(text).read_indirect(none);
  EXPECT_TRUE(object.is_stream);
  EXPECT_EQ(text.substr(object.data_begin, object.data_size), "abc");
  EXPECT_EQ(object.end, text.size());
  EXPECT_FALSE(object.repaired);
  for (const std::string length : {"9", "-1", "5 0 R", "2"}) {
    const std::string wrong = "4 0 obj <</Length " + length + ">> stream\nabc\nendstream endobj";
    const IndirectObject read = Parser(wrong).read_indirect(none);
    EXPECT_TRUE(read.repaired) << wrong;
    EXPECT_EQ(wrong.substr(read.data_begin, read.data_size), "abc") << wrong;
  }
  EXPECT_TRUE(Parser("4 0 obj 1 5 0 obj 2 endobj").read_indirect(none).repaired);
  for (const char* bad : {"4 0 obj <</Length 99999999999>> stream\nabc", "4 0 obj 1", "4 obj 1"})
    EXPECT_THROW(Parser(bad).read_indirect(none), Malformed) << bad;
}

}  // namespace
}  // namespace cinnabar::pdf
