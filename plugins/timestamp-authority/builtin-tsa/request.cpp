#include "request.hpp"

namespace cinnabar::builtintsa {
namespace {

constexpr std::size_t kNonceSizeMax = 64;
constexpr std::string_view kFalse("\0", 1);

Imprint parse_imprint(der::Reader reader) {
  der::Reader algorithm = reader.enter();
  const std::string_view type = algorithm.expect(der::kOid).whole;
  const std::string_view digest = reader.expect(der::kOctetString).content;
  const auto* known = algorithm_of_oid(type);
  // Parameters are absent or NULL (RFC 5754 section 2).
  if (!known || !(algorithm.at_end() || algorithm.next().tag == der::kNull))
    throw Rejection{Failure::bad_algorithm, "the digest is to be SHA-256, SHA-384 or SHA-512"};
  if (digest.size() != known->size)
    throw Rejection{Failure::bad_data_format, "the digest has not the size of its algorithm"};
  return {std::string(known->name), std::string(digest)};
}

TimestampAsk parse(std::string_view request) {
  der::Reader outer(request);
  der::Reader reader = outer.enter();
  if (!outer.at_end()) throw Rejection{Failure::bad_data_format, "bytes after the request"};
  if (reader.expect(der::kInteger).content != "\x01")
    throw Rejection{Failure::bad_request, "the version is to be 1"};
  TimestampAsk ask;
  ask.imprint = parse_imprint(reader.enter());
  if (reader.next_is(der::kOid)) ask.policy = reader.next().whole;
  if (reader.next_is(der::kInteger)) ask.nonce = reader.next().whole;
  if (reader.next_is(der::kBoolean)) ask.certificates = reader.next().content != kFalse;
  if (reader.next_is(der::context(0)))
    throw Rejection{Failure::unaccepted_extension, "no extension is understood"};
  if (!reader.at_end() || ask.nonce.size() > kNonceSizeMax)
    throw Rejection{Failure::bad_data_format, "it is no TimeStampReq"};
  return ask;
}

}  // namespace

TimestampAsk parse_request(std::string_view request) {
  try {
    return parse(request);
  } catch (const Error&) {
    throw Rejection{Failure::bad_data_format, "it is no TimeStampReq"};
  }
}

std::string granted(std::string_view token) {
  return der::sequence(der::sequence(der::integer(0)), token);
}

std::string rejected(const Rejection& rejection) {
  const auto bit = static_cast<unsigned>(rejection.failure);
  std::string bits(bit / 8 + 1, '\0');
  bits.back() = static_cast<char>(0x80 >> bit % 8);
  constexpr int kRejection = 2;
  return der::sequence(der::sequence(der::integer(kRejection),
                                     der::sequence(der::utf8_string(rejection.text)),
                                     der::bit_string(bits, static_cast<int>(7 - bit % 8))));
}

std::string without_certificates(std::string_view token) {
  der::Reader info = der::Reader(token).enter();
  const std::string_view type = info.expect(der::kOid).whole;
  der::Reader data = info.enter(der::context(0)).enter();
  std::string rest;
  while (!data.at_end()) {
    const bool certificates = data.next_is(der::context(0));
    const der::Element element = data.next();
    if (!certificates) rest += element.whole;
  }
  return der::sequence(type, der::element(der::context(0), der::sequence(rest)));
}

std::vector<Bytes> chain_of(std::string_view token) {
  der::Reader info = der::Reader(token).enter();
  info.expect(der::kOid);
  der::Reader data = info.enter(der::context(0)).enter();
  data.expect(der::kInteger);
  data.expect(der::kSet);
  data.expect(der::kSequence);
  der::Reader certificates(std::string_view{});
  if (data.next_is(der::context(0))) certificates = data.enter(der::context(0));
  if (data.next_is(der::context(1))) data.next();  // lists of revoked ones
  der::Reader signer = data.enter(der::kSet).enter();
  signer.expect(der::kInteger);
  const std::string_view signer_id = signer.expect(der::kSequence).content;
  std::vector<Bytes> chain;
  bool found = false;
  while (!certificates.at_end()) {
    const std::string_view certificate = certificates.expect(der::kSequence).whole;
    const der::CertificateParts parts = der::parse_certificate(certificate);
    const bool own = std::string(parts.issuer) + std::string(parts.serial) == signer_id;
    chain.insert(own ? chain.begin() : chain.end(), Bytes(std::string(certificate)));
    found = found || own;
  }
  if (!found)
    throw Error("timestamp.status_unknown", {{"reason", "the token has no signer's certificate"}});
  return chain;
}

}  // namespace cinnabar::builtintsa
