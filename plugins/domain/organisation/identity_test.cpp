#include "identity.hpp"

#include <cinnabar/password_hash.hpp>

#include <gtest/gtest.h>

namespace cinnabar {
namespace {

TEST(Mobile, HasOneSpelling) {
  EXPECT_EQ(normal_mobile("13800138000"), "13800138000");
  EXPECT_EQ(normal_mobile("8613800138000"), "13800138000");
  EXPECT_EQ(normal_mobile("+8613800138000"), "13800138000");
  EXPECT_EQ(normal_mobile("+85291234567"), "+85291234567");
  EXPECT_EQ(normal_mobile("+861"), "+861");
}

TEST(Name, LosesTheBlanksAroundIt) {
  EXPECT_EQ(trimmed(" \u3000李雪\t "), "李雪");
  EXPECT_EQ(trimmed("Ada Lovelace"), "Ada Lovelace");
  EXPECT_EQ(trimmed(" \u3000"), "");
}

TEST(Digest, IsThatOfFips180) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Base64Url, UsesTheUrlAlphabetWithoutPadding) {
  EXPECT_EQ(base64url("\xfb\xff\xfe"), "-__-");
  EXPECT_EQ(base64url("a"), "YQ");
}

TEST(Password, MatchesItselfOnly) {
  const std::string stored = hash_password("correct horse", std::string(kPasswordSaltSize, 's'));
  EXPECT_TRUE(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << stored;
  EXPECT_TRUE(password_matches("correct horse", stored));
  EXPECT_FALSE(password_matches("correct horsf", stored));
  EXPECT_FALSE(password_matches("", stored));
}

// The reference library is the other implementation: only its memory is ours in password_hash.hpp.
TEST(Password, TakesHashesOfOtherImplementations) {
  char encoded[128];
  ASSERT_EQ(argon2id_hash_encoded(2, 19456, 1, "password", 8, "somesalt", 8, 32, encoded,
                                  sizeof encoded),
            ARGON2_OK);
  EXPECT_TRUE(password_matches("password", encoded));
  EXPECT_FALSE(password_matches("Password", encoded));
}

TEST(Password, RefusesWhatIsNoHashOrAsksForTooMuch) {
  for (const char* stored :
       {"", "$", "password", "$argon2id$v=19$m=19456,t=2,p=1$", "$argon2id$v=19$m=19456,t=2,p=1$$",
        "$argon2id$v=19$m=999999999,t=2,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=19456,t=999999,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=19456,t=2,p=1$!!!$AAAAAAAAAAAAAAAAAAAAAA"})
    EXPECT_FALSE(password_matches("", stored)) << stored;
}

}  // namespace
}  // namespace cinnabar
