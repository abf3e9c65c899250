// What stands in a signature's /Contents, over a fixed text; then trust and revocation of what came
// along, each certificate being an anchor. The first byte chooses the form; one of them is the date
// that stands beside a signature.
#include "der.hpp"

#include <date.hpp>
#include <trust.hpp>

#include <cstring>
#include <iterator>
#include <memory>

using namespace cinnabar;

namespace {

constexpr std::time_t kNow = 1'830'297'600;  // the same in each run: 2028-01-01
const char* const kForms[] = {"ETSI.CAdES.detached", "adbe.pkcs7.detached", "adbe.pkcs7.sha1",
                              "adbe.x509.rsa_sha1", "ETSI.RFC3161"};

void judge(const pdf::CmsResult& cms) {
  pdf::Material material;
  material.add(cms);
  std::vector<std::string> anchors;
  std::vector<Bytes> borrowed;
  for (const auto& certificate : cms.certificates) {
    unsigned char* der = nullptr;
    const int size = i2d_X509(certificate.get(), &der);
    if (size <= 0) continue;
    anchors.emplace_back(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
  }
  for (const std::string& anchor : anchors) borrowed.push_back(Bytes::borrowed(anchor));
  for (X509* certificate : {cms.certificate.get(), cms.token.certificate.get()}) {
    if (certificate == nullptr) continue;
    const bool stamp = certificate == cms.token.certificate.get();
    pdf::check_trust({certificate, &borrowed, kNow, stamp}, material);
    pdf::check_revocation(certificate, material, kNow);
    pdf::rate_algorithms(certificate, cms.digest);
  }
}

}  // namespace

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t size_max);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t size_max, unsigned seed) {
  if (size < 2 || seed % 4 == 0) return LLVMFuzzerMutate(data, size, size_max);
  const std::string der =
      fuzz::mutated_der({reinterpret_cast<char*>(data) + 1, size - 1}, seed);
  if (der.size() + 1 > size_max) return size;
  std::memcpy(data + 1, der.data(), der.size());
  return der.size() + 1;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  // In a block of just that size, so that reading past its end is noticed.
  const auto block = std::make_unique<char[]>(size - 1);
  std::memcpy(block.get(), data + 1, size - 1);
  const std::string_view contents(block.get(), size - 1);
  const std::size_t form = data[0] % (std::size(kForms) + 1);
  if (form == std::size(kForms)) {
    pdf::date_to_rfc3339(std::string(contents));
    return 0;
  }
  const std::string_view file = "covered text";
  pdf::Digests digests(file);
  judge(pdf::check_contents(contents, kForms[form], {file.substr(0, 7), file.substr(7)}, contents,
                            digests));
  return 0;
}
