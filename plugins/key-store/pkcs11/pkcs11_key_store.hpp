// Pkcs11KeyStore: private keys that are made in a token and never leave it. A key is a pair of
// objects on the token, found by CKA_ID, which is our id; handles are looked up once a login.
// Owned by the plugin; any thread.
#pragma once

#include "key_shapes.hpp"
#include "token.hpp"

#include <cinnabar/lru_cache.hpp>
#include <cinnabar/tables.hpp>

#include <functional>

namespace cinnabar::pkcs11keys {

class Pkcs11KeyStore final : public KeyStore {
 public:
  // new_id gives "key_<ULID>".
  Pkcs11KeyStore(TokenSettings settings, std::string label_prefix,
                 std::function<std::string()> new_id);

  // Logs in, so that what is wrong is said at start. Throws as Token::use.
  void check();

  std::string create(std::string_view algorithm) override;
  std::string public_key(std::string_view id) override;
  std::string sign(std::string_view id, std::string_view digest_algorithm,
                   std::string_view digest) override;
  void destroy(std::string_view id) override;

 private:
  struct KnownKey {
    std::uint64_t login = 0;  // within which the handle holds
    CK_OBJECT_HANDLE handle = 0;
    KeyKind kind = KeyKind::ec;
    std::size_t order_size = 0;
    std::string public_key;  // SubjectPublicKeyInfo, DER
  };

  std::shared_ptr<const KnownKey> key_of(const Session& session, const std::string& id);

  Token token_;
  std::string label_prefix_;
  std::function<std::string()> new_id_;
  LruCache<KnownKey> known_;
  // Objects are made and destroyed one at a time: tokens promise to take several at once, but
  // SoftHSM 2.6 then fails now and then (CKR_GENERAL_ERROR). Signing goes on meanwhile.
  std::mutex changes_;
};

}  // namespace cinnabar::pkcs11keys
