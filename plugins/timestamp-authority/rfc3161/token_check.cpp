#include "token_check.hpp"

#include <cinnabar/bytes.hpp>
#include <cinnabar/der.hpp>

#include <openssl/ts.h>

#include <array>

namespace cinnabar::rfc3161 {
namespace {

using x509::Freeing;
using Request = std::unique_ptr<TS_REQ, Freeing<TS_REQ_free>>;
using Response = std::unique_ptr<TS_RESP, Freeing<TS_RESP_free>>;
using Token = std::unique_ptr<PKCS7, Freeing<PKCS7_free>>;

struct Algorithm {
  std::string_view name;
  std::size_t size;
  const char* oid;
};
constexpr std::array<Algorithm, 3> kAlgorithms = {{{"sha256", 32, "2.16.840.1.101.3.4.2.1"},
                                                   {"sha384", 48, "2.16.840.1.101.3.4.2.2"},
                                                   {"sha512", 64, "2.16.840.1.101.3.4.2.3"}}};

[[noreturn]] void invalid(std::string reason) {
  throw Error("timestamp.invalid", {{"reason", std::move(reason)}}, {}, CINNABAR_UNAVAILABLE);
}

// What the authority says with its refusal.
std::string refusal_of(TS_RESP* response) {
  TS_STATUS_INFO* info = TS_RESP_get_status_info(response);
  std::string text = "status " + std::to_string(ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(info)));
  const STACK_OF(ASN1_UTF8STRING)* said = TS_STATUS_INFO_get0_text(info);
  for (int i = 0; i < sk_ASN1_UTF8STRING_num(said); ++i) {
    const ASN1_UTF8STRING* line = sk_ASN1_UTF8STRING_value(said, i);
    text += ", " + std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(line)),
                               static_cast<std::size_t>(ASN1_STRING_length(line)));
  }
  struct Bit {
    int number;
    const char* meaning;
  };
  constexpr Bit kBits[] = {
      {0, "the digest's algorithm"},  {2, "the request"},      {5, "the data's format"},
      {14, "no time source"},         {15, "the policy"},      {16, "an extension"},
      {17, "additional information"}, {25, "a system failure"}};
  const ASN1_BIT_STRING* bits = TS_STATUS_INFO_get0_failure_info(info);
  for (const Bit& bit : kBits)
    if (bits && ASN1_BIT_STRING_get_bit(bits, bit.number))
      text += std::string(" (") + bit.meaning + ")";
  return text;
}

std::string encoded(PKCS7* token) {
  unsigned char* der = nullptr;
  const int size = i2d_PKCS7(token, &der);
  std::string out(reinterpret_cast<char*>(der), static_cast<std::size_t>(size > 0 ? size : 0));
  OPENSSL_free(der);
  return out;
}

// genTime with its fraction, which ASN1_TIME knows nothing of.
std::int64_t time_of(TS_TST_INFO* info) {
  const ASN1_GENERALIZEDTIME* time = TS_TST_INFO_get_time(info);
  const std::string text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(time)),
                         static_cast<std::size_t>(ASN1_STRING_length(time)));
  if (text.size() < 15) invalid("its time cannot be read");
  const auto part = [&](std::size_t at, std::size_t size = 2) { return text.substr(at, size); };
  const auto found = from_rfc3339(part(0, 4) + "-" + part(4) + "-" + part(6) + "T" + part(8) + ":" +
                                  part(10) + ":" + part(12) + text.substr(14));
  if (!found) invalid("its time cannot be read");
  return found->ms;
}

Token parse_token(std::string_view der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  Token token(d2i_PKCS7(nullptr, &at, static_cast<long>(der.size())));
  if (!token || !PKCS7_type_is_signed(token.get())) invalid("it is no token");
  return token;
}

}  // namespace

std::string build_request(const Ask& ask) {
  for (const Algorithm& algorithm : kAlgorithms) {
    if (algorithm.name != ask.algorithm || algorithm.size != ask.digest.size()) continue;
    const std::string imprint = der::sequence(der::sequence(der::oid(algorithm.oid), der::null()),
                                              der::octet_string(ask.digest));
    return der::sequence(der::integer(1), imprint,
                         ask.policy.empty() ? std::string() : der::oid(ask.policy),
                         der::unsigned_integer(ask.nonce), der::boolean(true));
  }
  throw Error("timestamp.digest_unfit", {{"algorithm", ask.algorithm}}, "/digest");
}

Answered check_response(std::string_view response, const Ask& ask,
                        const x509::Certificates& trusted) {
  const auto* at = reinterpret_cast<const unsigned char*>(response.data());
  const auto* end = at + response.size();
  const Response parsed(d2i_TS_RESP(nullptr, &at, static_cast<long>(response.size())));
  ERR_clear_error();
  if (!parsed || at != end) invalid("it is no answer of RFC 3161");
  const long status =
      ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(TS_RESP_get_status_info(parsed.get())));
  constexpr long kGranted = 0, kGrantedWithMods = 1;
  if (status != kGranted && status != kGrantedWithMods)
    throw Error("timestamp.refused", {{"reason", refusal_of(parsed.get())}}, {},
                CINNABAR_UNAVAILABLE);
  if (!TS_RESP_get_token(parsed.get())) invalid("it has no token");

  const std::string request = build_request(ask);
  const auto* request_at = reinterpret_cast<const unsigned char*>(request.data());
  const Request asked(d2i_TS_REQ(nullptr, &request_at, static_cast<long>(request.size())));
  // Sets policy, imprint and nonce to be compared, and the signature to be checked.
  TS_VERIFY_CTX* made = asked ? TS_REQ_to_TS_VERIFY_CTX(asked.get(), nullptr) : nullptr;
  const std::unique_ptr<TS_VERIFY_CTX, Freeing<TS_VERIFY_CTX_free>> context(made);
  if (!context) invalid("the request cannot be compared with it");
  TS_VERIFY_CTX_add_flags(context.get(), TS_VFY_SIGNATURE | TS_VFY_VERSION);
  TS_VERIFY_CTX_set_store(context.get(), x509::trust(trusted).release());
  STACK_OF(X509)* known = sk_X509_new_null();
  for (x509::Certificate& certificate : x509::copies(trusted))
    sk_X509_push(known, certificate.release());
  TS_VERIFY_CTX_set_certs(context.get(), known);  // now the context's
  if (TS_RESP_verify_response(context.get(), parsed.get()) != 1) invalid(x509::last_reason());
  ERR_clear_error();
  return {encoded(TS_RESP_get_token(parsed.get())), time_of(TS_RESP_get_tst_info(parsed.get()))};
}

x509::Certificates signer_path(std::string_view token, const x509::Certificates& trusted) {
  const Token parsed = parse_token(token);
  const std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)> signers(
      PKCS7_get0_signers(parsed.get(), nullptr, 0), [](STACK_OF(X509) * s) { sk_X509_free(s); });
  ERR_clear_error();
  if (!signers || sk_X509_num(signers.get()) != 1) invalid("it has no signer's certificate");
  x509::Certificates known = x509::copies(trusted);
  STACK_OF(X509)* carried = parsed->d.sign->cert;
  for (int i = 0; i < sk_X509_num(carried); ++i) {
    X509_up_ref(sk_X509_value(carried, i));
    known.emplace_back(sk_X509_value(carried, i));
  }
  try {
    return x509::path(sk_X509_value(signers.get(), 0), known, x509::trust(trusted).get(),
                      X509_PURPOSE_TIMESTAMP_SIGN);
  } catch (const std::string& reason) {
    invalid("its signer's certificate: " + reason);
  }
}

}  // namespace cinnabar::rfc3161
