#include "container.hpp"

#include <cinnabar/testing/pdf_updates.hpp>

#include <gtest/gtest.h>

namespace cinnabar::pdf {
namespace {

// What OpenSSL makes of the whole: null when it refuses.
Ssl<CMS_ContentInfo> by_openssl(const std::string& der) {
  const unsigned char* at = octets(der);
  return Ssl<CMS_ContentInfo>(d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(der.size())));
}

int certificates_by_openssl(const std::string& der) {
  const Ssl<CMS_ContentInfo> cms = by_openssl(der);
  const Ssl<STACK_OF(X509)> certificates(cms == nullptr ? nullptr : CMS_get1_certs(cms.get()));
  return std::max(0, sk_X509_num(certificates.get()));
}

// "[0] certificates" of the object: offset and size with its head.
std::pair<std::size_t, std::size_t> certificates_of(const std::string& der) {
  const std::size_t at = der.find("\xA0\x82", 20);
  return {at, 4 + static_cast<unsigned char>(der[at + 2]) * 256u +
                  static_cast<unsigned char>(der[at + 3])};
}

TEST(Container, GivesTheCertificatesThatOpensslGives) {
  const std::string der = test::cms_over("text");
  const Container whole = read_container(der + std::string(9, '\0'));
  ASSERT_TRUE(whole.cms);
  EXPECT_EQ(whole.size, der.size());
  ASSERT_EQ(whole.certificates.size(), 1u);
  EXPECT_EQ(X509_cmp(whole.certificates[0].get(), test::identity().certificate.get()), 0);
  EXPECT_NE(CMS_get0_SignerInfos(whole.cms.get()), nullptr);
}

TEST(Container, RefusesAndAcceptsWhatOpensslDoes) {
  const std::string der = test::cms_over("text");
  for (std::size_t i = 0; i < der.size(); ++i) {
    for (const char value : {'\x00', '\x30', '\x80', '\xA0', static_cast<char>(der[i] ^ 1)}) {
      std::string changed = der;
      changed[i] = value;
      const Container read = read_container(changed);
      EXPECT_EQ(read.cms != nullptr, by_openssl(changed) != nullptr) << i << " " << int(value);
      EXPECT_EQ(static_cast<int>(read.certificates.size()), certificates_by_openssl(changed)) << i;
    }
  }
}

TEST(Container, KnowsTheSizeOfValuesOfEachForm) {
  const auto text = [](std::initializer_list<int> bytes) {
    return std::string(bytes.begin(), bytes.end());
  };
  const std::string noise = "\x80\x24noise";
  const std::string definite = text({0x30, 3, 2, 1, 5});
  EXPECT_EQ(value_size(definite + noise), definite.size());
  // An octet string in pieces inside of a sequence, both of open length; one of no bytes in it.
  const std::string open = text({0x30, 0x80, 0x24, 0x80, 4, 2, 0, 0, 4, 0, 0, 0, 2, 1, 5, 0, 0});
  EXPECT_EQ(value_size(open + noise), open.size());
  EXPECT_EQ(value_size(open.substr(0, 15)), 15u);  // without its end: all of it
  const std::string deep = [] {
    std::string out;
    for (int i = 0; i < 100; ++i) out += "\x30\x80";
    return out;
  }();
  EXPECT_EQ(value_size(deep), deep.size());
  EXPECT_EQ(value_size(""), 0u);
}

TEST(Container, HasOneSetOfCertificates) {
  std::string der = test::cms_over("text");
  const auto [at, size] = certificates_of(der);
  const std::string set = der.substr(at, size);
  ASSERT_EQ(read_container(der).certificates.size(), 1u);
  // All heads around it have lengths of two bytes.
  const auto longer = [&](std::size_t head) {
    const std::size_t length = static_cast<unsigned char>(der[head + 2]) * 256u +
                               static_cast<unsigned char>(der[head + 3]) + set.size();
    der[head + 2] = static_cast<char>(length >> 8);
    der[head + 3] = static_cast<char>(length & 255);
  };
  der.insert(at, set);
  longer(0);
  longer(15);
  longer(19);
  EXPECT_EQ(by_openssl(der), nullptr);
  EXPECT_EQ(read_container(der).cms, nullptr);
}

}  // namespace
}  // namespace cinnabar::pdf
