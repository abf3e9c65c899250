#include "objects.hpp"

#include <cstring>

namespace cinnabar::pkcs11keys {
namespace {

// An id is on a token once; a few more are found and refused by the caller.
constexpr CK_ULONG kObjectsMax = 8;

}  // namespace

std::vector<CK_OBJECT_HANDLE> find_objects(const Session& session, CK_OBJECT_CLASS kind,
                                           const std::string& id) {
  const CK_FUNCTION_LIST& call = session.functions;
  Template wanted;
  wanted.add(CKA_CLASS, kind).flag(CKA_TOKEN, true).add(CKA_ID, id);
  require("C_FindObjectsInit",
          call.C_FindObjectsInit(session.handle, wanted.data(), wanted.size()));
  std::vector<CK_OBJECT_HANDLE> found(kObjectsMax);
  CK_ULONG count = 0;
  const CK_RV code = call.C_FindObjects(session.handle, found.data(), kObjectsMax, &count);
  call.C_FindObjectsFinal(session.handle);
  require("C_FindObjects", code);
  found.resize(count);
  return found;
}

std::string attribute(const Session& session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) {
  CK_ATTRIBUTE wanted{type, nullptr, 0};
  const auto get = [&] {
    require("C_GetAttributeValue",
            session.functions.C_GetAttributeValue(session.handle, object, &wanted, 1));
    if (wanted.ulValueLen == CK_UNAVAILABLE_INFORMATION)
      throw TokenFailure{"C_GetAttributeValue", CKR_ATTRIBUTE_TYPE_INVALID};
  };
  get();
  std::string value(wanted.ulValueLen, '\0');
  wanted.pValue = value.data();
  get();
  value.resize(wanted.ulValueLen);
  return value;
}

CK_ULONG number_attribute(const Session& session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) {
  const std::string bytes = attribute(session, object, type);
  CK_ULONG number = 0;
  if (bytes.size() != sizeof number)
    throw TokenFailure{"C_GetAttributeValue", CKR_ATTRIBUTE_VALUE_INVALID};
  std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

bool flag_attribute(const Session& session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) {
  const std::string bytes = attribute(session, object, type);
  return !bytes.empty() && bytes[0] != '\0';
}

void destroy_objects(const Session& session, const std::vector<CK_OBJECT_HANDLE>& objects) {
  CK_RV first = CKR_OK;
  for (const CK_OBJECT_HANDLE object : objects) {
    const CK_RV code = session.functions.C_DestroyObject(session.handle, object);
    if (first == CKR_OK) first = code;
  }
  require("C_DestroyObject", first);
}

}  // namespace cinnabar::pkcs11keys
