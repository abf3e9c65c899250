// Free JSON from outside, such as the input of a script that is tried out: how much of it is read,
// and that what is wrong with it can be told, however it is made.
#include <cinnabar/service.hpp>

#include <gtest/gtest.h>

namespace cinnabar {
namespace {

struct Tried {
  std::string point;
  Json input;
  std::vector<Json> more;
};
CINNABAR_DESCRIBE(Tried, point, input, more)

// {"000000":0,"000001":0,...}
std::string object_of(std::size_t members) {
  std::string text = "{";
  for (std::size_t i = 0; i < members; ++i) {
    const std::string number = std::to_string(i);
    text += (i ? ",\"" : "\"") + std::string(6 - number.size(), '0') + number + "\":0";
  }
  return text + "}";
}

// The error as a caller on the other side of the plugin boundary receives it.
template <class Work>
Error across_the_boundary(Work work) {
  ReplyBuffer reply;
  const cinnabar_status status = guarded(reply.raw(), work);
  if (status == CINNABAR_OK) return Error("none");
  try {
    throw_status(status, reply.json());
  } catch (const Error& error) {
    return error;
  }
}
Error refusal_of(const std::string& text) {
  return across_the_boundary([&] { from_json<Tried>(text, Reading::strict); });
}

TEST(FreeJson, MoreValuesThanADocumentMayHoldAreRefusedWithTheirPlace) {
  EXPECT_EQ(refusal_of("{\"input\":" + object_of(kFreeValuesMax) + "}").code(), "none");
  const Error refused = refusal_of("{\"input\":" + object_of(400'000) + "}");
  EXPECT_EQ(refused.code(), "request.invalid");
  EXPECT_EQ(refused.pointer(), "/input");
  EXPECT_EQ(refused.params().at(0).second,
            "holds more values than the 50000 that a document may");
}

TEST(FreeJson, ValuesCountAtAnyDepthAndInAllMembersTogether) {
  const std::string half = "[{\"a\":" + object_of(kFreeValuesMax / 2) + "}]";
  EXPECT_EQ(refusal_of("{\"input\":" + half + "}").code(), "none");
  EXPECT_EQ(refusal_of("{\"input\":" + half + ",\"more\":[1," + half + "]}").pointer(), "/more/1");
}

// Without a limit, since what is stored or sent between parts came through one; 4 MB of short names
// took minutes when each was looked for among those before it.
TEST(FreeJson, LargeObjectsOfOurOwnAreRead) {
  const Json read = from_json<Json>(object_of(400'000));
  ASSERT_EQ(read.members().size(), 400'000u);
  EXPECT_EQ(read.members().back().first, "399999");
}

TEST(FreeJson, OfANameGivenTwiceTheFirstPlaceAndTheLastValueStay) {
  const auto reread = [](const char* text) { return to_json(from_json<Json>(text)); };
  EXPECT_EQ(reread(R"({"b":1,"a":2,"b":3,"c":4,"a":5,"b":6})"), R"({"b":6,"a":5,"c":4})");
  EXPECT_EQ(reread(R"({"a":{"x":1,"y":2},"b":0,"a":{"y":3}})"), R"({"a":{"y":3},"b":0})");
  EXPECT_EQ(reread(R"([{"a":[1],"a":[2,{"z":1,"z":null}]}])"), R"([{"a":[2,{"z":null}]}])");
  EXPECT_EQ(reread(R"({"":1,"":2})"), R"({"":2})");
  std::string many = "{\"x\":1";
  for (int i = 0; i < 100'000; ++i) many += ",\"x\":" + std::to_string(i);
  EXPECT_EQ(to_json(from_json<Json>(many + "}")), R"({"x":99999})");
}

TEST(FreeJson, FaultsDeepInsideNameTheirPlace) {
  std::string deep = "{\"input\":{\"a\":1,\"b\":";
  for (std::size_t i = 0; i < kJsonDepthMax; ++i) deep += "[";
  EXPECT_TRUE(refusal_of(deep).pointer().starts_with("/input/b/0/0"));
}

TEST(ErrorDocument, UnknownNamesOfAnyLengthStayReadable) {
  for (const std::string& name : {std::string(5'000, 'k'), std::string("\\u0000"),
                                  std::string(1'000, 'k') + "合同合同合同合同合同合同"}) {
    const Error refused = refusal_of("{\"" + name + "\":1}");
    EXPECT_EQ(refused.code(), "request.invalid");
    EXPECT_EQ(refused.status(), CINNABAR_REFUSED);
    EXPECT_FALSE(refused.pointer().empty());
    EXPECT_LE(refused.pointer().size(), kErrorTextSizeMax);
    EXPECT_TRUE(is_utf8(refused.pointer()));
  }
}

TEST(ErrorDocument, ParametersOfAnyBytesStayReadable) {
  const std::string cut_in_a_character = std::string(kErrorTextSizeMax - 1, 'a') + "合同";
  const Error got = across_the_boundary([&] {
    throw Error("seal.locked", {{"cut", cut_in_a_character}, {"odd", "\xff"}}, "/a\xE5");
  });
  EXPECT_EQ(got.code(), "seal.locked");
  EXPECT_EQ(got.params(), (ErrorParams{{"cut", std::string(kErrorTextSizeMax - 1, 'a')},
                                       {"odd", "\uFFFD"}}));
  EXPECT_EQ(got.pointer(), "/a\uFFFD");
}

TEST(ErrorDocument, WhatIsNoErrorDocumentIsShownShortened) {
  try {
    throw_status(CINNABAR_FAILED, "\xff" + std::string(5'000, 'x'));
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "internal");
    EXPECT_TRUE(is_utf8(error.params().at(0).second));
    EXPECT_LE(error.params().at(0).second.size(), kErrorTextSizeMax);
  }
}

}  // namespace
}  // namespace cinnabar
