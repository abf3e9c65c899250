#include "crypto.hpp"

#include <openssl/objects.h>
#include <openssl/rsa.h>

namespace cinnabar::pdf {

namespace {

// The signer identity that GB/T 35275 fixes for SM2 signatures.
constexpr std::string_view kSm2Identity = "1234567812345678";

int nid_of(const X509_ALGOR* algorithm) {
  const ASN1_OBJECT* object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
  return OBJ_obj2nid(object);
}

std::string finish(EVP_MD_CTX* context) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (EVP_DigestFinal_ex(context, out, &size) != 1) return {};
  return {reinterpret_cast<const char*>(out), size};
}

// Applies RSASSA-PSS parameters (RFC 8017 A.2.3); false when they are none.
bool apply_pss(EVP_PKEY_CTX* key, const X509_ALGOR* algorithm, const EVP_MD*& digest) {
  int type = 0;
  const void* value = nullptr;
  X509_ALGOR_get0(nullptr, &type, &value, algorithm);
  if (type != V_ASN1_SEQUENCE) return false;
  const auto* sequence = static_cast<const ASN1_STRING*>(value);
  const unsigned char* at = ASN1_STRING_get0_data(sequence);
  const Ssl<RSA_PSS_PARAMS> params(d2i_RSA_PSS_PARAMS(nullptr, &at, ASN1_STRING_length(sequence)));
  if (params == nullptr) return false;
  digest = params->hashAlgorithm != nullptr ? digest_algorithm(params->hashAlgorithm) : EVP_sha1();
  const EVP_MD* mask_digest = EVP_sha1();
  if (params->maskGenAlgorithm != nullptr) {
    int mask_type = 0;
    const void* mask = nullptr;
    X509_ALGOR_get0(nullptr, &mask_type, &mask, params->maskGenAlgorithm);
    if (mask_type != V_ASN1_SEQUENCE) return false;
    const auto* mask_sequence = static_cast<const ASN1_STRING*>(mask);
    const unsigned char* mask_at = ASN1_STRING_get0_data(mask_sequence);
    const Ssl<X509_ALGOR> inner(
        d2i_X509_ALGOR(nullptr, &mask_at, ASN1_STRING_length(mask_sequence)));
    mask_digest = inner != nullptr ? digest_algorithm(inner.get()) : nullptr;
  }
  const long salt = params->saltLength != nullptr ? ASN1_INTEGER_get(params->saltLength) : 20;
  return digest != nullptr && mask_digest != nullptr && salt >= 0 && salt <= 512 &&
         EVP_PKEY_CTX_set_rsa_padding(key, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(key, static_cast<int>(salt)) == 1 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md(key, mask_digest) == 1;
}

bool is_edwards(int key_type) { return key_type == EVP_PKEY_ED25519 || key_type == EVP_PKEY_ED448; }

// The digest the signature algorithm names must be the one the signer names.
bool digest_agrees(int signature_nid, const EVP_MD* digest) {
  int named = NID_undef, key = NID_undef;
  if (OBJ_find_sigid_algs(signature_nid, &named, &key) != 1 || named == NID_undef) return true;
  return named == EVP_MD_get_type(digest);
}

}  // namespace

const EVP_MD* digest_algorithm(const X509_ALGOR* algorithm) {
  return EVP_get_digestbynid(nid_of(algorithm));
}

std::string digest_of(const EVP_MD* algorithm, const Parts& parts) {
  const Ssl<EVP_MD_CTX> context(EVP_MD_CTX_new());
  if (algorithm == nullptr || EVP_DigestInit_ex(context.get(), algorithm, nullptr) != 1) return {};
  for (const std::string_view part : parts)
    EVP_DigestUpdate(context.get(), part.data(), part.size());
  return finish(context.get());
}

std::string Digests::of(const EVP_MD* algorithm, const Parts& parts) {
  if (algorithm == nullptr || parts.empty() || parts[0].data() != file_.data())
    return digest_of(algorithm, parts);
  EVP_MD_CTX* begun = beginning(algorithm, parts[0].size());
  const Ssl<EVP_MD_CTX> context(EVP_MD_CTX_new());
  if (begun == nullptr || EVP_MD_CTX_copy_ex(context.get(), begun) != 1) return {};
  for (std::size_t i = 1; i < parts.size(); ++i)
    EVP_DigestUpdate(context.get(), parts[i].data(), parts[i].size());
  return finish(context.get());
}

// The state after so many bytes, carried on from the nearest one before it; null on failure.
EVP_MD_CTX* Digests::beginning(const EVP_MD* algorithm, std::size_t size) {
  const int type = EVP_MD_get_type(algorithm);
  const auto next = states_.upper_bound({type, size});
  const auto nearest = next == states_.begin() ? states_.end() : std::prev(next);
  const bool carried_on = nearest != states_.end() && nearest->first.first == type;
  if (carried_on && nearest->first.second == size) return nearest->second.get();
  Ssl<EVP_MD_CTX> context(EVP_MD_CTX_new());
  const int begun = carried_on ? EVP_MD_CTX_copy_ex(context.get(), nearest->second.get())
                               : EVP_DigestInit_ex(context.get(), algorithm, nullptr);
  if (begun != 1) return nullptr;
  const std::size_t from = carried_on ? nearest->first.second : 0;
  EVP_DigestUpdate(context.get(), file_.data() + from, size - from);
  return states_.emplace(std::pair(type, size), std::move(context)).first->second.get();
}

Check check_signature(X509* certificate, const X509_ALGOR* algorithm, const EVP_MD* digest,
                      const Parts& content, std::string_view signature) {
  EVP_PKEY* key = X509_get0_pubkey(certificate);
  if (key == nullptr) return Check::unsupported;
  const int type = EVP_PKEY_get_base_id(key), nid = nid_of(algorithm);
  const Ssl<EVP_MD_CTX> context(EVP_MD_CTX_new());
  const Ssl<EVP_PKEY_CTX> own(type == EVP_PKEY_SM2 ? EVP_PKEY_CTX_new(key, nullptr) : nullptr);
  if (own != nullptr) {
    if (EVP_PKEY_CTX_set1_id(own.get(), kSm2Identity.data(), kSm2Identity.size()) != 1)
      return Check::unsupported;
    EVP_MD_CTX_set_pkey_ctx(context.get(), own.get());
  }
  if (is_edwards(type)) {
    digest = nullptr;
  } else if (digest == nullptr) {
    return Check::unsupported;
  }
  EVP_PKEY_CTX* settings = nullptr;  // belongs to the context
  const EVP_MD* pss_digest = digest;
  if (EVP_DigestVerifyInit(context.get(), &settings, digest, nullptr, key) != 1)
    return Check::unsupported;
  if (nid == NID_rsassaPss) {
    if (!apply_pss(settings, algorithm, pss_digest)) return Check::unsupported;
    if (EVP_MD_get_type(pss_digest) != EVP_MD_get_type(digest)) return Check::bad;
  } else if (digest != nullptr && !digest_agrees(nid, digest)) {
    return Check::bad;
  }
  int status = 0;
  if (is_edwards(type)) {
    std::string whole;
    for (const std::string_view part : content) whole += part;
    status = EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(whole),
                              whole.size());
  } else {
    for (const std::string_view part : content)
      EVP_DigestVerifyUpdate(context.get(), part.data(), part.size());
    status = EVP_DigestVerifyFinal(context.get(), octets(signature), signature.size());
  }
  return status == 1 ? Check::good : Check::bad;
}

}  // namespace cinnabar::pdf
