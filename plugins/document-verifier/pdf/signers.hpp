// Checks the SignerInfos of a CMS SignedData over given content.
//
// Pure function: any thread. Source: RFC 5652, 5.4 and 5.6; RFC 5035.
#pragma once

#include "container.hpp"
#include "crypto.hpp"

namespace cinnabar::pdf {

struct SignersResult {
  bool good = false;  // every signer's digest and signature are right
  bool unsupported = false;
  Ssl<X509> certificate;  // of the first signer
  std::vector<Ssl<X509>> certificates;  // all that came along
  std::string digest;                   // short name of the first signer's digest algorithm
  bool names_certificate = false;       // by a signing-certificate attribute
  std::vector<std::string> problems;
};

SignersResult check_signers(const Container& container, const Parts& content, Digests& digests);

}  // namespace cinnabar::pdf
