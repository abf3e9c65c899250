#include "request.hpp"

#include <cinnabar/durable_file.hpp>
#include <cinnabar/testing/folder.hpp>
#include <cinnabar/testing/signing.hpp>

#include <gtest/gtest.h>

#include <openssl/ts.h>

#include <set>

namespace cinnabar::builtintsa {
namespace {

// An authority that answers, and the files of the tool that asks it.
struct Asked {
  Asked() {
    root = testing::make_identity(keys, {"Test Root", "ec-p384", true, false});
    tsa = testing::make_identity(keys, {"Test TSA", "ec-p256", false, true}, &root);
    serials = std::make_unique<SerialNumbers>(folder.path / "serial", "12345678");
    stamper = std::make_unique<TimeStamper>(
        std::vector<Bytes>{tsa.chain.begin(), tsa.chain.end()}, Config{}, *serials,
        [this](std::string_view algorithm, std::string_view digest) {
          return keys.sign(tsa.key, algorithm, digest);
        },
        [] { return static_cast<std::int64_t>(std::time(nullptr)) * 1000; });
    write_durable(folder.path / "root.pem", testing::to_pem(root.chain[0]));
    write_durable(folder.path / "tsa.pem", testing::to_pem(tsa.chain[0]));
    write_durable(folder.path / "data", "what is stamped");
  }

  // Whether the tool says yes; what it says is in `out`.
  bool openssl(const std::string& arguments) {
    const std::string command =
        "cd " + folder.path.string() + " && openssl " + arguments + " >out 2>&1";
    FILE* pipe = ::popen(command.c_str(), "r");
    return ::pclose(pipe) == 0;
  }
  std::string content(const char* name) { return *read_small_file(folder.path / name); }
  std::string answer(std::string_view request) {
    const TimestampAsk ask = parse_request(request);
    const Stamp stamp = stamper->stamp(ask.imprint, ask.nonce);
    return granted(ask.certificates ? stamp.token.text()
                                    : without_certificates(stamp.token.view()));
  }

  testing::TestFolder folder;
  testing::MemoryKeys keys;
  testing::TestIdentity root, tsa;
  std::unique_ptr<SerialNumbers> serials;
  std::unique_ptr<TimeStamper> stamper;
};

TEST(TimestampRequest, TheOpensslToolAcceptsItsAnswers) {
  Asked world;
  for (const char* digest : {"-sha256", "-sha384", "-sha512"})
    for (const char* options : {"-cert", "", "-cert -no_nonce", "-no_nonce"}) {
      ASSERT_TRUE(
          world.openssl(std::string("ts -query -data data -out request ") + digest + " " + options))
          << world.content("out");
      write_durable(world.folder.path / "response", world.answer(world.content("request")));
      // Without certificates the tool has to be given them.
      const bool carries = std::string(options).find("-cert") != std::string::npos;
      const std::string verify = "ts -verify -queryfile request -in response -CAfile root.pem";
      EXPECT_TRUE(world.openssl(verify + " -untrusted tsa.pem")) << world.content("out");
      EXPECT_EQ(world.openssl(verify), carries) << digest << options;
    }
}

// The failure bits of a rejection; empty when it is none.
std::set<int> failures_of(const std::string& response) {
  const auto* at = reinterpret_cast<const unsigned char*>(response.data());
  TS_RESP* parsed = d2i_TS_RESP(nullptr, &at, static_cast<long>(response.size()));
  EXPECT_NE(parsed, nullptr);
  std::set<int> bits;
  TS_STATUS_INFO* info = TS_RESP_get_status_info(parsed);
  EXPECT_EQ(ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(info)), 2);
  for (int bit = 0; bit < 32; ++bit)
    if (ASN1_BIT_STRING_get_bit(TS_STATUS_INFO_get0_failure_info(info), bit)) bits.insert(bit);
  TS_RESP_free(parsed);
  return bits;
}

std::set<int> rejection_of(const std::string& request) {
  try {
    parse_request(request);
    return {};
  } catch (const Rejection& rejection) {
    return failures_of(rejected(rejection));
  }
}

std::string request_of(const std::string& algorithm, std::size_t size, const std::string& rest = {},
                       int version = 1) {
  const std::string imprint =
      der::sequence(der::sequence(der::oid(algorithm)), der::octet_string(std::string(size, 'x')));
  return der::sequence(der::integer(static_cast<std::uint64_t>(version)), imprint, rest);
}

constexpr const char* kSha256 = "2.16.840.1.101.3.4.2.1";

TEST(TimestampRequest, SaysWhyItIsRefused) {
  EXPECT_EQ(rejection_of(request_of(kSha256, 32)), std::set<int>{});
  EXPECT_EQ(rejection_of(request_of("1.3.14.3.2.26", 20)), std::set<int>{0}) << "SHA-1";
  EXPECT_EQ(rejection_of(request_of(kSha256, 31)), std::set<int>{5});
  EXPECT_EQ(rejection_of(request_of(kSha256, 32, {}, 2)), std::set<int>{2});
  EXPECT_EQ(rejection_of(request_of(kSha256, 32, der::element(der::context(0), ""))),
            std::set<int>{16});
  EXPECT_EQ(rejection_of(request_of(kSha256, 32, der::null())), std::set<int>{5});
  EXPECT_EQ(rejection_of(request_of(kSha256, 32, der::unsigned_integer(std::string(70, '1')))),
            std::set<int>{5});
  EXPECT_EQ(rejection_of(""), std::set<int>{5});
  EXPECT_EQ(rejection_of("GET / HTTP/1.1"), std::set<int>{5});
  EXPECT_EQ(failures_of(rejected({Failure::time_not_available, "x"})), std::set<int>{14});
  EXPECT_EQ(failures_of(rejected({Failure::system_failure, "x"})), std::set<int>{25});
}

TEST(TimestampRequest, CutOffAnywhereItIsRefused) {
  const std::string request = request_of(kSha256, 32, der::integer(77) + der::boolean(true));
  EXPECT_TRUE(parse_request(request).certificates);
  for (std::size_t size = 0; size < request.size(); ++size)
    EXPECT_EQ(rejection_of(request.substr(0, size)), std::set<int>{5}) << size;
  EXPECT_EQ(rejection_of(request + "x"), std::set<int>{5});
}

TEST(TimestampRequest, FindsTheSignersChainInATokenOrSaysThatThereIsNone) {
  Asked world;
  const Stamp stamp = world.stamper->stamp({"sha256", sha256("x")});
  const std::vector<Bytes> chain = chain_of(stamp.token.view());
  ASSERT_EQ(chain.size(), 1u);
  EXPECT_EQ(chain[0].view(), world.tsa.chain[0]);
  EXPECT_THROW(chain_of(without_certificates(stamp.token.view())), Error);
  EXPECT_THROW(chain_of("nonsense"), Error);
}

}  // namespace
}  // namespace cinnabar::builtintsa
