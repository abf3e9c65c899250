#include "time_stamper.hpp"

#include <cinnabar/durable_file.hpp>
#include <cinnabar/testing/folder.hpp>
#include <cinnabar/testing/signing.hpp>

#include <gtest/gtest.h>

#include <openssl/err.h>
#include <openssl/ts.h>
#include <sys/wait.h>

#include <algorithm>
#include <set>
#include <thread>

namespace cinnabar::builtintsa {
namespace {

// 2025-11-21T12:00:00.250Z
constexpr std::int64_t kTestTimeMs = 1'763'726'400'250;

struct World {
  World() {
    root = testing::make_identity(keys, {"Test Root", "ec-p384", true, false});
    issuing = testing::make_identity(keys, {"Test Issuing", "ec-p256", true, false}, &root);
    tsa = testing::make_identity(keys, {"Test TSA", "ec-p256", false, true}, &issuing);
    serials = std::make_unique<SerialNumbers>(folder.path / "serial", "12345678");
    std::vector<Bytes> chain(tsa.chain.begin(), tsa.chain.end());
    stamper = std::make_unique<TimeStamper>(
        chain, Config{}, *serials,
        [this](std::string_view algorithm, std::string_view digest) {
          return keys.sign(tsa.key, algorithm, digest);
        },
        [this] { return now_ms.load(); });
  }

  testing::TestFolder folder;
  testing::MemoryKeys keys;
  testing::TestIdentity root, issuing, tsa;
  std::unique_ptr<SerialNumbers> serials;
  std::unique_ptr<TimeStamper> stamper;
  std::atomic<std::int64_t> now_ms{kTestTimeMs};
};

struct FreeToken {
  void operator()(PKCS7* token) const { PKCS7_free(token); }
};
using Token = std::unique_ptr<PKCS7, FreeToken>;

Token parse(const Stamp& stamp) {
  const auto* at = reinterpret_cast<const unsigned char*>(stamp.token.view().data());
  return Token(d2i_PKCS7(nullptr, &at, static_cast<long>(stamp.token.size())));
}

struct FreeInfo {
  void operator()(TS_TST_INFO* info) const { TS_TST_INFO_free(info); }
};
using Info = std::unique_ptr<TS_TST_INFO, FreeInfo>;

Info info_of(const Stamp& stamp) { return Info(PKCS7_to_TS_TST_INFO(parse(stamp).get())); }

std::string serial_of(const Stamp& stamp) {
  const Info info = info_of(stamp);
  BIGNUM* number = ASN1_INTEGER_to_BN(TS_TST_INFO_get_serial(info.get()), nullptr);
  std::string bytes(20, '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), 20);
  BN_free(number);
  return bytes;
}

// TS_VERIFY of libcrypto against the data; its reason when it says no.
std::string verify(World& world, const Stamp& stamp, const std::string& data) {
  TS_VERIFY_CTX* context = TS_VERIFY_CTX_new();
  X509_STORE* store = X509_STORE_new();
  const auto* at = reinterpret_cast<const unsigned char*>(world.root.chain[0].data());
  X509* root = d2i_X509(nullptr, &at, static_cast<long>(world.root.chain[0].size()));
  X509_STORE_add_cert(store, root);
  X509_free(root);
  TS_VERIFY_CTX_set_store(context, store);
  TS_VERIFY_CTX_set_data(context, BIO_new_mem_buf(data.data(), static_cast<int>(data.size())));
  TS_VERIFY_CTX_set_flags(context, TS_VFY_VERSION | TS_VFY_DATA | TS_VFY_SIGNATURE);
  const int good = TS_RESP_verify_token(context, parse(stamp).get());
  const char* reason = good == 1 ? "" : ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  TS_VERIFY_CTX_free(context);
  return reason ? reason : "?";
}

TEST(TimeStamper, LibcryptoAcceptsItsTokens) {
  World world;
  const std::string data = "a signature's value";
  const Stamp stamp = world.stamper->stamp({"sha256", sha256(data)});
  EXPECT_EQ(verify(world, stamp, data), "");
  EXPECT_NE(verify(world, stamp, data + "x"), "");
  EXPECT_EQ(verify(world, world.stamper->stamp({"sha384", sha384(data)}), data), "");
}

TEST(TimeStamper, TheOpensslToolAcceptsItsTokens) {
  World world;
  const std::string data = "data in a file";
  const Stamp stamp = world.stamper->stamp({"sha256", sha256(data)});
  write_durable(world.folder.path / "data", data);
  write_durable(world.folder.path / "token", stamp.token.view());
  write_durable(world.folder.path / "root.pem", testing::to_pem(world.root.chain[0]));
  const std::string folder = world.folder.path.string();
  const std::string data_file = folder + "/data", token = folder + "/token",
                    root = folder + "/root.pem";
  const pid_t child = ::fork();
  if (child == 0) {
    ::execlp("openssl", "openssl", "ts", "-verify", "-data", data_file.c_str(), "-token_in", "-in",
             token.c_str(), "-CAfile", root.c_str(), static_cast<char*>(nullptr));
    ::_exit(127);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(TimeStamper, StatesPolicyTimeAndAccuracy) {
  World world;
  const Stamp stamp = world.stamper->stamp({"sha256", sha256("x")});
  EXPECT_EQ(stamp.time_ms, kTestTimeMs);
  const Info info = info_of(stamp);
  ASSERT_TRUE(info);
  EXPECT_EQ(TS_TST_INFO_get_version(info.get()), 1);
  char policy[100];
  OBJ_obj2txt(policy, sizeof policy, TS_TST_INFO_get_policy_id(info.get()), 1);
  EXPECT_EQ(std::string(policy), Config{}.policy);
  const auto* time = TS_TST_INFO_get_time(info.get());
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(time)),
                        static_cast<std::size_t>(ASN1_STRING_length(time))),
            "20251121120000.25Z");
  TS_ACCURACY* accuracy = TS_TST_INFO_get_accuracy(info.get());
  ASSERT_NE(accuracy, nullptr);
  EXPECT_EQ(ASN1_INTEGER_get(TS_ACCURACY_get_seconds(accuracy)), 1);
  EXPECT_EQ(TS_ACCURACY_get_millis(accuracy), nullptr);
  EXPECT_EQ(TS_TST_INFO_get_ordering(info.get()), 0);
}

TEST(TimeStamper, AccuracyBelowASecondIsInMilliseconds) {
  World world;
  Config config;
  config.accuracy_ms = 1'500;
  TimeStamper stamper(
      {world.tsa.chain.begin(), world.tsa.chain.end()}, config, *world.serials,
      [&](std::string_view algorithm, std::string_view digest) {
        return world.keys.sign(world.tsa.key, algorithm, digest);
      },
      [] { return kTestTimeMs; });
  const Info info = info_of(stamper.stamp({"sha256", sha256("x")}));
  ASSERT_TRUE(info);
  TS_ACCURACY* accuracy = TS_TST_INFO_get_accuracy(info.get());
  EXPECT_EQ(ASN1_INTEGER_get(TS_ACCURACY_get_seconds(accuracy)), 1);
  EXPECT_EQ(ASN1_INTEGER_get(TS_ACCURACY_get_millis(accuracy)), 500);
}

TEST(TimeStamper, TimeNeverGoesBackWhenTheClockDoes) {
  World world;
  world.stamper->stamp({"sha256", sha256("x")});
  world.now_ms = kTestTimeMs - 5'000;
  EXPECT_EQ(world.stamper->stamp({"sha256", sha256("y")}).time_ms, kTestTimeMs);
  world.now_ms = kTestTimeMs + 1;
  EXPECT_EQ(world.stamper->stamp({"sha256", sha256("z")}).time_ms, kTestTimeMs + 1);
}

TEST(TimeStamper, RefusesDigestsThatAreNotOnes) {
  World world;
  for (const Imprint& imprint :
       {Imprint{"sha256", ""}, Imprint{"sha256", std::string(48, 'x')},
        Imprint{"sha1", std::string(20, 'x')}, Imprint{"", std::string(32, 'x')}})
    EXPECT_THROW(world.stamper->stamp(imprint), Error) << imprint.algorithm;
}

TEST(TimeStamper, ManyThreadsGetSerialsOfTheirOwn) {
  World world;
  std::vector<std::set<std::string>> found(4);
  std::vector<std::thread> threads;
  for (auto& mine : found)
    threads.emplace_back([&] {
      for (int i = 0; i < 25; ++i)
        mine.insert(serial_of(world.stamper->stamp({"sha256", sha256("x")})));
    });
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> all;
  for (const auto& mine : found) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), 100u);
}

TEST(SerialNumbers, AscendOverRestartsAndBlocks) {
  World world;
  std::string last = world.serials->next();
  for (int restart = 0; restart < 3; ++restart) {
    SerialNumbers serials(world.folder.path / "serial",
                          std::string(8, static_cast<char>('z' - restart)));
    for (int i = 0; i < 3; ++i) {
      const std::string next = serials.next();
      EXPECT_GT(next, last);
      last = next;
    }
  }
}

TEST(SerialNumbers, ACopiedFolderGivesOtherNumbers) {
  World world;
  std::filesystem::copy(world.folder.path / "serial", world.folder.path / "copy");
  SerialNumbers one(world.folder.path / "serial", "AAAAAAAA"),
      two(world.folder.path / "copy", "BBBBBBBB");
  EXPECT_NE(one.next(), two.next());
}

TEST(SerialNumbers, ADamagedFileIsNotOverwritten) {
  World world;
  write_durable(world.folder.path / "bad", "nonsense");
  EXPECT_THROW(SerialNumbers(world.folder.path / "bad", "12345678"), Error);
  EXPECT_EQ(*read_small_file(world.folder.path / "bad"), "nonsense");
}

}  // namespace
}  // namespace cinnabar::builtintsa
