#include "test_module.hpp"

#include <dlfcn.h>

#include <vector>

namespace cinnabar::pkcs11keys {
namespace {

TestFaults faults;
CK_FUNCTION_LIST* real = nullptr;
CK_FUNCTION_LIST ours;

CK_RV open_session(CK_SLOT_ID slot, CK_FLAGS flags, void* application, CK_NOTIFY notify,
                   CK_SESSION_HANDLE* session) {
  if (faults.removed) return CKR_TOKEN_NOT_PRESENT;
  if (faults.sessions >= faults.sessions_most) return CKR_SESSION_COUNT;
  const CK_RV code = real->C_OpenSession(slot, flags, application, notify, session);
  if (code == CKR_OK) ++faults.sessions;
  return code;
}

CK_RV close_session(CK_SESSION_HANDLE session) {
  --faults.sessions;
  return real->C_CloseSession(session);
}

CK_RV slot_list(unsigned char present, CK_SLOT_ID* slots, CK_ULONG* count) {
  if (!faults.removed) return real->C_GetSlotList(present, slots, count);
  *count = 0;
  return CKR_OK;
}

CK_RV token_info(CK_SLOT_ID slot, CK_TOKEN_INFO* info) {
  const CK_RV code = real->C_GetTokenInfo(slot, info);
  info->flags |= faults.token_flags;
  return code;
}

CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, unsigned char* pin, CK_ULONG size) {
  ++faults.logins;
  return faults.login != CKR_OK ? faults.login.load() : real->C_Login(session, user, pin, size);
}

CK_RV sign(CK_SESSION_HANDLE session, unsigned char* data, CK_ULONG data_size,
           unsigned char* signature, CK_ULONG* size) {
  if (faults.removed) return CKR_DEVICE_REMOVED;
  if (faults.signs_failing > 0 && faults.signs_failing-- > 0) return faults.sign;
  return real->C_Sign(session, data, data_size, signature, size);
}

CK_RV generate(CK_SESSION_HANDLE session, CK_MECHANISM* mechanism, CK_ATTRIBUTE* open,
               CK_ULONG open_count, CK_ATTRIBUTE* secret, CK_ULONG secret_count,
               CK_OBJECT_HANDLE* public_key, CK_OBJECT_HANDLE* private_key) {
  std::vector<CK_ATTRIBUTE> changed(secret, secret + secret_count);
  unsigned char yes = 1;
  if (faults.extractable)
    for (CK_ATTRIBUTE& attribute : changed)
      if (attribute.type == CKA_EXTRACTABLE) attribute.pValue = &yes;
  return real->C_GenerateKeyPair(session, mechanism, open, open_count, changed.data(),
                                 changed.size(), public_key, private_key);
}

}  // namespace
}  // namespace cinnabar::pkcs11keys

extern "C" {

__attribute__((visibility("default"))) cinnabar::pkcs11keys::TestFaults* pkcs11_test_faults() {
  return &cinnabar::pkcs11keys::faults;
}

__attribute__((visibility("default"))) CK_RV C_GetFunctionList(CK_FUNCTION_LIST** list) {
  using namespace cinnabar::pkcs11keys;
  void* library = dlopen(CINNABAR_SOFTHSM, RTLD_NOW | RTLD_LOCAL);
  if (!library) return CKR_GENERAL_ERROR;
  const auto get = reinterpret_cast<CK_C_GetFunctionList>(dlsym(library, "C_GetFunctionList"));
  if (!get || get(&real) != CKR_OK) return CKR_GENERAL_ERROR;
  ours = *real;
  ours.C_OpenSession = open_session;
  ours.C_CloseSession = close_session;
  ours.C_GetSlotList = slot_list;
  ours.C_GetTokenInfo = token_info;
  ours.C_Login = login;
  ours.C_Sign = sign;
  ours.C_GenerateKeyPair = generate;
  *list = &ours;
  return CKR_OK;
}

}  // extern "C"
