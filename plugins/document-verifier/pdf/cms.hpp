// Checks the CMS object in a signature's Contents against the bytes it covers.
//
// Pure functions: any thread. OpenSSL parses the structure; the signed attributes
// are checked by our own hand, because CMS_verify refuses some good signatures and adds trust
// questions. Sources: RFC 5652, RFC 5035 (signing-certificate-v2), RFC 3161, ISO 32000-2 12.8.3.
#pragma once

#include "timestamp.hpp"

#include <string>

namespace cinnabar::pdf {

struct CmsResult {
  bool intact = false;
  bool unsupported = false;        // neither good nor bad: an algorithm or form we do not know
  std::string signer;              // common name
  std::string issuer;              // common name
  std::string certificate_sha256;  // hex
  std::string timestamp;           // RFC 3339, of a valid token over the signature
  std::vector<std::string> problems;
  Ssl<X509> certificate;                // the signer's
  std::vector<Ssl<X509>> certificates;  // all that came along
  std::vector<std::string> crls;        // DER, that came along
  std::vector<std::string> ocsps;       // DER, that came along
  std::string digest;                   // short name of the algorithm
  bool names_certificate = false;
  TokenResult token;  // the signature timestamp
};

// `contents` is the value of /Contents, `covered` the bytes of the ByteRange; `certificate` is
// /Cert (DER), used by adbe.x509.rsa_sha1 alone; `digests` are those of the file.
CmsResult check_contents(std::string_view contents, const std::string& sub_filter,
                         const Parts& covered, std::string_view certificate, Digests& digests);

}  // namespace cinnabar::pdf
