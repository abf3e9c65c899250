#include "key_shapes.hpp"

#include <cinnabar/bytes.hpp>
#include <cinnabar/der.hpp>

#include <gtest/gtest.h>

namespace cinnabar::pkcs11keys {
namespace {

std::string bytes(std::string_view hex) { return *from_hex(hex); }

TEST(KeyShapes, ThePointOfACurveMayBeWrappedOrBare) {
  // A bare point whose second octet is the length of what follows looks like a wrapped one.
  const std::string point = bytes("04" "3f") + std::string(63, 'p');
  PublicParts parts;
  parts.ec_params = plan_of("ec-p256").ec_params;
  parts.ec_point = point;
  const std::string info = subject_public_key_info(parts);
  parts.ec_point = der::octet_string(point);
  EXPECT_EQ(subject_public_key_info(parts), info);
  EXPECT_EQ(to_hex(info.substr(0, 26)), "3059301306072a8648ce3d020106082a8648ce3d030107034200");
  EXPECT_EQ(info.substr(26), point);
  parts.ec_point = point.substr(1);
  EXPECT_THROW(subject_public_key_info(parts), Error);
}

TEST(KeyShapes, SignaturesOfACurveBecomeShortestIntegers) {
  EXPECT_EQ(to_hex(ecdsa_sig_value(bytes("0000000180000002"))), "300a020101" "02050080000002");
  EXPECT_EQ(to_hex(ecdsa_sig_value(bytes("00000000ff000000"))), "300a020100" "020500ff000000");
}

TEST(KeyShapes, ALongerDigestIsCutToTheOrderOfTheCurve) {
  const std::string digest = std::string(32, 'l') + std::string(16, 'r');
  EXPECT_EQ(plan_signature(KeyKind::ec, 32, "sha384", digest).data, std::string(32, 'l'));
  EXPECT_EQ(plan_signature(KeyKind::ec, 48, "sha384", digest).data, digest);
  EXPECT_EQ(plan_signature(KeyKind::ec, 48, "sha256", digest.substr(0, 32)).data.size(), 32u);
}

// RFC 8017 9.2, note 1: the prefix of SHA-256.
TEST(KeyShapes, RsaSignsADigestInfo) {
  const SignPlan plan = plan_signature(KeyKind::rsa, 0, "sha256", std::string(32, 'd'));
  EXPECT_EQ(plan.mechanism, CKM_RSA_PKCS);
  EXPECT_EQ(to_hex(plan.data.substr(0, 19)), "3031300d060960864801650304020105000420");
  EXPECT_EQ(plan.data.substr(19), std::string(32, 'd'));
}

}  // namespace
}  // namespace cinnabar::pkcs11keys
