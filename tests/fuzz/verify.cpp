// The verifier over a whole file. Behind the document, after a line "%TRUST", there may be what is
// given beside it, in DER: certificates, which are anchors too, CRLs and OCSP responses.
#include "der.hpp"
#include "repair.hpp"

#include <openssl.hpp>
#include <verify.hpp>

#include <algorithm>

using namespace cinnabar;

namespace {

constexpr std::string_view kTrust = "\n%TRUST\n";
constexpr std::int64_t kNow = 1'830'297'600'000;  // the same in each run: 2028-01-01

Bytes borrowed(std::string_view bytes) { return Bytes::borrowed(bytes); }

void add_trust(std::string_view der, VerifyRequest& request) {
  for (std::size_t size = 0; (size = fuzz::der_size(der)) > 0; der.remove_prefix(size)) {
    const std::string_view item = der.substr(0, size);
    if (pdf::read_certificate(item) != nullptr) {
      request.certificates.push_back(borrowed(item));
      request.signer_anchors.push_back(borrowed(item));
      request.timestamp_anchors.push_back(borrowed(item));
    } else {
      request.crls.push_back(borrowed(item));
      request.ocsps.push_back(borrowed(item));
    }
  }
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t size_max, unsigned seed) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  const std::size_t trust = input.find(kTrust);
  if (trust == std::string::npos) return fuzz::mutate_pdf(data, size, size_max, seed);
  const std::size_t behind = trust + kTrust.size();
  std::string rest = input.substr(behind);
  std::size_t kept = behind;
  if (seed % 3 == 0) {
    rest = fuzz::mutated_der(rest, seed);
  } else {
    const std::size_t most = std::max(trust, size_max - kTrust.size() - rest.size());
    kept = fuzz::mutate_pdf(data, trust, most, seed);
    std::copy(kTrust.begin(), kTrust.end(), data + kept);
    kept += kTrust.size();
  }
  if (rest.size() > size_max - kept) rest.resize(size_max - kept);
  std::copy(rest.begin(), rest.end(), data + kept);
  return kept + rest.size();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t trust = input.find(kTrust);
  VerifyRequest request;
  request.time_ms = kNow;
  // Owned: in a block of just that size, so that reading past its end is noticed.
  request.document = Bytes(std::string(input.substr(0, trust)));
  if (trust != std::string_view::npos) add_trust(input.substr(trust + kTrust.size()), request);
  pdf::verify_document(request);
  return 0;
}
