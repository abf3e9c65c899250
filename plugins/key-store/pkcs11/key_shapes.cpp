#include "key_shapes.hpp"

#include <cinnabar/der.hpp>

namespace cinnabar::pkcs11keys {
namespace {

struct Curve {
  const char* algorithm;
  const char* oid;
  std::size_t order_size;
};
constexpr Curve kCurves[] = {{"ec-p256", "1.2.840.10045.3.1.7", 32},
                             {"ec-p384", "1.3.132.0.34", 48}};
constexpr const char* kEd25519 = "1.3.101.112";
constexpr std::size_t kEd25519Size = 32;

struct Modulus {
  const char* algorithm;
  CK_ULONG bits;
};
constexpr Modulus kModuli[] = {{"rsa-2048", 2'048}, {"rsa-3072", 3'072}, {"rsa-4096", 4'096}};

struct Digest {
  const char* algorithm;
  const char* oid;
  std::size_t size;
};
constexpr Digest kDigests[] = {{"sha256", "2.16.840.1.101.3.4.2.1", 32},
                               {"sha384", "2.16.840.1.101.3.4.2.2", 48}};

Error unfit(std::string_view algorithm, std::string_view digest) {
  return Error("key.digest_unfit", {{"algorithm", std::string(algorithm.substr(0, 64))},
                                    {"size", std::to_string(digest.size())}});
}

// CKA_EC_POINT is an OCTET STRING around the point (v2.40, 2.3.3); some tokens give the point bare,
// which begins with the same octet, so that only the size tells them apart.
std::string_view bare_point(std::string_view point, std::size_t size) {
  if (point.size() == size + 2 && der::Reader(point).next_is(der::kOctetString))
    return point.substr(2);
  if (point.size() != size)
    throw failure("the token gives a point of " + std::to_string(point.size()) + " bytes");
  return point;
}

}  // namespace

KeyPlan plan_of(std::string_view algorithm) {
  for (const Curve& curve : kCurves)
    if (algorithm == curve.algorithm)
      return {KeyKind::ec, CKM_EC_KEY_PAIR_GEN, der::oid(curve.oid), 0};
  for (const Modulus& modulus : kModuli)
    if (algorithm == modulus.algorithm)
      return {KeyKind::rsa, CKM_RSA_PKCS_KEY_PAIR_GEN, {}, modulus.bits};
  if (algorithm == "ed25519")
    return {KeyKind::ed25519, CKM_EC_EDWARDS_KEY_PAIR_GEN, der::oid(kEd25519), 0};
  throw Error("key.algorithm_unknown", {{"algorithm", std::string(algorithm.substr(0, 64))}});
}

std::size_t order_size(std::string_view ec_params) {
  for (const Curve& curve : kCurves)
    if (ec_params == der::oid(curve.oid)) return curve.order_size;
  return 0;
}

std::string subject_public_key_info(const PublicParts& parts) {
  switch (parts.kind) {
    case KeyKind::rsa:
      return der::sequence(
          der::sequence(der::oid("1.2.840.113549.1.1.1"), der::null()),
          der::bit_string(der::sequence(der::unsigned_integer(parts.modulus),
                                        der::unsigned_integer(parts.exponent))));
    case KeyKind::ed25519:
      return der::sequence(der::sequence(der::oid(kEd25519)),
                           der::bit_string(bare_point(parts.ec_point, kEd25519Size)));
    case KeyKind::ec: break;
  }
  const std::size_t uncompressed_size = 1 + 2 * order_size(parts.ec_params);
  return der::sequence(der::sequence(der::oid("1.2.840.10045.2.1"), parts.ec_params),
                       der::bit_string(bare_point(parts.ec_point, uncompressed_size)));
}

SignPlan plan_signature(KeyKind kind, std::size_t order_size, std::string_view digest_algorithm,
                        std::string_view digest) {
  if (kind == KeyKind::ed25519) {
    if (digest_algorithm != "none") throw unfit(digest_algorithm, digest);
    return {CKM_EDDSA, std::string(digest)};
  }
  for (const Digest& known : kDigests) {
    if (digest_algorithm != known.algorithm || digest.size() != known.size) continue;
    if (kind == KeyKind::rsa)  // RFC 8017 9.2: DigestInfo; the token pads it
      return {CKM_RSA_PKCS, der::sequence(der::sequence(der::oid(known.oid), der::null()),
                                          der::octet_string(digest))};
    // FIPS 186-5 6.4.1: of a longer digest the leftmost bits. Not all tokens shorten it themselves.
    return {CKM_ECDSA, std::string(digest.substr(0, order_size))};
  }
  throw unfit(digest_algorithm, digest);
}

std::string ecdsa_sig_value(std::string_view r_and_s) {
  const std::size_t half = r_and_s.size() / 2;
  return der::sequence(der::unsigned_integer(r_and_s.substr(0, half)),
                       der::unsigned_integer(r_and_s.substr(half)));
}

}  // namespace cinnabar::pkcs11keys
