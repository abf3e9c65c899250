#include "certificates.hpp"

#include <cinnabar/digest_state.hpp>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>

namespace cinnabar::evidence {
namespace {

using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

std::string name_text(const X509_NAME* name) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), &BIO_free);
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string serial_text(const ASN1_INTEGER* serial) {
  const std::unique_ptr<BIGNUM, decltype(&BN_free)> number(ASN1_INTEGER_to_BN(serial, nullptr),
                                                           &BN_free);
  char* digits = BN_bn2hex(number.get());
  std::string out(digits);
  OPENSSL_free(digits);
  for (char& c : out)
    if (c >= 'A' && c <= 'F') c += 'a' - 'A';
  return out;
}

std::string time_text(const ASN1_TIME* time) {
  std::tm parts{};
  ASN1_TIME_to_tm(time, &parts);
  return to_rfc3339(Time{static_cast<std::int64_t>(timegm(&parts)) * 1000});
}

std::string key_text(EVP_PKEY* key) {
  if (!key) return {};
  char group[64] = "";
  std::size_t size = 0;
  if (EVP_PKEY_is_a(key, "EC") == 1 &&
      EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group, &size) ==
          1) {
    const std::string name(group);
    return name == "prime256v1"  ? "EC P-256"
           : name == "secp384r1" ? "EC P-384"
                                 : "EC " + name;
  }
  const char* type = EVP_PKEY_get0_type_name(key);
  return std::string(type ? type : "?") + " " + std::to_string(EVP_PKEY_get_bits(key));
}

std::string pem_of(std::string_view der) {
  constexpr std::size_t kLine = 64;  // RFC 7468
  const std::string text = to_base64(der);
  std::string out = "-----BEGIN CERTIFICATE-----\n";
  for (std::size_t i = 0; i < text.size(); i += kLine) out += text.substr(i, kLine) + "\n";
  return out + "-----END CERTIFICATE-----\n";
}

// An authority of another kind, or one that is not there, leaves it unknown.
std::string state_of(const Host& host, const Call& call, const std::vector<Bytes>& chain) {
  try {
    host.service<CertificateAuthority>(call).proof({chain});
    return "good";
  } catch (const Error& error) {
    return error.code() == "certificate.revoked" ? "revoked" : "unknown";
  }
}

}  // namespace

CertificateView read_certificate(std::string_view der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const Certificate certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())), &X509_free);
  if (!certificate) throw Error("der.malformed", {{"reason", "not a certificate"}});
  CertificateView out;
  out.sha256 = to_hex(sha256(der));
  out.subject = name_text(X509_get_subject_name(certificate.get()));
  out.issuer = name_text(X509_get_issuer_name(certificate.get()));
  out.serial = serial_text(X509_get0_serialNumber(certificate.get()));
  out.not_before = time_text(X509_get0_notBefore(certificate.get()));
  out.not_after = time_text(X509_get0_notAfter(certificate.get()));
  out.key = key_text(X509_get0_pubkey(certificate.get()));
  out.pem = pem_of(der);
  return out;
}

CertificateList list_certificates(const Host& host, const Call& call, const Evidence& evidence) {
  CertificateList list;
  const auto entry = [&](const std::string& sha256) {
    return std::find_if(list.certificates.begin(), list.certificates.end(),
                        [&](const CertificateView& view) { return view.sha256 == sha256; });
  };
  for (const DossierSignature& signature : evidence.signatures)
    for (std::size_t i = 0; i < signature.chain.size(); ++i) {
      CertificateView view = read_certificate(signature.chain[i].view());
      auto known = entry(view.sha256);
      if (known == list.certificates.end()) {
        view.role = i > 0                         ? "authority"
                    : signature.party.empty()      ? "platform"
                    : signature.enterprise.empty() ? "person"
                                                   : "enterprise";
        view.revocation = i > 0 ? "unknown" : state_of(host, call, signature.chain);
        known = list.certificates.insert(list.certificates.end(), std::move(view));
      }
      if (i == 0 && !signature.party.empty() &&
          std::count(known->parties.begin(), known->parties.end(), signature.party) == 0)
        known->parties.push_back(signature.party);
    }
  return list;
}

Revocation revocation_of(const Host& host, const Call& call,
                         const std::vector<std::vector<Bytes>>& chains) {
  Revocation out;
  for (const std::vector<Bytes>& chain : chains) try {
      const ValidationData data = host.service<CertificateAuthority>(call).proof({chain});
      for (const Bytes& crl : data.crls) out.crls.emplace(to_hex(sha256(crl.view())), crl.text());
      for (const Bytes& ocsp : data.ocsps)
        out.ocsps.emplace(to_hex(sha256(ocsp.view())), ocsp.text());
    } catch (const Error& error) {
      // The bundle then brings what the documents hold; who checks it is told what is unknown.
      host.log(Level::warning,
               std::string("no revocation data for an evidence bundle: ") + error.what());
    }
  return out;
}

}  // namespace cinnabar::evidence
