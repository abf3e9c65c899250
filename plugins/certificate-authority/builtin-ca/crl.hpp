// Lists of revoked certificates built by hand (RFC 5280 section 5): version 2, complete, with key
// identifier and number. Pure functions; the issuer's key is used through a function.
#pragma once

#include "certificate.hpp"

#include <cstdint>
#include <vector>

namespace cinnabar::builtinca {

// CRLReason (RFC 5280 5.3.1), of those that an authority gives for a signer.
enum class Reason {
  unspecified = 0,
  key_compromise = 1,
  affiliation_changed = 3,
  superseded = 4,
  cessation_of_operation = 5
};

// By its name in requests, "key-compromise". Throws Error "certificate.reason_unknown".
Reason reason_of(std::string_view name);
std::string_view name_of(Reason reason);

struct Revocation {
  std::string serial;  // raw bytes
  Time time;
  Reason reason = Reason::unspecified;
};

struct CrlPlan {
  std::uint64_t number = 0;
  Time this_update;
  Time next_update;
  std::vector<Revocation> revoked;
};

// The CertificateList, DER.
std::string build_crl(const CrlPlan& plan, const Issuer& issuer);

}  // namespace cinnabar::builtinca
