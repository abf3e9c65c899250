#include "pkcs11_key_store.hpp"

#include "objects.hpp"

#include <algorithm>

namespace cinnabar::pkcs11keys {
namespace {

// Handles and public keys of so many keys are kept; looking one up takes a few calls of the token.
constexpr std::size_t kKnownKeysMax = 4'096;
// The longest signature: RSA-4096.
constexpr std::size_t kSignatureMax = 512;

bool well_formed(std::string_view id) {
  return id.size() == 30 && id.starts_with("key_") &&
         std::all_of(id.begin() + 4, id.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

Error not_found(std::string_view id) {
  return Error("key.not_found", {{"key", std::string(id.substr(0, 64))}});
}

std::string checked(std::string_view id) {
  if (!well_formed(id)) throw not_found(id);
  return std::string(id);
}

// The token knows the mechanism, the size or the curve not.
bool is_unknown_kind(CK_RV code) {
  return code == CKR_MECHANISM_INVALID || code == CKR_KEY_SIZE_RANGE ||
         code == CKR_DOMAIN_PARAMS_INVALID || code == CKR_FUNCTION_NOT_SUPPORTED;
}

KeyPair generate(const Session& session, const KeyPlan& plan, const std::string& id,
                 const std::string& label) {
  Template open, secret;
  open.flag(CKA_TOKEN, true).flag(CKA_PRIVATE, false).flag(CKA_VERIFY, true);
  open.add(CKA_ID, id).add(CKA_LABEL, label);
  secret.flag(CKA_TOKEN, true).flag(CKA_PRIVATE, true).flag(CKA_SIGN, true);
  secret.flag(CKA_SENSITIVE, true).flag(CKA_EXTRACTABLE, false);
  secret.add(CKA_ID, id).add(CKA_LABEL, label);
  if (plan.kind == KeyKind::rsa) {
    open.add(CKA_MODULUS_BITS, plan.modulus_bits);
    open.add(CKA_PUBLIC_EXPONENT, std::string("\1\0\1", 3));
    // What signs does nothing else.
    secret.flag(CKA_DECRYPT, false).flag(CKA_UNWRAP, false);
  } else {
    open.add(CKA_EC_PARAMS, plan.ec_params);
    secret.flag(CKA_DERIVE, false);
  }
  CK_MECHANISM mechanism{plan.mechanism, nullptr, 0};
  KeyPair pair;
  require("C_GenerateKeyPair",
          session.functions.C_GenerateKeyPair(session.handle, &mechanism, open.data(), open.size(),
                                              secret.data(), secret.size(), &pair.public_key,
                                              &pair.private_key));
  return pair;
}

// Some tokens ignore what they are asked for.
void require_kept_inside(const Session& session, const KeyPair& pair) {
  const char* wrong = nullptr;
  if (!flag_attribute(session, pair.private_key, CKA_SENSITIVE)) wrong = "CKA_SENSITIVE";
  if (flag_attribute(session, pair.private_key, CKA_EXTRACTABLE)) wrong = "CKA_EXTRACTABLE";
  if (!wrong) return;
  destroy_objects(session, {pair.private_key, pair.public_key});
  throw Error("key.token_unfit", {{"attribute", wrong}}, {}, CINNABAR_FAILED);
}

PublicParts public_parts(const Session& session, CK_OBJECT_HANDLE object) {
  PublicParts parts;
  if (number_attribute(session, object, CKA_KEY_TYPE) == CKK_RSA) {
    parts.kind = KeyKind::rsa;
    parts.modulus = attribute(session, object, CKA_MODULUS);
    parts.exponent = attribute(session, object, CKA_PUBLIC_EXPONENT);
    return parts;
  }
  parts.ec_params = attribute(session, object, CKA_EC_PARAMS);
  parts.ec_point = attribute(session, object, CKA_EC_POINT);
  parts.kind = order_size(parts.ec_params) == 0 ? KeyKind::ed25519 : KeyKind::ec;
  return parts;
}

}  // namespace

Pkcs11KeyStore::Pkcs11KeyStore(TokenSettings settings, std::string label_prefix,
                               std::function<std::string()> new_id)
    : token_(std::move(settings)),
      label_prefix_(std::move(label_prefix)),
      new_id_(std::move(new_id)),
      known_(kKnownKeysMax) {}

void Pkcs11KeyStore::check() {
  token_.use([](const Session&) {});
}

std::string Pkcs11KeyStore::create(std::string_view algorithm) {
  const KeyPlan plan = plan_of(algorithm);
  return token_.use([&](const Session& session) {
    // A new one for each attempt: the first may have left an object behind.
    std::string id = new_id_();
    const std::lock_guard one_change(changes_);
    try {
      require_kept_inside(session, generate(session, plan, id, label_prefix_ + id));
    } catch (const TokenFailure& failure) {
      if (!is_unknown_kind(failure.code)) throw;
      throw Error("key.algorithm_unknown", {{"algorithm", std::string(algorithm)}});
    }
    key_of(session, id);
    return id;
  });
}

std::shared_ptr<const Pkcs11KeyStore::KnownKey> Pkcs11KeyStore::key_of(const Session& session,
                                                                       const std::string& id) {
  if (auto known = known_.find(id)) {
    if (known->login == session.login) return known;
    known_.remove(id);
  }
  const auto secret = find_objects(session, CKO_PRIVATE_KEY, id);
  const auto open = find_objects(session, CKO_PUBLIC_KEY, id);
  if (secret.size() != 1 || open.size() != 1) throw not_found(id);
  const PublicParts parts = public_parts(session, open[0]);
  auto key = std::make_shared<KnownKey>();
  key->login = session.login;
  key->handle = secret[0];
  key->kind = parts.kind;
  key->order_size = order_size(parts.ec_params);
  key->public_key = subject_public_key_info(parts);
  return known_.insert(id, std::move(key));
}

std::string Pkcs11KeyStore::public_key(std::string_view given) {
  const std::string id = checked(given);
  return token_.use([&](const Session& session) { return key_of(session, id)->public_key; });
}

std::string Pkcs11KeyStore::sign(std::string_view given, std::string_view digest_algorithm,
                                 std::string_view digest) {
  const std::string id = checked(given);
  return token_.use([&](const Session& session) {
    const auto key = key_of(session, id);
    SignPlan plan = plan_signature(key->kind, key->order_size, digest_algorithm, digest);
    CK_MECHANISM mechanism{plan.mechanism, nullptr, 0};
    require("C_SignInit",
            session.functions.C_SignInit(session.handle, &mechanism, key->handle));
    std::string signature(kSignatureMax, '\0');
    CK_ULONG size = signature.size();
    require("C_Sign",
            session.functions.C_Sign(session.handle,
                                     reinterpret_cast<unsigned char*>(plan.data.data()),
                                     plan.data.size(),
                                     reinterpret_cast<unsigned char*>(signature.data()), &size));
    signature.resize(size);
    return key->kind == KeyKind::ec ? ecdsa_sig_value(signature) : signature;
  });
}

void Pkcs11KeyStore::destroy(std::string_view given) {
  const std::string id = checked(given);
  token_.use([&](const Session& session) {
    const std::lock_guard one_change(changes_);
    known_.remove(id);
    std::vector<CK_OBJECT_HANDLE> objects = find_objects(session, CKO_PRIVATE_KEY, id);
    if (objects.empty()) throw not_found(id);
    const auto open = find_objects(session, CKO_PUBLIC_KEY, id);
    objects.insert(objects.end(), open.begin(), open.end());
    destroy_objects(session, objects);
  });
}

}  // namespace cinnabar::pkcs11keys
