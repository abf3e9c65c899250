#include "openssl.hpp"

#include <cinnabar/time.hpp>

#include <ctime>
#include <mutex>
#include <unordered_map>

namespace cinnabar::pdf {

namespace {

// Some 5 KB each; those of a hostile file may take ten times as much.
constexpr std::size_t kRememberedMax = 256;
constexpr std::size_t kRememberedSizeMax = 8 * 1024;

// Certificates signed with SM2 are verified with the identity of GM/T 0009.
void name_sm2_identity(X509* certificate) {
  if (X509_get_signature_nid(certificate) != NID_SM2_with_SM3) return;
  ASN1_OCTET_STRING* identity = ASN1_OCTET_STRING_new();
  constexpr std::string_view kIdentity = "1234567812345678";
  ASN1_OCTET_STRING_set(identity, octets(kIdentity), static_cast<int>(kIdentity.size()));
  X509_set0_distinguishing_id(certificate, identity);
}

}  // namespace

Ssl<X509> read_certificate(std::string_view der) {
  static std::mutex mutex;
  static std::unordered_map<std::string, Ssl<X509>> remembered;
  const bool small = der.size() <= kRememberedSizeMax;
  std::string key(small ? der : std::string_view());
  if (small) {
    const std::lock_guard lock(mutex);
    const auto found = remembered.find(key);
    if (found != remembered.end()) return shared(found->second.get());
  }
  const unsigned char* at = octets(der);
  Ssl<X509> out(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (out == nullptr) return nullptr;
  name_sm2_identity(out.get());
  if (!small) return out;
  const std::lock_guard lock(mutex);
  if (remembered.size() >= kRememberedMax) remembered.clear();
  remembered.emplace(std::move(key), shared(out.get()));
  return out;
}

std::string common_name(const X509_NAME* name) {
  for (const int nid : {NID_commonName, NID_organizationName}) {
    const int at = X509_NAME_get_index_by_NID(name, nid, -1);
    if (at < 0) continue;
    unsigned char* text = nullptr;
    const ASN1_STRING* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
    const int size = ASN1_STRING_to_UTF8(&text, value);
    if (size < 0) continue;
    std::string out(reinterpret_cast<char*>(text), static_cast<std::size_t>(size));
    OPENSSL_free(text);
    return out;
  }
  return {};
}

std::string rfc3339(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return to_rfc3339(Time{static_cast<std::int64_t>(timegm(&parts)) * 1000});
}

}  // namespace cinnabar::pdf
