#include "signature.hpp"

#include "digest.hpp"

#include <cinnabar/bytes.hpp>

#include <gtest/gtest.h>

namespace cinnabar::s3 {
namespace {

// The examples of "Signature Calculations for the Authorization Header" in the S3 API reference.
constexpr std::string_view kEmpty =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const Credentials kCredentials{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                               "us-east-1"};

Signable example(std::string method, std::string path, Pairs query = {}, Pairs more = {},
                 std::string payload = std::string(kEmpty)) {
  Pairs headers{{"host", "examplebucket.s3.amazonaws.com"},
                {"x-amz-date", "20130524T000000Z"},
                {"x-amz-content-sha256", payload}};
  headers.insert(headers.end(), more.begin(), more.end());
  return {method, path, query, headers, payload, "20130524T000000Z"};
}

TEST(Signature, an_object_in_part) {
  const Signable request = example("GET", "/test.txt", {}, {{"range", "bytes=0-9"}});
  EXPECT_EQ(sha256_hex(canonical_request(request)),
            "7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972");
  EXPECT_EQ(string_to_sign(request, "us-east-1"),
            "AWS4-HMAC-SHA256\n20130524T000000Z\n20130524/us-east-1/s3/aws4_request\n"
            "7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972");
  EXPECT_EQ(authorization(request, kCredentials),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST(Signature, an_object_put_under_a_name_that_needs_encoding) {
  const std::string payload = sha256_hex("Welcome to Amazon S3.");
  EXPECT_EQ(payload, "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072");
  EXPECT_EQ(signature(example("PUT", "/test$file.text", {},
                              {{"date", "Fri, 24 May 2013 00:00:00 GMT"},
                               {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
                              payload),
                      kCredentials),
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

TEST(Signature, a_query_without_a_value) {
  EXPECT_EQ(signature(example("GET", "/", {{"lifecycle", ""}}), kCredentials),
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
}

TEST(Signature, a_listing) {
  EXPECT_EQ(signature(example("GET", "/", {{"prefix", "J"}, {"max-keys", "2"}}), kCredentials),
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST(Signature, another_secret_region_or_time_gives_another_signature) {
  const Signable request = example("GET", "/test.txt");
  const std::string one = signature(request, kCredentials);
  Credentials other = kCredentials;
  other.secret_key += "x";
  EXPECT_NE(signature(request, other), one);
  other = kCredentials;
  other.region = "eu-west-1";
  EXPECT_NE(signature(request, other), one);
  Signable later = request;
  later.time = "20130524T000001Z";
  EXPECT_NE(signature(later, kCredentials), one);
}

TEST(Signature, times_and_encodings) {
  EXPECT_EQ(basic_time(1'369'353'600'000), "20130524T000000Z");
  EXPECT_EQ(basic_time(1'440'938'160'999), "20150830T123600Z");
  EXPECT_EQ(uri_encoded("/a b/\xC3\xA9~-._+", Slash::kept), "/a%20b/%C3%A9~-._%2B");
  EXPECT_EQ(uri_encoded("a/b=", Slash::encoded), "a%2Fb%3D");
  EXPECT_EQ(canonical_query({{"b", "2"}, {"a", "1/="}, {"a-b", ""}}), "a=1%2F%3D&a-b=&b=2");
}

// RFC 4231, cases 1 and 2; RFC 1321 A.5; FIPS 180-4.
TEST(Digest, known_answers) {
  EXPECT_EQ(to_hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  Digests digests;
  digests.add("a");
  digests.add("bc");
  const Digests::Result result = digests.finish();
  EXPECT_EQ(result.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(result.md5), "900150983cd24fb0d6963f7d28e17f72");
}

}  // namespace
}  // namespace cinnabar::s3
