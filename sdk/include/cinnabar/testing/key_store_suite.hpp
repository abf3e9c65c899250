// The conformance suite of key stores (cinnabar.key-store/1): what those who sign rely on, asked
// through the table that crosses the boundary; signatures are checked by libcrypto. A store's test
// includes this header once and says
//
//   INSTANTIATE_TEST_SUITE_P(File, KeyStoreSuite, ::testing::Values(&make_file_under_test));
//
// with a function that makes an empty store. GoogleTest, libcrypto; one thread but where a test
// says so.
#pragma once

#include <cinnabar/digest_state.hpp>
#include <cinnabar/tables.hpp>
#include <cinnabar/testing/public_key.hpp>

#include <gtest/gtest.h>

#include <thread>

namespace cinnabar {

class KeyStoreUnderTest {
 public:
  virtual ~KeyStoreUnderTest() = default;
  virtual const cinnabar_key_store* table() = 0;
  virtual void reopen() = 0;  // as after a restart; keys that were made must be there
};
using MakeKeyStore = std::unique_ptr<KeyStoreUnderTest> (*)();

namespace suite {

struct KeyKind {
  const char* algorithm;
  const char* type;  // as libcrypto calls it
  int bits;
};
inline constexpr KeyKind kKeyKinds[] = {{"ec-p256", "EC", 256},
                                        {"ec-p384", "EC", 384},
                                        {"rsa-2048", "RSA", 2048},
                                        {"rsa-3072", "RSA", 3072},
                                        {"rsa-4096", "RSA", 4096}};

}  // namespace suite

class KeyStoreSuite : public ::testing::TestWithParam<MakeKeyStore> {
 protected:
  void SetUp() override { under_test_ = GetParam()(); }

  KeyStoreClient keys() { return KeyStoreClient(under_test_->table()); }
  template <class Work>
  static std::string code_of(Work work) {
    try {
      work();
    } catch (const Error& error) {
      return error.code();
    }
    return "";
  }
  std::string create(std::string_view algorithm) { return keys().create(algorithm); }
  std::string spki(std::string_view key) { return keys().public_key(key); }
  std::string sign(std::string_view key, std::string_view algorithm, std::string_view digest) {
    return keys().sign(key, algorithm, digest);
  }
  cinnabar_status destroy(std::string_view key) {
    return under_test_->table()->destroy(under_test_->table()->self, bytes_of(key));
  }
  void expect_signs(const std::string& key, const std::string& what) {
    const std::string digest = sha256(what);
    const testing::PublicKey verifier(spki(key));
    EXPECT_TRUE(verifier.verifies("sha256", digest, sign(key, "sha256", digest)))
        << key << " " << what;
  }

  std::unique_ptr<KeyStoreUnderTest> under_test_;
};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(KeyStoreSuite);

TEST_P(KeyStoreSuite, makes_every_kind_of_key_and_signs_both_digests_with_it) {
  for (const suite::KeyKind& kind : suite::kKeyKinds) {
    const std::string key = create(kind.algorithm);
    const std::string info = spki(key);
    const testing::PublicKey verifier(info);
    EXPECT_TRUE(verifier.is(kind.type, kind.bits)) << kind.algorithm;
    const std::string short_digest = sha256("what is signed"), long_digest(48, '\x9c');
    EXPECT_TRUE(verifier.verifies("sha256", short_digest, sign(key, "sha256", short_digest)));
    EXPECT_TRUE(verifier.verifies("sha384", long_digest, sign(key, "sha384", long_digest)));
    EXPECT_FALSE(verifier.verifies("sha256", sha256("other"), sign(key, "sha256", short_digest)));
  }
}

TEST_P(KeyStoreSuite, signs_messages_with_ed25519_where_it_has_it) {
  std::string key;
  try {
    key = create("ed25519");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "key.algorithm_unknown");
    GTEST_SKIP() << "this store has no Ed25519";
  }
  const testing::PublicKey verifier(spki(key));
  for (const std::string& message : {std::string(), std::string("m"), std::string(10'000, 'x')}) {
    const std::string signature = sign(key, "none", message);
    EXPECT_EQ(signature.size(), 64u);
    EXPECT_TRUE(verifier.verifies_message(message, signature));
  }
  EXPECT_EQ(code_of([&] { sign(key, "sha256", sha256("x")); }), "key.digest_unfit");
}

// CMS carries ECDSA-Sig-Value in DER, where an integer with leading zeros or without the sign
// octet is malformed; both turn up within a few hundred signatures.
TEST_P(KeyStoreSuite, every_ecdsa_signature_is_well_formed) {
  const std::string key = create("ec-p256");
  const std::string info = spki(key);
  const testing::PublicKey verifier(info);
  for (int i = 0; i < 400; ++i) {
    const std::string digest = sha256(std::to_string(i));
    const std::string signature = sign(key, "sha256", digest);
    ASSERT_TRUE(verifier.verifies("sha256", digest, signature)) << to_hex(signature);
    ASSERT_EQ(static_cast<unsigned char>(signature[1]) + 2u, signature.size());
  }
}

TEST_P(KeyStoreSuite, keys_have_ids_and_halves_of_their_own) {
  const std::string one = create("ec-p256"), two = create("ec-p256");
  EXPECT_NE(one, two);
  EXPECT_NE(spki(one), spki(two));
  EXPECT_EQ(spki(one), spki(one));
}

TEST_P(KeyStoreSuite, unknown_algorithms_are_refused) {
  for (const char* algorithm : {"", "dsa", "EC-P256", "rsa-1024", "rsa-2048 ", "ec-p256\n"})
    EXPECT_EQ(code_of([&] { create(algorithm); }), "key.algorithm_unknown") << algorithm;
}

TEST_P(KeyStoreSuite, digests_that_are_not_of_the_algorithm_are_refused) {
  for (const char* kind : {"ec-p256", "rsa-2048"}) {
    const std::string key = create(kind);
    for (const std::size_t size : {0u, 20u, 31u, 33u, 48u, 64u})
      EXPECT_EQ(code_of([&] { sign(key, "sha256", std::string(size, 'd')); }), "key.digest_unfit");
    EXPECT_EQ(code_of([&] { sign(key, "sha384", std::string(32, 'd')); }), "key.digest_unfit");
    for (const char* algorithm : {"", "md5", "sha1", "SHA256", "none"})
      EXPECT_EQ(code_of([&] { sign(key, algorithm, std::string(32, 'd')); }), "key.digest_unfit")
          << algorithm;
    expect_signs(key, "and it signs after that");
  }
}

TEST_P(KeyStoreSuite, strange_and_unknown_ids_are_not_found) {
  const std::string key = create("ec-p256");
  for (const std::string& id :
       {std::string(), std::string("key_"), std::string("../../etc/passwd"),
        std::string("key_01ARZ3NDEKTSV4RRFFQ69G5FAV"), std::string("key_../01ARZ3NDEKTSV4RRFFQ69G"),
        key + "0", key.substr(0, key.size() - 1), key + std::string(1, '\0'), key + "/../" + key,
        std::string(100'000, 'k'), std::string("密钥"), std::string("\xff\xfe\x00 %s%n", 9)}) {
    EXPECT_EQ(code_of([&] { spki(id); }), "key.not_found") << id.substr(0, 64);
    EXPECT_EQ(code_of([&] { sign(id, "sha256", std::string(32, 'd')); }), "key.not_found");
    EXPECT_EQ(destroy(id), CINNABAR_REFUSED);
  }
  expect_signs(key, "and the one that is there is there");
}

TEST_P(KeyStoreSuite, keys_survive_a_restart) {
  const std::string curve = create("ec-p384"), modulus = create("rsa-2048");
  const std::string info = spki(curve);
  under_test_->reopen();
  EXPECT_EQ(spki(curve), info);
  expect_signs(curve, "after the restart");
  expect_signs(modulus, "after the restart");
}

TEST_P(KeyStoreSuite, a_destroyed_key_is_gone_for_good) {
  const std::string key = create("ec-p256"), other = create("ec-p256");
  expect_signs(key, "before");
  EXPECT_EQ(destroy(key), CINNABAR_OK);
  EXPECT_EQ(destroy(key), CINNABAR_REFUSED);
  EXPECT_EQ(code_of([&] { spki(key); }), "key.not_found");
  under_test_->reopen();
  EXPECT_EQ(code_of([&] { sign(key, "sha256", std::string(32, 'd')); }), "key.not_found");
  expect_signs(other, "which was not destroyed");
}

TEST_P(KeyStoreSuite, eight_threads_sign_with_shared_keys_and_with_their_own) {
  const std::string curve = create("ec-p256"), modulus = create("rsa-2048");
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&, i] {
      const std::string own = create("ec-p256");
      for (int k = 0; k < 10; ++k) {
        const std::string what = std::to_string(i) + "/" + std::to_string(k);
        expect_signs(curve, what);
        expect_signs(modulus, what);
        expect_signs(own, what);
      }
      EXPECT_EQ(destroy(own), CINNABAR_OK);
    });
  for (std::thread& thread : threads) thread.join();
}

}  // namespace cinnabar
