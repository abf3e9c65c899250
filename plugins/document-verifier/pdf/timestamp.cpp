#include "timestamp.hpp"

namespace cinnabar::pdf {

std::string imprint_time(CMS_ContentInfo* token, const Parts& content, Digests& digests) {
  if (OBJ_obj2nid(CMS_get0_eContentType(token)) != NID_id_smime_ct_TSTInfo) return {};
  ASN1_OCTET_STRING** enclosed = CMS_get0_content(token);
  if (enclosed == nullptr || *enclosed == nullptr) return {};
  const std::string_view der = view_of(*enclosed);
  const unsigned char* at = octets(der);
  const Ssl<TS_TST_INFO> info(d2i_TS_TST_INFO(nullptr, &at, static_cast<long>(der.size())));
  if (info == nullptr) return {};
  TS_MSG_IMPRINT* imprint = TS_TST_INFO_get_msg_imprint(info.get());
  const EVP_MD* digest = digest_algorithm(TS_MSG_IMPRINT_get_algo(imprint));
  const std::string expected = digests.of(digest, content);
  if (expected.empty() || view_of(TS_MSG_IMPRINT_get_msg(imprint)) != expected) return {};
  return rfc3339(TS_TST_INFO_get_time(info.get()));
}

TokenResult check_timestamp_token(CMS_ContentInfo* cms, Digests& digests) {
  TokenResult out;
  CMS_SignerInfo* signer = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
  if (signer == nullptr) return out;
  const int at = CMS_unsigned_get_attr_by_NID(signer, NID_id_smime_aa_timeStampToken, -1);
  if (at < 0) return out;
  out.present = true;
  const ASN1_TYPE* value = X509_ATTRIBUTE_get0_type(CMS_unsigned_get_attr(signer, at), 0);
  if (value == nullptr || value->type != V_ASN1_SEQUENCE) return out;
  const std::string_view der = view_of(value->value.sequence);
  const Container container = read_container(der);
  CMS_ContentInfo* token = container.cms.get();
  if (token == nullptr || OBJ_obj2nid(CMS_get0_type(token)) != NID_pkcs7_signed) return out;
  const std::string time =
      imprint_time(token, {view_of(CMS_SignerInfo_get0_signature(signer))}, digests);
  if (time.empty()) return out;
  ASN1_OCTET_STRING** enclosed = CMS_get0_content(token);
  SignersResult signers = check_signers(container, {view_of(*enclosed)}, digests);
  if (signers.good) out.time = time;
  out.certificate = std::move(signers.certificate);
  out.certificates = std::move(signers.certificates);
  out.digest = signers.digest;
  return out;
}

}  // namespace cinnabar::pdf
