#include <cinnabar/cms.hpp>

#include <gtest/gtest.h>

#include <cinnabar/testing/signing.hpp>

#include <openssl/cms.h>
#include <openssl/err.h>

namespace cinnabar {
namespace {

using testing::make_identity;
using testing::MemoryKeys;
using testing::TestIdentity;

struct Sample {
  MemoryKeys keys;
  TestIdentity root, signer;
  std::string content = "the bytes of a document";
  std::string cms;
};

std::vector<std::string_view> views(const std::vector<std::string>& chain) {
  return {chain.begin(), chain.end()};
}

void sign(Sample& sample, const std::string& algorithm, CmsDigest digest,
          std::string_view token = {}) {
  sample.root = make_identity(sample.keys, {"Root", "ec-p384", true, false});
  sample.signer = make_identity(sample.keys, {"Signer", algorithm, false, false}, &sample.root);
  const CmsSigner signer(views(sample.signer.chain), digest);
  const std::string attributes = signer.attributes(cms::kData, signer.digest_of(sample.content));
  const std::string signature = sample.keys.sign(sample.signer.key, signer.digest_name(),
                                                 signer.attributes_digest(attributes));
  sample.cms = signer.assemble(cms::kData, {}, attributes, signature, token);
  EXPECT_LE(sample.cms.size(), signer.size_max(token.size()));
  EXPECT_GE(sample.cms.size() + 200, signer.size_max(token.size())) << "room is wasted";
}

// Verifies with libcrypto, chain included; returns its reason when it says no.
std::string verify(const Sample& sample, std::string_view content) {
  const auto* der = reinterpret_cast<const unsigned char*>(sample.cms.data());
  CMS_ContentInfo* info = d2i_CMS_ContentInfo(nullptr, &der, static_cast<long>(sample.cms.size()));
  if (!info) return "not CMS";
  X509_STORE* store = X509_STORE_new();
  const auto* root = reinterpret_cast<const unsigned char*>(sample.root.chain[0].data());
  X509* certificate = d2i_X509(nullptr, &root, static_cast<long>(sample.root.chain[0].size()));
  X509_STORE_add_cert(store, certificate);
  BIO* in = BIO_new_mem_buf(content.data(), static_cast<int>(content.size()));
  const int good = CMS_verify(info, nullptr, store, in, nullptr, CMS_BINARY | CMS_CADES);
  const std::string reason = good == 1 ? "" : ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  BIO_free(in);
  X509_free(certificate);
  X509_STORE_free(store);
  CMS_ContentInfo_free(info);
  return reason;
}

TEST(Cms, IsValidForEveryKindOfKey) {
  for (const auto& [algorithm, digest] :
       {std::pair{"ec-p256", CmsDigest::sha256}, std::pair{"ec-p384", CmsDigest::sha384},
        std::pair{"ec-p384", CmsDigest::sha256}, std::pair{"rsa-2048", CmsDigest::sha256},
        std::pair{"rsa-3072", CmsDigest::sha384}}) {
    Sample sample;
    sign(sample, algorithm, digest);
    EXPECT_EQ(verify(sample, sample.content), "") << algorithm;
    EXPECT_NE(verify(sample, sample.content + "x"), "") << algorithm;
  }
}

TEST(Cms, HoldsExactlyWhatPadesAllows) {
  Sample sample;
  sign(sample, "ec-p256", CmsDigest::sha256);
  const auto* der = reinterpret_cast<const unsigned char*>(sample.cms.data());
  CMS_ContentInfo* info = d2i_CMS_ContentInfo(nullptr, &der, static_cast<long>(sample.cms.size()));
  ASSERT_NE(info, nullptr);
  const auto* signers = CMS_get0_SignerInfos(info);
  ASSERT_EQ(sk_CMS_SignerInfo_num(signers), 1);
  CMS_SignerInfo* signer = sk_CMS_SignerInfo_value(signers, 0);
  EXPECT_EQ(CMS_signed_get_attr_count(signer), 3);
  EXPECT_GE(CMS_signed_get_attr_by_NID(signer, NID_pkcs9_contentType, -1), 0);
  EXPECT_GE(CMS_signed_get_attr_by_NID(signer, NID_pkcs9_messageDigest, -1), 0);
  EXPECT_GE(CMS_signed_get_attr_by_NID(signer, NID_id_smime_aa_signingCertificateV2, -1), 0);
  EXPECT_LT(CMS_signed_get_attr_by_NID(signer, NID_pkcs9_signingTime, -1), 0);
  STACK_OF(X509)* certificates = CMS_get1_certs(info);
  EXPECT_EQ(sk_X509_num(certificates), 2);
  sk_X509_pop_free(certificates, X509_free);

  // DER throughout: libcrypto's own encoding is the same, byte for byte.
  unsigned char* again = nullptr;
  const int size = i2d_CMS_ContentInfo(info, &again);
  EXPECT_EQ(std::string(reinterpret_cast<char*>(again), static_cast<std::size_t>(size)),
            sample.cms);
  OPENSSL_free(again);
  CMS_ContentInfo_free(info);
}

TEST(Cms, CarriesATimestampTokenUnsigned) {
  Sample sample;
  const std::string token = der::sequence(der::integer(7));
  sign(sample, "ec-p256", CmsDigest::sha256, token);
  EXPECT_EQ(verify(sample, sample.content), "");
  const auto* der = reinterpret_cast<const unsigned char*>(sample.cms.data());
  CMS_ContentInfo* info = d2i_CMS_ContentInfo(nullptr, &der, static_cast<long>(sample.cms.size()));
  CMS_SignerInfo* signer = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(info), 0);
  EXPECT_GE(CMS_unsigned_get_attr_by_NID(signer, NID_id_smime_aa_timeStampToken, -1), 0);
  CMS_ContentInfo_free(info);
}

TEST(Cms, RefusesCertificatesItCannotRead) {
  EXPECT_THROW(CmsSigner({}), Error);
  EXPECT_THROW(CmsSigner({"not a certificate"}), Error);
  Sample sample;
  sign(sample, "ec-p256", CmsDigest::sha256);
  const std::string& whole = sample.signer.chain.front();
  for (std::size_t size = 0; size < whole.size(); size += 7) {
    const std::string cut = whole.substr(0, size);
    EXPECT_THROW(CmsSigner({cut}), Error) << size;
  }
}

TEST(Cms, AChangedCertificateIsReadOrRefusedButNothingElse) {
  Sample sample;
  sign(sample, "ec-p256", CmsDigest::sha256);
  const std::string& whole = sample.signer.chain.front();
  int refused = 0;
  for (std::size_t i = 0; i < whole.size(); ++i)
    for (const int change : {0x01, 0x80, 0xFF}) {
      std::string bad = whole;
      bad[i] = static_cast<char>(bad[i] ^ change);
      try {
        const CmsSigner signer({bad});
        EXPECT_GT(signer.size_max(0), bad.size());
      } catch (const Error&) {
        ++refused;
      }
    }
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace cinnabar
