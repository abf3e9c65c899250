// CMS SignedData (RFC 5652) built by hand, as PAdES (EN 319 142-1) and RFC 3161 ask for it: exactly
// one SignerInfo; signed attributes content-type, message-digest and signing-certificate-v2
// (RFC 5035), sorted, and nothing else - no signing-time; one operation of the key.
//
//   const CmsSigner signer(chain);                                  // once per certificate
//   const std::string attributes = signer.attributes(cms::kData, digest);
//   const std::string signature = key_sign(signer.attributes_digest(attributes));
//   const std::string cms = signer.assemble(cms::kData, {}, attributes, signature, token);
//
// Needs libcrypto. A CmsSigner is immutable; any thread.
#pragma once

#include <cinnabar/der.hpp>
#include <cinnabar/digest_state.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace cinnabar {

namespace cms {
inline const std::string kData = der::oid("1.2.840.113549.1.7.1");
inline const std::string kSignedData = der::oid("1.2.840.113549.1.7.2");
inline const std::string kContentType = der::oid("1.2.840.113549.1.9.3");
inline const std::string kMessageDigest = der::oid("1.2.840.113549.1.9.4");
inline const std::string kSigningCertificateV2 = der::oid("1.2.840.113549.1.9.16.2.47");
inline const std::string kSignatureTimeStampToken = der::oid("1.2.840.113549.1.9.16.2.14");
inline const std::string kTimeStampInfo = der::oid("1.2.840.113549.1.9.16.1.4");
inline const std::string kSha256 = der::sequence(der::oid("2.16.840.1.101.3.4.2.1"));
inline const std::string kSha384 = der::sequence(der::oid("2.16.840.1.101.3.4.2.2"));
inline const std::string kEcPublicKey = der::oid("1.2.840.10045.2.1");
inline const std::string kRsaEncryption = der::oid("1.2.840.113549.1.1.1");
inline const std::string kEcdsaSha256 = der::sequence(der::oid("1.2.840.10045.4.3.2"));
inline const std::string kEcdsaSha384 = der::sequence(der::oid("1.2.840.10045.4.3.3"));
inline const std::string kRsa = der::sequence(kRsaEncryption, der::null());
}  // namespace cms

// The digest of a signature: that of the content and that of the signed attributes are one and the
// same (RFC 5754 asks for it, and validators assume it).
enum class CmsDigest { sha256, sha384 };

// The digest that is as strong as the certificate's key: SHA-384 for P-384, else SHA-256.
inline CmsDigest digest_for(std::string_view certificate) {
  static const std::string kP384 = der::oid("1.3.132.0.34");
  der::Reader algorithm =
      der::Reader(der::parse_certificate(certificate).public_key).enter().enter();
  const bool elliptic = algorithm.expect(der::kOid).whole == cms::kEcPublicKey;
  const bool strong = elliptic && algorithm.next_is(der::kOid) && algorithm.next().whole == kP384;
  return strong ? CmsDigest::sha384 : CmsDigest::sha256;
}

class CmsSigner {
 public:
  // The chain in DER, the signer's own certificate first. Throws Error "der.malformed", or
  // "signature.key_unsupported" when the certificate holds neither an EC nor an RSA key.
  explicit CmsSigner(const std::vector<std::string_view>& chain,
                     CmsDigest digest = CmsDigest::sha256)
      : digest_(digest) {
    if (chain.empty()) throw Error("signature.chain_missing");
    const der::CertificateParts own = der::parse_certificate(chain.front());
    issuer_and_serial_ = der::sequence(own.issuer, own.serial);

    // ESSCertIDv2: SHA-256 is its default algorithm and therefore left out (RFC 5035 section 4).
    const std::string general_names = der::sequence(der::element(der::context(4), own.issuer));
    const std::string certificate_id = der::sequence(der::octet_string(sha256(chain.front())),
                                                     der::sequence(general_names, own.serial));
    certificate_attribute_ =
        attribute(cms::kSigningCertificateV2, der::sequence(der::sequence(certificate_id)));

    certificates_ = der::set_of({chain.begin(), chain.end()}, der::context(0));

    der::Reader key(der::Reader(own.public_key).enter());
    der::Reader algorithm = key.enter();
    const std::string_view kind = algorithm.expect(der::kOid).whole;
    if (kind == cms::kEcPublicKey) {
      signature_algorithm_ = digest == CmsDigest::sha256 ? cms::kEcdsaSha256 : cms::kEcdsaSha384;
      // Ecdsa-Sig-Value: two integers of at most half of the point, a sign octet and a header each.
      signature_size_max_ = key.expect(der::kBitString).content.size() + 16;
    } else if (kind == cms::kRsaEncryption) {
      signature_algorithm_ = cms::kRsa;
      signature_size_max_ = key.expect(der::kBitString).content.size();
    } else {
      throw Error("signature.key_unsupported", {{"reason", "neither an EC nor an RSA key"}});
    }
  }

  CmsDigest digest() const { return digest_; }
  const char* digest_name() const { return digest_ == CmsDigest::sha256 ? "sha256" : "sha384"; }
  std::string digest_of(std::string_view bytes) const {
    return digest_ == CmsDigest::sha256 ? sha256(bytes) : sha384(bytes);
  }

  // The signed attributes for content of the type whose digest is given, as a SET OF in DER:
  // exactly what is signed (RFC 5652 5.4).
  std::string attributes(std::string_view content_type, std::string_view message_digest) const {
    return der::set_of({attribute(cms::kContentType, content_type),
                        attribute(cms::kMessageDigest, der::octet_string(message_digest)),
                        certificate_attribute_});
  }

  // What the key signs.
  std::string attributes_digest(std::string_view attributes) const { return digest_of(attributes); }

  // The whole ContentInfo. Content that is empty is detached; a token that is empty is left out.
  std::string assemble(std::string_view content_type, std::string_view content,
                       std::string_view attributes, std::string_view signature,
                       std::string_view token = {}) const {
    const std::string_view digest_algorithm =
        digest_ == CmsDigest::sha256 ? cms::kSha256 : cms::kSha384;
    // Inside, the attributes are an implicit [0] instead of a SET; their content stays the same.
    std::string signed_attributes(attributes);
    signed_attributes[0] = static_cast<char>(der::context(0));
    std::string unsigned_attributes;
    if (!token.empty())
      unsigned_attributes =
          der::element(der::context(1), attribute(cms::kSignatureTimeStampToken, token));
    const std::string signer_info =
        der::sequence(der::integer(1), issuer_and_serial_, digest_algorithm, signed_attributes,
                      signature_algorithm_, der::octet_string(signature), unsigned_attributes);

    std::string encapsulated(content_type);
    if (!content.empty()) encapsulated += der::element(der::context(0), der::octet_string(content));
    // RFC 5652 5.1: version 3 when the content is of another type than data.
    const std::string version = der::integer(content_type == cms::kData ? 1 : 3);
    const std::string signed_data = der::sequence(
        version, der::element(der::kSet, digest_algorithm), der::sequence(encapsulated),
        certificates_, der::element(der::kSet, signer_info));
    return der::sequence(cms::kSignedData, der::element(der::context(0), signed_data));
  }

  // An upper bound of the size of a detached ContentInfo with a token of at most that size.
  std::size_t size_max(std::size_t token_size_max) const {
    // Headers, algorithms, versions, object identifiers and both fixed attributes: under 300 bytes.
    constexpr std::size_t kFrame = 320;
    return certificates_.size() + issuer_and_serial_.size() + certificate_attribute_.size() +
           signature_size_max_ + kFrame + (token_size_max == 0 ? 0 : token_size_max + 32);
  }

 private:
  static std::string attribute(std::string_view type, std::string_view value) {
    return der::sequence(type, der::element(der::kSet, value));
  }

  CmsDigest digest_;
  std::string issuer_and_serial_;
  std::string certificate_attribute_;
  std::string certificates_;  // [0] with all of them, sorted
  std::string signature_algorithm_;
  std::size_t signature_size_max_ = 0;
};

}  // namespace cinnabar
