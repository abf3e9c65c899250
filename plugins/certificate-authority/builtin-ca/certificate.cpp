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

const std::string kCrlDistributionPoints = der::oid("2.5.29.31");
const std::string kAuthorityInfoAccess = der::oid("1.3.6.1.5.5.7.1.1");
const std::string kOcspNoCheck = der::oid("1.3.6.1.5.5.7.48.1.5");
const std::string kAccessOcsp = der::oid("1.3.6.1.5.5.7.48.1");
const std::string kAccessIssuers = der::oid("1.3.6.1.5.5.7.48.2");

const std::string kOcspSigning = der::oid("1.3.6.1.5.5.7.3.9");
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

// RFC 7093 method 1: the leftmost 160 bits of the SHA-256 of the key's bits.
std::string key_identifier(std::string_view public_key) {
  return sha256(key_bits(public_key)).substr(0, 20);
}

std::string key_usage(Profile profile) {
  // The first bit is the highest: digitalSignature, nonRepudiation; keyCertSign (5), cRLSign (6).
  switch (profile) {
    case Profile::root:
    case Profile::issuing: return der::bit_string("\x06", 1);
    case Profile::responder: return der::bit_string("\x80", 7);
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
    case Profile::timestamp:
    case Profile::responder: break;
  }
  return der::sequence();
}

std::string uri(std::string_view address) {
  return der::element(der::context_primitive(6), address);
}

// RFC 5280 4.2.1.13 and 4.2.2.1.
std::string status_extensions(const StatusAddresses& status) {
  std::string list;
  if (!status.crl.empty()) {
    const std::string full_name = der::element(der::context(0), uri(status.crl));
    list += extension(kCrlDistributionPoints, false,
                      der::sequence(der::sequence(der::element(der::context(0), full_name))));
  }
  std::string access;
  if (!status.ocsp.empty()) access += der::sequence(kAccessOcsp, uri(status.ocsp));
  if (!status.issuer.empty()) access += der::sequence(kAccessIssuers, uri(status.issuer));
  if (!access.empty()) list += extension(kAuthorityInfoAccess, false, der::sequence(access));
  return list;
}

std::string extensions(const CertificatePlan& plan, const Issuer& issuer) {
  std::string list = extension(kBasicConstraints, true, basic_constraints(plan.profile));
  list += extension(kKeyUsage, true, key_usage(plan.profile));
  // RFC 3161 2.3: the usage of a timestamp authority stands alone and is critical.
  if (plan.profile == Profile::timestamp)
    list += extension(kExtendedKeyUsage, true, der::sequence(kTimeStamping));
  if (plan.profile == Profile::signer)
    list += extension(kExtendedKeyUsage, false, der::sequence(kDocumentSigning, kEmailProtection));
  // RFC 6960 4.2.2.2.1: nobody is asked whether the one who answers is revoked; it lives shortly.
  if (plan.profile == Profile::responder) {
    list += extension(kExtendedKeyUsage, false, der::sequence(kOcspSigning));
    list += extension(kOcspNoCheck, false, der::null());
  }
  list +=
      extension(kSubjectKeyIdentifier, false, der::octet_string(key_identifier(plan.public_key)));
  if (plan.profile != Profile::root) list += authority_key_identifier(issuer);
  if (!plan.policy.empty())
    list +=
        extension(kCertificatePolicies, false, der::sequence(der::sequence(der::oid(plan.policy))));
  list += status_extensions(plan.status);
  return der::element(der::context(3), der::sequence(list));
}

}  // namespace

std::string_view key_bits(std::string_view public_key) {
  der::Reader info = der::Reader(public_key).enter();
  info.expect(der::kSequence);
  std::string_view bits = info.expect(der::kBitString).content;
  if (!bits.empty()) bits.remove_prefix(1);  // the count of unused bits
  return bits;
}

std::string extension(std::string_view type, bool critical, std::string_view value) {
  const std::string flag = critical ? der::boolean(true) : std::string();
  return der::sequence(type, flag, der::octet_string(value));
}

std::string authority_key_identifier(const Issuer& issuer) {
  return extension(
      kAuthorityKeyIdentifier, false,
      der::sequence(der::element(der::context_primitive(0), key_identifier(issuer.public_key))));
}

const std::string& algorithm_of(const Issuer& issuer) {
  return issuer.digest == CmsDigest::sha256 ? cms::kEcdsaSha256 : cms::kEcdsaSha384;
}

std::string sign_structure(std::string_view tbs, const Issuer& issuer) {
  const bool is_sha256 = issuer.digest == CmsDigest::sha256;
  const std::string signature =
      issuer.sign(is_sha256 ? "sha256" : "sha384", is_sha256 ? sha256(tbs) : sha384(tbs));
  return der::sequence(tbs, algorithm_of(issuer), der::bit_string(signature));
}

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
  return sign_structure(der::sequence(der::element(der::context(0), der::integer(2)),  // version 3
                                      der::unsigned_integer(plan.serial), algorithm_of(issuer),
                                      issuer.name.empty() ? subject : issuer.name,
                                      der::sequence(der::certificate_time(plan.not_before),
                                                    der::certificate_time(plan.not_after)),
                                      subject, plan.public_key, extensions(plan, issuer)),
                        issuer);
}

}  // namespace cinnabar::builtinca
