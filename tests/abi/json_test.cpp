// Texts in JSON, read and written sixteen bytes at a time: whatever stands where.
#include <cinnabar/json.hpp>

#include <gtest/gtest.h>

namespace cinnabar {
namespace {

using namespace std::string_view_literals;

std::string at_place(std::string_view what, std::size_t before, std::size_t after) {
  return std::string(before, 'a') + std::string(what) + std::string(after, 'z');
}

template <class Check>
void at_every_place(Check check) {
  for (std::size_t before = 0; before < 35; ++before)
    for (const std::size_t after : {0, 1, 15, 16, 33}) check(before, after);
}

TEST(JsonText, WhateverIsWrittenIsReadAgain) {
  for (const std::string_view what : {"\""sv, "\\"sv, "\n"sv, "\x01"sv, "/"sv, "\x7f"sv, "é"sv,
                                      "合同"sv, "\U0001F58B"sv, "\\\"合\\u0041"sv})
    at_every_place([&](std::size_t before, std::size_t after) {
      const Json value = Json::object()
                             .set("text", at_place(what, before, after))
                             .set("next", Json::array().add(at_place(what, after, before)));
      const std::string text = to_json(value);
      EXPECT_EQ(to_json(from_json<Json>(text)), text);
      EXPECT_EQ(from_json<Json>(text)["text"].text(), at_place(what, before, after));
    });
}

TEST(JsonText, EscapesAreReadAtEveryPlace) {
  at_every_place([](std::size_t before, std::size_t after) {
    const std::string text = "[\"" + at_place("\\u5408\\ud83d\\udd8b\\n\\/", before, after) + "\"]";
    EXPECT_EQ(from_json<Json>(text).items()[0].text(),
              at_place("合\U0001F58B\n/", before, after));
  });
}

TEST(JsonText, WhatIsNoTextIsRefusedAtEveryPlace) {
  for (const std::string_view bad :
       {"\x80"sv, "\xC0\x80"sv, "\xED\xA0\x80"sv, "\xF4\x90\x80\x80"sv, "\xE5\x90"sv, "\xff"sv,
        "\n"sv, "\0"sv, "\\x"sv, "\\u12g4"sv, "\\ud800"sv, "\\udc00"sv, "\\ud800\\u0041"sv})
    at_every_place([&](std::size_t before, std::size_t after) {
      const std::string piece = at_place(bad, before, after);
      EXPECT_THROW(from_json<Json>("{\"a\":\"" + piece + "\"}"), Error) << piece;
      EXPECT_THROW(from_json<Json>("{\"" + piece + "\":1}"), Error) << piece;
    });
}

// RFC 8259 section 7: none of them stands in JSON as it is.
TEST(JsonText, ControlCharactersAreWrittenAsEscapesAndReadAsNothingElse) {
  for (char c = 1; c < 0x20; ++c)
    at_every_place([&](std::size_t before, std::size_t after) {
      const std::string piece = at_place({&c, 1}, before, after);
      const std::string text = to_json(Json::array().add(piece));
      EXPECT_EQ(text.find(c), std::string::npos) << static_cast<int>(c);
      EXPECT_EQ(from_json<Json>(text).items()[0].text(), piece);
      EXPECT_THROW(from_json<Json>("[\"" + piece + "\"]"), Error) << static_cast<int>(c);
    });
}

TEST(JsonText, DocumentsOfAnySizeAreWritten) {
  for (const std::size_t size : {1'300, 1'400, 8'180, 8'190, 8'192, 8'200, 50'000}) {
    Json list = Json::array();
    for (int i = 0; i < 4; ++i) list.add(std::string(size, i % 2 ? '"' : 'a'));
    EXPECT_EQ(from_json<Json>(to_json(list)), list) << size;
  }
}

TEST(JsonText, ADocumentEndsWhereItEnds) {
  EXPECT_EQ(from_json<Json>("\xEF\xBB\xBF[1]").items().size(), 1u);
  EXPECT_EQ(from_json<Json>("[1] \n\t ").items().size(), 1u);
  for (const std::string_view bad : {"[1]\0"sv, "[1]\0[2]"sv, "[1"sv, "[1]x"sv, "\"abc"sv, ""sv,
                                     "\0"sv, "[1]\xff"sv, "\xEF\xBB\xBF"sv})
    EXPECT_THROW(from_json<Json>(bad), Error) << bad;
}

}  // namespace
}  // namespace cinnabar
