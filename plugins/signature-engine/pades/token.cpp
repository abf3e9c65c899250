#include "token.hpp"

#include <cinnabar/cms.hpp>

namespace cinnabar::pades {
namespace {

void expect_oid(der::Reader& reader, const std::string& oid) {
  if (reader.expect(der::kOid).whole != oid)
    throw Error("der.malformed", {{"reason", "not a timestamp token"}});
}

// TSTInfo: version, policy, messageImprint.
std::string imprint_of(std::string_view info) {
  der::Reader fields = der::Reader(info).enter();
  fields.expect(der::kInteger);
  fields.expect(der::kOid);
  der::Reader imprint = fields.enter();
  imprint.expect(der::kSequence);
  return std::string(imprint.expect(der::kOctetString).content);
}

}  // namespace

TokenFacts read_token(std::string_view token) {
  der::Reader content_info = der::Reader(token).enter();
  expect_oid(content_info, cms::kSignedData);
  der::Reader signed_data = content_info.enter(der::context(0)).enter();
  signed_data.expect(der::kInteger);
  signed_data.expect(der::kSet);
  der::Reader encapsulated = signed_data.enter();
  expect_oid(encapsulated, cms::kTimeStampInfo);
  TokenFacts facts;
  facts.imprint =
      imprint_of(encapsulated.enter(der::context(0)).expect(der::kOctetString).content);
  if (!signed_data.next_is(der::context(0))) return facts;
  der::Reader certificates = signed_data.enter(der::context(0));
  while (!certificates.at_end()) {
    const der::Element certificate = certificates.next();
    if (certificate.tag != der::kSequence) continue;  // an attribute certificate
    const std::int64_t end =
        der::parse_time(der::parse_certificate(certificate.whole).not_after).ms;
    if (facts.ends_ms == 0 || end < facts.ends_ms) facts.ends_ms = end;
  }
  return facts;
}

}  // namespace cinnabar::pades
