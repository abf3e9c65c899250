// X.509 certificates built by hand (RFC 5280): the profiles of the built-in authority. Pure
// functions; the issuer's key is used through a function.
#pragma once

#include <cinnabar/cms.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace cinnabar::builtinca {

inline constexpr der::Tag kEnumerated = 0x0A;

// Who a certificate names. Empty parts are left out.
struct Subject {
  std::string country;  // two letters
  std::string organization;
  std::string common_name;
  std::string identifier;  // serialNumber of the name
};

enum class Profile { root, issuing, signer, timestamp, responder };

// Where a certificate says that its status is found. Empty parts are left out.
struct StatusAddresses {
  std::string crl;
  std::string ocsp;
  std::string issuer;  // of the issuer's certificate
};

struct CertificatePlan {
  Profile profile = Profile::signer;
  Subject subject;
  std::string public_key;  // SubjectPublicKeyInfo, DER
  std::string serial;      // 16 random bytes
  Time not_before;
  Time not_after;
  std::string policy;  // dotted; empty: none
  StatusAddresses status;
};

// The authority's side: its name and key as its certificate has them, and its signature.
struct Issuer {
  std::string name;        // DER; empty: the certificate names itself
  std::string public_key;  // SubjectPublicKeyInfo, DER
  CmsDigest digest = CmsDigest::sha256;
  std::function<std::string(std::string_view digest_algorithm, std::string_view digest)> sign;
};

// The Name of a subject, DER. Texts are UTF8String, country and identifier PrintableString where
// they can be (an underscore of our ids, which that lacks, becomes a hyphen).
std::string encode_name(const Subject& subject);

// The certificate, DER.
std::string build_certificate(const CertificatePlan& plan, const Issuer& issuer);

// What certificates and lists of revoked ones have in common.
const std::string& algorithm_of(const Issuer& issuer);  // AlgorithmIdentifier
std::string sign_structure(std::string_view tbs, const Issuer& issuer);
std::string extension(std::string_view type, bool critical, std::string_view value);
std::string authority_key_identifier(const Issuer& issuer);  // the extension
std::string_view key_bits(std::string_view public_key);      // of a SubjectPublicKeyInfo

}  // namespace cinnabar::builtinca
