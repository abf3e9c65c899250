#include "ocsp.hpp"

namespace cinnabar::builtinca {
namespace {

// A query about more is no query of a validator, but a way to have many files looked up.
constexpr std::size_t kCertificatesMax = 64;
constexpr std::size_t kNonceSizeMax = 128;  // RFC 9654 2.1

const std::string kBasicResponse = der::oid("1.3.6.1.5.5.7.48.1.1");
const std::string kNonce = der::oid("1.3.6.1.5.5.7.48.1.2");
const std::string kSha1 = der::oid("1.3.14.3.2.26");
const std::string kSha256 = der::oid("2.16.840.1.101.3.4.2.1");

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
std::string sha1(std::string_view bytes) {
  std::string out(SHA_DIGEST_LENGTH, '\0');
  SHA1(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
       reinterpret_cast<unsigned char*>(out.data()));
  return out;
}
#pragma GCC diagnostic pop

[[noreturn]] void malformed(const char* reason) {
  throw Error("ocsp.malformed", {{"reason", reason}});
}

CertificateId parse_id(der::Element id) {
  CertificateId out;
  out.whole = id.whole;
  der::Reader reader(id.content);
  der::Reader algorithm = reader.enter();
  out.algorithm = algorithm.expect(der::kOid).whole;
  out.name_hash = reader.expect(der::kOctetString).content;
  out.key_hash = reader.expect(der::kOctetString).content;
  out.serial = reader.expect(der::kInteger).content;
  while (out.serial.size() > 1 && out.serial[0] == 0) out.serial.remove_prefix(1);
  if (!reader.at_end()) malformed("more than a CertID");
  return out;
}

// The nonce among the extensions; others need not be understood unless they are critical.
std::string_view parse_extensions(der::Reader list) {
  std::string_view nonce;
  while (!list.at_end()) {
    der::Reader extension = list.enter();
    const std::string_view type = extension.expect(der::kOid).whole;
    bool critical = false;
    if (extension.next_is(der::kBoolean)) critical = extension.next().content != std::string(1, 0);
    const std::string_view value = extension.expect(der::kOctetString).content;
    if (type == kNonce) {
      if (value.empty() || value.size() > kNonceSizeMax + 3) malformed("the nonce's size");
      nonce = value;
    } else if (critical) {
      malformed("a critical extension that is not understood");
    }
  }
  return nonce;
}

std::string status_of(const OcspStatus& status, const std::string& times) {
  using Kind = OcspStatus::Kind;
  std::string state;
  if (status.kind == Kind::good) state = der::element(der::context_primitive(0), "");
  if (status.kind == Kind::unknown) state = der::element(der::context_primitive(2), "");
  if (status.kind == Kind::revoked) {
    std::string reason;
    if (status.revocation.reason != Reason::unspecified) {
      const char code = static_cast<char>(status.revocation.reason);
      reason = der::element(der::context(0), der::element(kEnumerated, std::string_view(&code, 1)));
    }
    state = der::element(der::context(1), {der::generalized_time(status.revocation.time), reason});
  }
  return der::sequence(status.id, state, times);
}

}  // namespace

OcspRequest parse_ocsp_request(std::string_view request) {
  OcspRequest out;
  der::Reader outer(request);
  der::Reader whole = outer.enter();
  if (!outer.at_end()) malformed("bytes after the request");
  der::Reader tbs = whole.enter();
  if (tbs.next_is(der::context(0)) &&
      tbs.enter(der::context(0)).expect(der::kInteger).content != std::string(1, 0))
    malformed("another version than 1");
  if (tbs.next_is(der::context(1))) tbs.next();  // who asks: nothing depends on it
  der::Reader list = tbs.enter();
  while (!list.at_end()) {
    if (out.certificates.size() == kCertificatesMax) malformed("too many certificates");
    der::Reader one = list.enter();
    out.certificates.push_back(parse_id(one.expect(der::kSequence)));
    if (one.next_is(der::context(0))) parse_extensions(one.enter(der::context(0)).enter());
  }
  if (out.certificates.empty()) malformed("no certificate is asked about");
  if (tbs.next_is(der::context(2)))
    out.nonce = parse_extensions(tbs.enter(der::context(2)).enter());
  if (!tbs.at_end()) malformed("more than a request");
  return out;
}

bool names_issuer(const CertificateId& id, std::string_view name, std::string_view public_key) {
  const std::string_view bits = key_bits(public_key);
  if (id.algorithm == kSha1) return id.name_hash == sha1(name) && id.key_hash == sha1(bits);
  return id.algorithm == kSha256 && id.name_hash == sha256(name) && id.key_hash == sha256(bits);
}

std::string certificate_id(std::string_view name, std::string_view public_key,
                           std::string_view serial) {
  return der::sequence(der::sequence(kSha1, der::null()), der::octet_string(sha1(name)),
                       der::octet_string(sha1(key_bits(public_key))),
                       der::unsigned_integer(serial));
}

std::string ocsp_failure(OcspError error) {
  const char code = static_cast<char>(error);
  return der::sequence(der::element(kEnumerated, std::string_view(&code, 1)));
}

std::string build_ocsp(const OcspPlan& plan, const Issuer& responder,
                       std::string_view responder_certificate) {
  const std::string times = der::generalized_time(plan.this_update) +
                            der::element(der::context(0), der::generalized_time(plan.next_update));
  std::string statuses;
  for (const OcspStatus& status : plan.statuses) statuses += status_of(status, times);
  std::string extensions;
  if (!plan.nonce.empty())
    extensions = der::element(der::context(1), der::sequence(extension(kNonce, false, plan.nonce)));
  const std::string data =
      der::sequence(der::element(der::context(1), responder.name),
                    der::generalized_time(plan.this_update), der::sequence(statuses), extensions);
  const std::string signature = responder.sign("sha256", sha256(data));
  const std::string certificates =
      der::element(der::context(0), der::sequence(responder_certificate));
  const std::string basic =
      der::sequence(data, algorithm_of(responder), der::bit_string(signature), certificates);
  return der::sequence(
      der::element(kEnumerated, std::string_view("\0", 1)),
      der::element(der::context(0), der::sequence(kBasicResponse, der::octet_string(basic))));
}

}  // namespace cinnabar::builtinca
