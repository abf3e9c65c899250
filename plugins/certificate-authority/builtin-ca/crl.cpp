#include "crl.hpp"

namespace cinnabar::builtinca {
namespace {

const std::string kCrlNumber = der::oid("2.5.29.20");
const std::string kReasonCode = der::oid("2.5.29.21");

struct ReasonName {
  Reason reason;
  std::string_view name;
};
constexpr ReasonName kReasons[] = {{Reason::unspecified, "unspecified"},
                                   {Reason::key_compromise, "key-compromise"},
                                   {Reason::affiliation_changed, "affiliation-changed"},
                                   {Reason::superseded, "superseded"},
                                   {Reason::cessation_of_operation, "cessation-of-operation"}};

std::string entry(const Revocation& revocation) {
  std::string extensions;
  // RFC 5280 5.3.1: "unspecified" is said by saying nothing.
  if (revocation.reason != Reason::unspecified) {
    const char reason = static_cast<char>(revocation.reason);
    extensions = der::sequence(
        extension(kReasonCode, false, der::element(kEnumerated, std::string_view(&reason, 1))));
  }
  return der::sequence(der::unsigned_integer(revocation.serial),
                       der::certificate_time(revocation.time), extensions);
}

}  // namespace

Reason reason_of(std::string_view name) {
  for (const ReasonName& known : kReasons)
    if (known.name == name) return known.reason;
  throw Error("certificate.reason_unknown", {{"reason", std::string(name)}}, "/reason");
}

std::string_view name_of(Reason reason) {
  for (const ReasonName& known : kReasons)
    if (known.reason == reason) return known.name;
  return kReasons[0].name;
}

std::string build_crl(const CrlPlan& plan, const Issuer& issuer) {
  std::string entries;
  for (const Revocation& revocation : plan.revoked) entries += entry(revocation);
  // An empty list is left out, not written as an empty sequence (RFC 5280 5.1.2.6).
  const std::string revoked = entries.empty() ? std::string() : der::sequence(entries);
  const std::string extensions = der::sequence(
      authority_key_identifier(issuer), extension(kCrlNumber, false, der::integer(plan.number)));
  return sign_structure(der::sequence(der::integer(1), algorithm_of(issuer), issuer.name,
                                      der::certificate_time(plan.this_update),
                                      der::certificate_time(plan.next_update), revoked,
                                      der::element(der::context(0), extensions)),
                        issuer);
}

}  // namespace cinnabar::builtinca
