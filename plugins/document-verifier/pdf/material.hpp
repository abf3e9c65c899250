// Certificates and revocation data for judging trust: from the document's security store, from its
// signatures, and given beside it.
//
// Uses the File's cache while reading: one thread. Source: ISO 32000-2, 12.8.4.3; EN 319 142-1 5.4.
#pragma once

#include "cms.hpp"

#include <cinnabar/pdf/file.hpp>
#include <cinnabar/services/document_verifier.hpp>

#include <map>

namespace cinnabar::pdf {

struct Material {
  std::vector<Ssl<X509>> certificates;
  std::vector<Ssl<X509_CRL>> crls;
  std::vector<Ssl<OCSP_BASICRESP>> ocsps;
  bool has_store = false;  // the document brings a security store
  mutable std::map<std::string, X509*> issuers;  // by SHA-256 of a certificate; null: none here

  void add_certificate(std::string_view der);
  void add_certificate(X509* certificate);
  void add_crl(std::string_view der);
  void add_ocsp(std::string_view der);
  void add(const CmsResult& cms);
};

// What the request and the newest security store bring.
Material read_material(const File& file, const VerifyRequest& request);

}  // namespace cinnabar::pdf
