#include "enrolment.hpp"

#include <cinnabar/bytes.hpp>
#include <cinnabar/cms.hpp>

#include <openssl/pkcs7.h>

#include <algorithm>

namespace cinnabar::est {
namespace {

const std::string kSha256WithRsa = der::sequence(der::oid("1.2.840.113549.1.1.11"), der::null());
const std::string kP384 = der::oid("1.3.132.0.34");

std::string part(const char* type, const std::string& value, bool printable = false) {
  if (value.empty()) return {};
  const std::string text = printable ? der::printable_string(value) : der::utf8_string(value);
  return der::element(der::kSet, der::sequence(der::oid(type), text));
}

std::string name_of(const Subject& subject) {
  // PrintableString, which serialNumber is, has no underscore.
  std::string identifier = subject.identifier;
  std::replace(identifier.begin(), identifier.end(), '_', '-');
  return der::sequence(part("2.5.4.6", subject.country, true),
                       part("2.5.4.10", subject.organization), part("2.5.4.3", subject.common_name),
                       part("2.5.4.5", identifier, true));
}

[[noreturn]] void invalid(std::string reason) {
  throw Error("certificate.invalid", {{"reason", std::move(reason)}}, {}, CINNABAR_UNAVAILABLE);
}

}  // namespace

std::string build_request(const Subject& subject, std::string_view public_key, const Sign& sign) {
  der::Reader algorithm = der::Reader(public_key).enter().enter();
  const bool rsa = algorithm.expect(der::kOid).whole == cms::kRsaEncryption;
  const bool strong = !rsa && algorithm.next_is(der::kOid) && algorithm.next().whole == kP384;
  const std::string info = der::sequence(der::integer(0), name_of(subject), public_key,
                                         der::element(der::context(0), ""));
  const std::string signature =
      strong ? sign("sha384", sha384(info)) : sign("sha256", sha256(info));
  return der::sequence(info,
                       rsa      ? kSha256WithRsa
                       : strong ? cms::kEcdsaSha384
                                : cms::kEcdsaSha256,
                       der::bit_string(signature));
}

x509::Certificate enrolled(std::string_view answer, std::string_view public_key) {
  std::string text(answer);
  std::erase_if(text, [](char c) { return c == '\n' || c == '\r' || c == ' ' || c == '\t'; });
  const auto der = from_base64(text);
  if (!der) invalid("it is not base64");
  const auto* at = reinterpret_cast<const unsigned char*>(der->data());
  const std::unique_ptr<PKCS7, x509::Freeing<PKCS7_free>> parsed(
      d2i_PKCS7(nullptr, &at, static_cast<long>(der->size())));
  ERR_clear_error();
  if (!parsed || !PKCS7_type_is_signed(parsed.get())) invalid("it is no certs-only message");
  STACK_OF(X509)* certificates = parsed->d.sign->cert;
  for (int i = 0; i < sk_X509_num(certificates); ++i) {
    X509* certificate = sk_X509_value(certificates, i);
    if (cinnabar::der::parse_certificate(x509::to_der(certificate)).public_key != public_key)
      continue;
    X509_up_ref(certificate);
    return x509::Certificate(certificate);
  }
  invalid("it has no certificate over the key that was sent");
}

}  // namespace cinnabar::est
