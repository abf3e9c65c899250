// Module: the library of a token's maker, spoken to by PKCS #11 v2.40 (OASIS): loaded, initialised
// for use by several threads, finalised when it goes. Never unloaded: such libraries do not expect
// it. Owned by the token; any thread.
#pragma once

#include <cinnabar/error.hpp>

#include <p11-kit/pkcs11.h>

#include <string>

namespace cinnabar::pkcs11keys {

// A return value that is not CKR_OK, to be judged where it can be: retried, or told.
struct TokenFailure {
  const char* operation;
  CK_RV code;
};

class Module {
 public:
  // Throws Error "key.module_unusable".
  explicit Module(const std::string& path);
  ~Module();
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  const CK_FUNCTION_LIST& functions() const { return *functions_; }

 private:
  CK_FUNCTION_LIST* functions_ = nullptr;
  bool initialised_here_ = false;
};

// Throws TokenFailure.
inline void require(const char* operation, CK_RV code) {
  if (code != CKR_OK) throw TokenFailure{operation, code};
}

// "CKR_DEVICE_REMOVED" for those that operators meet, the number for the rest.
std::string name_of(CK_RV code);
// The session or the token went away: another session may do better.
bool is_lost(CK_RV code);
Error token_failed(const TokenFailure& failure);

}  // namespace cinnabar::pkcs11keys
