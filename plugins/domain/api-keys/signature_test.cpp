// The subset of RFC 9421 that is taken; the example of its appendix B.2.5 is an outside vector.
#include "signature.hpp"

#include <cinnabar/bytes.hpp>
#include <cinnabar/digest_state.hpp>
#include <cinnabar/error.hpp>

#include <gtest/gtest.h>

#include <random>

namespace cinnabar::apikeys {
namespace {

CallerRequest request(std::string input, std::string signature) {
  CallerRequest out;
  out.method = "POST";
  out.scheme = "https";
  out.authority = "example.com";
  out.target = "/foo?param=Value&Pet=dog";
  out.headers = {{"date", "Tue, 20 Apr 2021 02:07:55 GMT"},
                 {"content-type", "application/json"},
                 {"signature-input", std::move(input)},
                 {"signature", std::move(signature)}};
  return out;
}

const std::string kMac = "s=:" + to_base64(std::string(32, 'm')) + ":";
const std::string kGood = R"(("@method" "@target-uri");created=1618884473;keyid="key_1")";

std::string refusal(const std::string& input, const std::string& signature = kMac) {
  try {
    read_signature(request(input, signature));
    return {};
  } catch (const Error& error) {
    return error.code();
  }
}

// RFC 9421, B.2.5: its signature covers less than we ask for, so only base and MAC are held to it.
TEST(Signature, AgreesWithTheExampleOfTheStandard) {
  const auto secret = from_base64(
      "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJ"
      "PBtbmHhIDi6pcl8jsasjlTMtDQ==");
  Signature signature;
  signature.components = {"date", "@authority", "content-type"};
  signature.parameters =
      R"(("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret")";
  signature.value = *from_base64("pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=");
  const CallerRequest sent = request("", "");
  EXPECT_EQ(signature_base(signature, sent, "https"),
            "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n"
            "\"@authority\": example.com\n"
            "\"content-type\": application/json\n"
            "\"@signature-params\": " + signature.parameters);
  EXPECT_TRUE(is_signed_with(signature, sent, *secret));
  EXPECT_FALSE(is_signed_with(signature, sent, *secret + "x"));
}

TEST(Signature, NamesEveryPartOfTheAddress) {
  Signature signature;
  signature.components = {"@method", "@target-uri", "@path",
                          "@query",  "@scheme",     "@request-target"};
  CallerRequest sent = request("", "");
  sent.authority = "Example.COM:443";
  EXPECT_EQ(signature_base(signature, sent, "https"),
            "\"@method\": POST\n"
            "\"@target-uri\": https://example.com/foo?param=Value&Pet=dog\n"
            "\"@path\": /foo\n"
            "\"@query\": ?param=Value&Pet=dog\n"
            "\"@scheme\": https\n"
            "\"@request-target\": /foo?param=Value&Pet=dog\n"
            "\"@signature-params\": ");
  sent.target = "/foo";
  signature.components = {"@query"};
  EXPECT_EQ(signature_base(signature, sent, "https"), "\"@query\": ?\n\"@signature-params\": ");
}

TEST(Signature, IsReadStrictly) {
  EXPECT_EQ(refusal("s=" + kGood), "");
  EXPECT_EQ(refusal("s=" + kGood + R"(;nonce="a1";alg="hmac-sha256";expires=1618884999)"), "");
  const char* const kMalformed = "api_key.signature_malformed";
  EXPECT_EQ(refusal("other=" + kGood), kMalformed);
  EXPECT_EQ(refusal(kGood), kMalformed);
  EXPECT_EQ(refusal("s=" + kGood, "s=" + to_base64(std::string(32, 'm'))), kMalformed);
  EXPECT_EQ(refusal("s=" + kGood, "s=:AAAA:"), kMalformed);
  EXPECT_EQ(refusal("s=" + kGood + R"(;alg="rsa-pss-sha512")"), kMalformed);
  EXPECT_EQ(refusal("s=" + kGood + ";tag=1"), kMalformed);
  EXPECT_EQ(refusal("s=" + kGood + ";created=1"), kMalformed);
  EXPECT_EQ(refusal("s=" + kGood + ", t=" + kGood), kMalformed);
  EXPECT_EQ(refusal(R"(s=("@method" "@path");created=1;keyid="k")"), kMalformed);
  EXPECT_EQ(refusal(R"(s=("@target-uri");created=1;keyid="k")"), kMalformed);
  EXPECT_EQ(refusal(R"(s=("@method"  "@target-uri");created=1;keyid="k")"), kMalformed);
  EXPECT_EQ(refusal(R"(s=("@method" "@method" "@target-uri");created=1;keyid="k")"), kMalformed);
  EXPECT_EQ(refusal(R"(s=("@method" "@target-uri";req);created=1;keyid="k")"), kMalformed);
  EXPECT_EQ(refusal(R"(s=("@method" "@target-uri");created=1)"), kMalformed);
  EXPECT_EQ(refusal(R"(s=("@method" "@target-uri");keyid="k")"), kMalformed);
  EXPECT_EQ(refusal("s=" + std::string(5000, '(')), kMalformed);
}

// Whatever stands in the headers: a signature, or a refusal of ours.
TEST(Signature, NoHeaderBreaksTheReader) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 chance(seed);
  const std::string letters = "\"();= :@s,%a1\x7f\xff\\" + std::string(1, '\0');
  for (int round = 0; round < 20'000; ++round) {
    std::string input = "s=" + kGood + R"(;nonce="a1")", mac = kMac;
    for (std::string* text : {&input, &mac})
      for (unsigned change = chance() % 4; change > 0; --change) {
        const std::size_t at = chance() % text->size();
        if (chance() % 3 == 0)
          text->erase(at, chance() % 5 + 1);
        else
          text->insert(at, 1, letters[chance() % letters.size()]);
        if (text->empty()) *text = "s";
      }
    const std::string code = refusal(input, mac);
    ASSERT_TRUE(code.empty() || code == "api_key.signature_malformed") << input << " " << mac;
  }
}

TEST(Signature, MustCoverTheIdempotencyKeyThatIsSent) {
  CallerRequest sent = request("s=" + kGood, kMac);
  sent.headers["idempotency-key"] = "one";
  EXPECT_THROW(read_signature(sent), Error);
  sent.headers["signature-input"] =
      R"(s=("@method" "@target-uri" "idempotency-key");created=1;keyid="k")";
  EXPECT_NO_THROW(read_signature(sent));
}

class Body : public ::testing::Test {
 protected:
  std::string code(const std::string& body) {
    sent.body_sha256 = to_hex(sha256(body));
    try {
      check_body(signature, sent);
      return {};
    } catch (const Error& error) {
      return error.code();
    }
  }
  CallerRequest sent = request("", "");
  Signature signature;
};

TEST_F(Body, HasToBeTheOneThatWasSigned) {
  sent.body_known = true;
  EXPECT_EQ(code(""), "");
  EXPECT_EQ(code("{}"), "api_key.signature_malformed");
  signature.components = {"content-digest"};
  sent.headers["content-digest"] = "sha-256=:" + to_base64(sha256("{}")) + ":";
  EXPECT_EQ(code("{}"), "");
  EXPECT_EQ(code("{} "), "api_key.digest_wrong");
  EXPECT_EQ(code(""), "api_key.digest_wrong");
  sent.headers["content-digest"] = "md5=:AAAA:";
  EXPECT_EQ(code("{}"), "api_key.signature_malformed");
}

TEST_F(Body, IsLeftForLaterWhileItHasNotCome) { EXPECT_EQ(code("{}"), ""); }

}  // namespace
}  // namespace cinnabar::apikeys
