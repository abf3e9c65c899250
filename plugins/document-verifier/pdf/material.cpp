#include "material.hpp"

#include <algorithm>

namespace cinnabar::pdf {

namespace {

// Of each kind. The archives of ten renewals stay far below.
constexpr std::size_t kItemsMax = 1'000;
// One stream of the store; CRLs of large authorities reach 10 MB.
constexpr std::size_t kItemSizeMax = 16u << 20;
// All of them.
constexpr std::size_t kStoreSizeMax = 48u << 20;

}  // namespace

void Material::add_certificate(X509* certificate) {
  if (certificate == nullptr || certificates.size() >= kItemsMax) return;
  const bool known = std::any_of(certificates.begin(), certificates.end(), [&](const auto& one) {
    return X509_cmp(one.get(), certificate) == 0;
  });
  if (known) return;
  certificates.push_back(shared(certificate));
}

void Material::add_certificate(std::string_view der) {
  add_certificate(read_certificate(der).get());
}

void Material::add_crl(std::string_view der) {
  const unsigned char* at = octets(der);
  if (crls.size() >= kItemsMax) return;
  Ssl<X509_CRL> crl(d2i_X509_CRL(nullptr, &at, static_cast<long>(der.size())));
  if (crl != nullptr) crls.push_back(std::move(crl));
}

void Material::add_ocsp(std::string_view der) {
  const unsigned char* at = octets(der);
  if (ocsps.size() >= kItemsMax) return;
  const Ssl<OCSP_RESPONSE> response(
      d2i_OCSP_RESPONSE(nullptr, &at, static_cast<long>(der.size())));
  if (response == nullptr ||
      OCSP_response_status(response.get()) != OCSP_RESPONSE_STATUS_SUCCESSFUL)
    return;
  Ssl<OCSP_BASICRESP> basic(OCSP_response_get1_basic(response.get()));
  if (basic != nullptr) ocsps.push_back(std::move(basic));
}

void Material::add(const CmsResult& cms) {
  for (const Ssl<X509>& certificate : cms.certificates) add_certificate(certificate.get());
  for (const Ssl<X509>& certificate : cms.token.certificates) add_certificate(certificate.get());
  for (const std::string& crl : cms.crls) add_crl(crl);
  for (const std::string& ocsp : cms.ocsps) add_ocsp(ocsp);
}

Material read_material(const File& file, const VerifyRequest& request) {
  Material out;
  for (const Bytes& one : request.certificates) out.add_certificate(one.view());
  for (const Bytes& one : request.crls) out.add_crl(one.view());
  for (const Bytes& one : request.ocsps) out.add_ocsp(one.view());
  const std::size_t last = file.last();
  const Object& store = file.resolve_at(file.catalog(last), "DSS", last);
  out.has_store = store.is(Object::Kind::dictionary);
  std::size_t total = 0;
  const auto each = [&](std::string_view key, void (Material::*take)(std::string_view)) {
    for (const Object& item : file.resolve_at(store, key, last).items) {
      if (!item.is(Object::Kind::reference) || total >= kStoreSizeMax) continue;
      try {
        const std::unique_ptr<IndirectObject> stream = file.read(item.integer, last);
        if (stream == nullptr || !stream->is_stream) continue;
        const std::string der =
            decode_stream(stream->value, file.stream_data(*stream), kItemSizeMax);
        total += der.size();
        (out.*take)(der);
      } catch (const Malformed&) {
        continue;  // says nothing of the document itself
      }
    }
  };
  each("Certs", static_cast<void (Material::*)(std::string_view)>(&Material::add_certificate));
  each("CRLs", &Material::add_crl);
  each("OCSPs", &Material::add_ocsp);
  return out;
}

}  // namespace cinnabar::pdf
