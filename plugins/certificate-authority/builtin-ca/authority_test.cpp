#include "test_world.hpp"

#include <cinnabar/durable_file.hpp>

#include <gtest/gtest.h>

#include <set>
#include <thread>

namespace cinnabar::builtinca {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

struct FreeX509 {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Certificate = std::unique_ptr<X509, FreeX509>;

Certificate parse(const Bytes& der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.view().data());
  Certificate certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  EXPECT_TRUE(certificate) << "not a certificate";
  return certificate;
}

// Validates the chain for the purpose, strictly; returns libcrypto's reason when it says no.
std::string validate(const std::vector<Bytes>& chain, int purpose) {
  const Certificate own = parse(chain[0]), issuing = parse(chain[1]), root = parse(chain[2]);
  X509_STORE* store = X509_STORE_new();
  X509_STORE_add_cert(store, root.get());
  STACK_OF(X509)* untrusted = sk_X509_new_null();
  sk_X509_push(untrusted, issuing.get());
  X509_STORE_CTX* context = X509_STORE_CTX_new();
  X509_STORE_CTX_init(context, store, own.get(), untrusted);
  X509_STORE_CTX_set_purpose(context, purpose);
  X509_STORE_CTX_set_flags(context, X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE);
  const int good = X509_verify_cert(context);
  const std::string reason =
      good == 1 ? "" : X509_verify_cert_error_string(X509_STORE_CTX_get_error(context));
  X509_STORE_CTX_free(context);
  sk_X509_free(untrusted);
  X509_STORE_free(store);
  return reason;
}

std::string subject_of(const Certificate& certificate) {
  BIO* out = BIO_new(BIO_s_mem());
  X509_NAME_print_ex(out, X509_get_subject_name(certificate.get()), 0,
                     XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
  char* text = nullptr;
  const long size = BIO_get_mem_data(out, &text);
  std::string result(text, static_cast<std::size_t>(size));
  BIO_free(out);
  return result;
}

TEST(Authority, IssuesValidChainsForEveryProfile) {
  World world;
  Authority authority = world.authority();
  for (const char* profile : {"document", "enterprise", "person"}) {
    const Credential credential = authority.issue({profile, "某某", "某公司", "ent_01X", "file"});
    ASSERT_EQ(credential.chain.size(), 3u);
    EXPECT_EQ(validate(credential.chain, X509_PURPOSE_SMIME_SIGN), "") << profile;
    EXPECT_NE(validate(credential.chain, X509_PURPOSE_TIMESTAMP_SIGN), "") << profile;
    EXPECT_NE(validate(credential.chain, X509_PURPOSE_SSL_SERVER), "") << profile;
  }
  const Credential tsa = authority.issue({"timestamp", "TSA", "", "tsa_1", "file"});
  EXPECT_EQ(validate(tsa.chain, X509_PURPOSE_TIMESTAMP_SIGN), "");
  EXPECT_NE(validate(tsa.chain, X509_PURPOSE_SMIME_SIGN), "");
}

TEST(Authority, WritesChineseNamesAsUtf8) {
  World world;
  const Credential credential = world.authority().issue(
      {"enterprise", "深圳示例有限公司", "深圳示例有限公司", "ent_01J2", "file"});
  const Certificate own = parse(credential.chain[0]);
  EXPECT_EQ(subject_of(own),
            "C = CN, O = 深圳示例有限公司, CN = 深圳示例有限公司, serialNumber = ent-01J2");
  const int at = X509_NAME_get_index_by_NID(X509_get_subject_name(own.get()), NID_commonName, -1);
  const auto* entry = X509_NAME_get_entry(X509_get_subject_name(own.get()), at);
  EXPECT_EQ(ASN1_STRING_type(X509_NAME_ENTRY_get_data(entry)), V_ASN1_UTF8STRING);
}

TEST(Authority, StatesUsagesAndConstraints) {
  World world;
  Authority authority = world.authority();
  const Credential credential = authority.issue({"person", "张三", "", "per_1", "file"});
  const Certificate own = parse(credential.chain[0]), issuing = parse(credential.chain[1]),
                    root = parse(credential.chain[2]);
  EXPECT_EQ(X509_get_key_usage(own.get()),
            std::uint32_t{KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION});
  EXPECT_EQ(X509_get_key_usage(issuing.get()), std::uint32_t{KU_KEY_CERT_SIGN | KU_CRL_SIGN});
  EXPECT_EQ(X509_get_pathlen(issuing.get()), 0);
  EXPECT_EQ(X509_get_pathlen(root.get()), -1);
  EXPECT_EQ(X509_check_ca(own.get()), 0);
  EXPECT_EQ(X509_check_ca(issuing.get()), 1);
  EXPECT_NE(X509_get0_subject_key_id(own.get()), nullptr);
  EXPECT_EQ(ASN1_OCTET_STRING_cmp(X509_get0_authority_key_id(own.get()),
                                  X509_get0_subject_key_id(issuing.get())),
            0);
  EXPECT_GE(X509_get_ext_by_NID(own.get(), NID_certificate_policies, -1), 0);
  EXPECT_EQ(EVP_PKEY_get_bits(X509_get0_pubkey(root.get())), 384);
  EXPECT_EQ(EVP_PKEY_get_bits(X509_get0_pubkey(issuing.get())), 256);

  const Certificate tsa = parse(authority.issue({"timestamp", "T", "", "", "file"}).chain[0]);
  EXPECT_EQ(X509_get_extended_key_usage(tsa.get()), std::uint32_t{XKU_TIMESTAMP});
  const int at = X509_get_ext_by_NID(tsa.get(), NID_ext_key_usage, -1);
  EXPECT_EQ(X509_EXTENSION_get_critical(X509_get_ext(tsa.get(), at)), 1);
}

TEST(Authority, TellsWhatItIssued) {
  World world;
  const Credential credential = world.authority().issue({"person", "张三", "", "", "file"});
  const Certificate own = parse(credential.chain[0]);
  EXPECT_EQ(credential.sha256, to_hex(sha256(credential.chain[0].view())));
  EXPECT_EQ(credential.serial.size(), 32u);
  EXPECT_EQ(der::parse_certificate(credential.chain[0].view()).public_key,
            world.keys.public_key(credential.key.id));
  EXPECT_NEAR(static_cast<double>(credential.not_after_ms - world.now_ms), 5 * 365.25 * kDayMs,
              kDayMs);
  EXPECT_LE(credential.not_before_ms, world.now_ms);
  const auto record =
      world.folder.path / "issued" / credential.serial.substr(0, 2) / (credential.serial + ".cer");
  EXPECT_EQ(*read_small_file(record), credential.chain[0].text());
}

TEST(Authority, IsTheSameAfterARestart) {
  World world;
  const AuthorityInfo first = world.authority().info();
  const AuthorityInfo second = world.authority().info();
  EXPECT_EQ(first.chain[0].view(), second.chain[0].view());
  EXPECT_EQ(first.chain[1].view(), second.chain[1].view());
  EXPECT_EQ(first.not_after_ms, second.not_after_ms);
}

TEST(Authority, ManyFirstStartsAtOnceMakeOne) {
  World world;
  std::vector<std::string> roots(6);
  std::vector<std::thread> threads;
  for (std::string& root : roots)
    threads.emplace_back([&] { root = world.authority().info().chain[1].text(); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::set<std::string>(roots.begin(), roots.end()).size(), 1u);
}

TEST(Authority, SerialsAreRandomAndPositive) {
  World world;
  Authority authority = world.authority();
  std::set<std::string> serials;
  for (int i = 0; i < 40; ++i) {
    const std::string serial = authority.issue({"person", "张三", "", "", "file"}).serial;
    EXPECT_LT(serial[0], '8');
    serials.insert(serial);
  }
  EXPECT_EQ(serials.size(), 40u);
}

TEST(Authority, NothingOutlivesIt) {
  World world;
  Config config;
  config.issuing_years = 2;
  Authority authority = world.authority(config);
  const Credential credential = authority.issue({"person", "张三", "", "", "file"});
  EXPECT_EQ(credential.not_after_ms, authority.info().not_after_ms);
  world.now_ms = authority.info().not_after_ms;
  try {
    authority.issue({"person", "张三", "", "", "file"});
    FAIL() << "issued after its end";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "certificate.authority_expired");
  }
}

TEST(Authority, RefusesUnknownProfilesAndDamagedFiles) {
  World world;
  Authority authority = world.authority();
  EXPECT_THROW(authority.issue({"server", "x", "", "", "file"}), Error);
  write_durable(world.folder.path / "authority.json", "{\"version\":1}");
  try {
    world.authority();
    FAIL() << "opened a damaged file";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "certificate.authority_damaged");
  }
}

}  // namespace
}  // namespace cinnabar::builtinca
