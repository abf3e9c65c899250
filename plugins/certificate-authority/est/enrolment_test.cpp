#include "enrolment.hpp"

#include <cinnabar/bytes.hpp>
#include <cinnabar/der.hpp>
#include <cinnabar/testing/signing.hpp>

#include <gtest/gtest.h>

#include <openssl/pkcs7.h>

namespace cinnabar::est {
namespace {

using Parsed = std::unique_ptr<X509_REQ, x509::Freeing<X509_REQ_free>>;

struct Made {
  explicit Made(const char* algorithm) : key(keys.create(algorithm)) {
    const std::string der =
        build_request({"CN", "某公司", "合同专用章", "sel_01J"}, keys.public_key(key),
                      [this](std::string_view digest, std::string_view bytes) {
                        return keys.sign(key, digest, bytes);
                      });
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    request.reset(d2i_X509_REQ(nullptr, &at, static_cast<long>(der.size())));
  }
  testing::MemoryKeys keys;
  std::string key;
  Parsed request;
};

TEST(Enrolment, RequestsAreSignedByTheirKey) {
  for (const char* algorithm : {"ec-p256", "ec-p384", "rsa-2048"}) {
    Made made(algorithm);
    ASSERT_TRUE(made.request) << algorithm;
    EXPECT_EQ(X509_REQ_verify(made.request.get(), X509_REQ_get0_pubkey(made.request.get())), 1)
        << algorithm;
  }
}

TEST(Enrolment, RequestsNameTheirSubject) {
  Made made("ec-p256");
  char text[512];
  const std::unique_ptr<BIO, x509::Freeing<BIO_free_all>> out(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(out.get(), X509_REQ_get_subject_name(made.request.get()), 0,
                     XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
  const int size = BIO_read(out.get(), text, sizeof text);
  EXPECT_EQ(std::string(text, static_cast<std::size_t>(size)),
            "C = CN, O = 某公司, CN = 合同专用章, serialNumber = sel-01J");
}

// A certs-only message in base64, in lines as servers send it.
std::string message(const std::vector<std::string>& certificates) {
  const std::unique_ptr<PKCS7, x509::Freeing<PKCS7_free>> made(PKCS7_new());
  PKCS7_set_type(made.get(), NID_pkcs7_signed);
  PKCS7_content_new(made.get(), NID_pkcs7_data);
  for (const std::string& certificate : certificates)
    PKCS7_add_certificate(made.get(), x509::from_der(certificate).get());
  unsigned char* der = nullptr;
  const int size = i2d_PKCS7(made.get(), &der);
  std::string text =
      to_base64(std::string_view(reinterpret_cast<char*>(der), static_cast<std::size_t>(size)));
  OPENSSL_free(der);
  for (std::size_t at = 64; at < text.size(); at += 66) text.insert(at, "\r\n");
  return text + "\n";
}

TEST(Enrolment, FindsTheCertificateOverTheKeyAmongOthers) {
  testing::MemoryKeys keys;
  const auto root = testing::make_identity(keys, {"Root", "ec-p384", true, false});
  const auto own = testing::make_identity(keys, {"Own", "ec-p256", false, false}, &root);
  const auto other = testing::make_identity(keys, {"Other", "ec-p256", false, false}, &root);
  const std::string key = keys.public_key(own.key);
  EXPECT_EQ(x509::to_der(enrolled(message({root.chain[0], own.chain[0]}), key).get()),
            own.chain[0]);
  for (const std::string& bad : {message({root.chain[0], other.chain[0]}), message({}),
                                 std::string("<html>"), std::string(), to_base64("nonsense")}) {
    try {
      enrolled(bad, key);
      ADD_FAILURE() << bad;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "certificate.invalid");
    }
  }
}

}  // namespace
}  // namespace cinnabar::est
