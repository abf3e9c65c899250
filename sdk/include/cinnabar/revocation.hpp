// Proof that a chain of an outside authority is good: OCSP answers (RFC 6960) and lists (RFC 5280)
// fetched, checked and kept for a document's validation data. Needs libcrypto. Stateless; any
// thread.
#pragma once

#include <cinnabar/services/trust.hpp>
#include <cinnabar/x509.hpp>

#include <openssl/ocsp.h>

#include <ctime>
#include <functional>

namespace cinnabar::revocation {

using x509::Freeing;

// Why a chain is not proven.
struct NotProven {
  bool revoked = false;  // else its status could not be learnt
  std::string serial;
  std::string reason;
};

struct Sources {
  // GET when the body is empty, else POST; throws std::exception.
  std::function<std::string(const std::string& url, const std::string& body)> fetch;
  std::string ocsp_url;               // for the leaf; empty: as the certificate says
  std::vector<std::string> crl_urls;  // besides those that the certificates name
};

// Clocks of authorities may be so much ahead of ours.
inline constexpr long kClockSkewS = 300;

namespace detail {

inline std::string text_of(const ASN1_IA5STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

inline std::vector<std::string> ocsp_urls(X509* certificate) {
  std::vector<std::string> out;
  STACK_OF(OPENSSL_STRING)* urls = X509_get1_ocsp(certificate);
  for (int i = 0; i < sk_OPENSSL_STRING_num(urls); ++i)
    out.emplace_back(sk_OPENSSL_STRING_value(urls, i));
  X509_email_free(urls);
  return out;
}

inline std::vector<std::string> crl_urls(X509* certificate) {
  std::vector<std::string> out;
  const std::unique_ptr<CRL_DIST_POINTS, Freeing<CRL_DIST_POINTS_free>> points(
      static_cast<CRL_DIST_POINTS*>(
          X509_get_ext_d2i(certificate, NID_crl_distribution_points, nullptr, nullptr)));
  for (int i = 0; points && i < sk_DIST_POINT_num(points.get()); ++i) {
    const DIST_POINT_NAME* name = sk_DIST_POINT_value(points.get(), i)->distpoint;
    if (!name || name->type != 0) continue;
    for (int k = 0; k < sk_GENERAL_NAME_num(name->name.fullname); ++k) {
      const GENERAL_NAME* general = sk_GENERAL_NAME_value(name->name.fullname, k);
      if (general->type != GEN_URI) continue;
      std::string url = text_of(general->d.uniformResourceIdentifier);
      if (url.starts_with("http://") || url.starts_with("https://")) out.push_back(std::move(url));
    }
  }
  return out;
}

using OcspRequest = std::unique_ptr<OCSP_REQUEST, Freeing<OCSP_REQUEST_free>>;
using OcspResponse = std::unique_ptr<OCSP_RESPONSE, Freeing<OCSP_RESPONSE_free>>;
using OcspBasic = std::unique_ptr<OCSP_BASICRESP, Freeing<OCSP_BASICRESP_free>>;
using OcspId = std::unique_ptr<OCSP_CERTID, Freeing<OCSP_CERTID_free>>;

inline std::string encode(OCSP_REQUEST* request) {
  unsigned char* der = nullptr;
  const int size = i2d_OCSP_REQUEST(request, &der);
  std::string out(reinterpret_cast<char*>(der), static_cast<std::size_t>(size > 0 ? size : 0));
  OPENSSL_free(der);
  return out;
}

// Throws std::string, why the answer proves nothing; NotProven when it says revoked.
inline void check_ocsp(const std::string& der, X509* certificate, X509* issuer, X509_STORE* store) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const OcspResponse response(d2i_OCSP_RESPONSE(nullptr, &at, static_cast<long>(der.size())));
  if (!response) throw std::string("the answer is no OCSP response");
  const int status = OCSP_response_status(response.get());
  if (status != OCSP_RESPONSE_STATUS_SUCCESSFUL)
    throw "the responder says " + std::string(OCSP_response_status_str(status));
  const OcspBasic basic(OCSP_response_get1_basic(response.get()));
  if (!basic) throw std::string("the answer is no basic OCSP response");
  const std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)> known(
      sk_X509_new_null(), [](STACK_OF(X509) * s) { sk_X509_free(s); });
  sk_X509_push(known.get(), issuer);
  if (OCSP_basic_verify(basic.get(), known.get(), store, 0) <= 0)
    throw "the answer's signature is not good: " + x509::last_reason();
  const OcspId id(OCSP_cert_to_id(EVP_sha1(), certificate, issuer));
  int found = V_OCSP_CERTSTATUS_UNKNOWN;
  ASN1_GENERALIZEDTIME *revoked_at = nullptr, *from = nullptr, *until = nullptr;
  if (OCSP_resp_find_status(basic.get(), id.get(), &found, nullptr, &revoked_at, &from, &until) !=
      1)
    throw std::string("the answer is about another certificate");
  if (OCSP_check_validity(from, until, kClockSkewS, -1) != 1)
    throw "the answer is not of now: " + x509::last_reason();
  if (found == V_OCSP_CERTSTATUS_REVOKED)
    throw NotProven{true, x509::serial_hex(certificate), "its OCSP responder says so"};
  if (found != V_OCSP_CERTSTATUS_GOOD)
    throw std::string("the responder does not know the certificate");
}

// A list that changes another, of some reasons, of other issuers or of another kind of certificates
// proves nothing by itself (RFC 5280 5.2.4 and 5.2.5).
inline bool is_complete_for(X509_CRL* crl, X509* certificate) {
  if (X509_CRL_get_ext_by_NID(crl, NID_delta_crl, -1) >= 0) return false;
  const std::unique_ptr<ISSUING_DIST_POINT, Freeing<ISSUING_DIST_POINT_free>> part(
      static_cast<ISSUING_DIST_POINT*>(
          X509_CRL_get_ext_d2i(crl, NID_issuing_distribution_point, nullptr, nullptr)));
  if (!part) return true;
  const bool authority = X509_check_ca(certificate) != 0;
  return part->indirectCRL <= 0 && !part->onlysomereasons && part->onlyattr <= 0 &&
         (authority ? part->onlyuser : part->onlyCA) <= 0;
}

// The same of a list.
inline void check_crl(const std::string& der, X509* certificate, X509* issuer) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const std::unique_ptr<X509_CRL, Freeing<X509_CRL_free>> crl(
      d2i_X509_CRL(nullptr, &at, static_cast<long>(der.size())));
  if (!crl) throw std::string("it is no list of revoked certificates");
  if (X509_NAME_cmp(X509_CRL_get_issuer(crl.get()), X509_get_subject_name(issuer)) != 0)
    throw std::string("the list is of another issuer");
  if (X509_CRL_verify(crl.get(), X509_get0_pubkey(issuer)) != 1) {
    x509::last_reason();
    throw std::string("the list's signature is not good");
  }
  std::time_t now = std::time(nullptr), ahead = now + kClockSkewS;
  if (X509_cmp_time(X509_CRL_get0_lastUpdate(crl.get()), &ahead) > 0)
    throw std::string("the list is of the future");
  const ASN1_TIME* next = X509_CRL_get0_nextUpdate(crl.get());
  if (!next || X509_cmp_time(next, &now) < 0) throw std::string("the list is out of date");
  if (!is_complete_for(crl.get(), certificate))
    throw std::string("the list is not of all revoked certificates of this kind");
  X509_REVOKED* entry = nullptr;
  if (X509_CRL_get0_by_cert(crl.get(), &entry, certificate) == 1)
    throw NotProven{true, x509::serial_hex(certificate), "its issuer's list has it"};
}

inline void add(std::vector<Bytes>& list, std::string content) {
  for (const Bytes& known : list)
    if (known.view() == content) return;
  list.emplace_back(std::move(content));
}

}  // namespace detail

// Of one certificate by its issuer: an OCSP answer if one is to be had, else a list. Throws
// NotProven.
inline void prove_one(X509* certificate, X509* issuer, bool leaf, X509_STORE* store,
                      const Sources& sources, ValidationData& out) {
  std::string reasons;
  const auto attempt = [&](const std::string& url, const auto& work) {
    try {
      work();
      return true;
    } catch (const std::string& reason) {
      reasons += (reasons.empty() ? "" : "; ") + url + ": " + reason;
    } catch (const std::exception& error) {
      reasons += (reasons.empty() ? "" : "; ") + url + ": " + error.what();
    }
    return false;
  };
  auto responders = detail::ocsp_urls(certificate);
  if (leaf && !sources.ocsp_url.empty()) responders = {sources.ocsp_url};
  for (const std::string& url : responders) {
    const bool good = attempt(url, [&] {
      const detail::OcspRequest request(OCSP_REQUEST_new());
      OCSP_request_add0_id(request.get(), OCSP_cert_to_id(EVP_sha1(), certificate, issuer));
      std::string answer = sources.fetch(url, detail::encode(request.get()));
      detail::check_ocsp(answer, certificate, issuer, store);
      detail::add(out.ocsps, std::move(answer));
    });
    if (good) return;
  }
  auto lists = detail::crl_urls(certificate);
  lists.insert(lists.end(), sources.crl_urls.begin(), sources.crl_urls.end());
  for (const std::string& url : lists) {
    const bool good = attempt(url, [&] {
      std::string list = sources.fetch(url, {});
      detail::check_crl(list, certificate, issuer);
      detail::add(out.crls, std::move(list));
    });
    if (good) return;
  }
  if (reasons.empty()) reasons = "neither the certificate nor the settings name a place to ask";
  throw NotProven{false, x509::serial_hex(certificate), reasons};
}

// Of a path from a leaf to a root, as x509::path gives it. Throws NotProven.
inline ValidationData prove(const x509::Certificates& path, X509_STORE* store,
                            const Sources& sources) {
  ValidationData out;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    prove_one(path[i].get(), path[i + 1].get(), i == 0, store, sources, out);
    detail::add(out.certificates, x509::to_der(path[i + 1].get()));
  }
  return out;
}

}  // namespace cinnabar::revocation
