#include "certificate.hpp"

#include <algorithm>

namespace cinnabar::builtinca {
namespace {

const std::string kCountry = der::oid("2.5.4.6");
const std::string kOrganization = der::oid("2.5.4.10");
const std::string kCommonName = der::oid("2.5.4.3");
const std::string kSerialNumber = der::oid("2.5.4.5");

const std::string kSubjectKeyIdentifier = der::oid("2.5.29.14");
const std::string kKeyUsage = der::oid("2.5.29.15");
const std::string kBasicConstraints = der::oid("2.5.29.19");
const std::string kCertificatePolicies = der::oid("2.5.29.32");
const std::string kAuthorityKeyIdentifier = der::oid("2.5.29.35");
const std::string kExtendedKeyUsage = der::oid("2.5.29.37");

const std::string kTimeStamping = der::oid("1.3.6.1.5.5.7.3.8");
const std::string kDocumentSigning = der::oid("1.3.6.1.5.5.7.3.36");  // RFC 9336
// Validators of before RFC 9336 look for this one in a signer of documents.
const std::string kEmailProtection = der::oid("1.3.6.1.5.5.7.3.4");

bool printable(std::string_view text) {
  constexpr std::string_view kMarks = " '()+,-./:=?";
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

std::string name_part(const std::string& type, std::string_view value) {
  return der::element(der::kSet, der::sequence(type, value));
}

std::string extension(const std::string& type, bool critical, std::string_view value) {
  const std::string flag = critical ? der::boolean(true) : std::string();
  return der::sequence(type, flag, der::octet_string(value));
}

// RFC 7093 method 1: the leftmost 160 bits of the SHA-256 of the key's bits.
std::string key_identifier(std::string_view public_key) {
  der::Reader info = der::Reader(public_key).enter();
  info.expect(der::kSequence);
  std::string_view bits = info.expect(der::kBitString).content;
  if (!bits.empty()) bits.remove_prefix(1);  // the count of unused bits
  return sha256(bits).substr(0, 20);
}

std::string key_usage(Profile profile) {
  // The first bit is the highest: digitalSignature, nonRepudiation; keyCertSign (5), cRLSign (6).
  switch (profile) {
    case Profile::root:
    case Profile::issuing: return der::bit_string("\x06", 1);
    case Profile::signer:
    case Profile::timestamp: break;
  }
  return der::bit_string("\xC0", 6);
}

std::string basic_constraints(Profile profile) {
  switch (profile) {
    case Profile::root: return der::sequence(der::boolean(true));
    case Profile::issuing: return der::sequence(der::boolean(true), der::integer(0));
    case Profile::signer:
    case Profile::timestamp: break;
  }
  return der::sequence();
}

std::string extensions(const CertificatePlan& plan, const Issuer& issuer) {
  std::string list = extension(kBasicConstraints, true, basic_constraints(plan.profile));
  list += extension(kKeyUsage, true, key_usage(plan.profile));
  // RFC 3161 2.3: the usage of a timestamp authority stands alone and is critical.
  if (plan.profile == Profile::timestamp)
    list += extension(kExtendedKeyUsage, true, der::sequence(kTimeStamping));
  if (plan.profile == Profile::signer)
    list += extension(kExtendedKeyUsage, false, der::sequence(kDocumentSigning, kEmailProtection));
  list +=
      extension(kSubjectKeyIdentifier, false, der::octet_string(key_identifier(plan.public_key)));
  if (plan.profile != Profile::root)
    list += extension(
        kAuthorityKeyIdentifier, false,
        der::sequence(der::element(der::context_primitive(0), key_identifier(issuer.public_key))));
  if (!plan.policy.empty())
    list +=
        extension(kCertificatePolicies, false, der::sequence(der::sequence(der::oid(plan.policy))));
  return der::element(der::context(3), der::sequence(list));
}

}  // namespace

std::string encode_name(const Subject& subject) {
  std::string parts;
  if (!subject.country.empty())
    parts += name_part(kCountry, der::printable_string(subject.country));
  if (!subject.organization.empty())
    parts += name_part(kOrganization, der::utf8_string(subject.organization));
  parts += name_part(kCommonName, der::utf8_string(subject.common_name));
  if (!subject.identifier.empty()) {
    std::string identifier = subject.identifier;
    std::replace(identifier.begin(), identifier.end(), '_', '-');
    parts += name_part(kSerialNumber, printable(identifier) ? der::printable_string(identifier)
                                                            : der::utf8_string(subject.identifier));
  }
  return der::sequence(parts);
}

std::string build_certificate(const CertificatePlan& plan, const Issuer& issuer) {
  const std::string subject = encode_name(plan.subject);
  const bool is_sha256 = issuer.digest == CmsDigest::sha256;
  const std::string& algorithm = is_sha256 ? cms::kEcdsaSha256 : cms::kEcdsaSha384;
  const std::string tbs = der::sequence(
      der::element(der::context(0), der::integer(2)),  // version 3
      der::unsigned_integer(plan.serial), algorithm, issuer.name.empty() ? subject : issuer.name,
      der::sequence(der::certificate_time(plan.not_before), der::certificate_time(plan.not_after)),
      subject, plan.public_key, extensions(plan, issuer));
  const std::string signature =
      issuer.sign(is_sha256 ? "sha256" : "sha384", is_sha256 ? sha256(tbs) : sha384(tbs));
  return der::sequence(tbs, algorithm, der::bit_string(signature));
}

}  // namespace cinnabar::builtinca
