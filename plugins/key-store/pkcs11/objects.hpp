// The objects of a token: templates to make and to find them, and their attributes. Thin over
// PKCS #11; throws TokenFailure. One session is used by one thread at a time.
#pragma once

#include "token.hpp"

#include <deque>

namespace cinnabar::pkcs11keys {

// A list of attributes that owns what they point to.
class Template {
 public:
  Template& add(CK_ATTRIBUTE_TYPE type, std::string value) {
    values_.push_back(std::move(value));
    attributes_.push_back({type, values_.back().data(), values_.back().size()});
    return *this;
  }
  Template& add(CK_ATTRIBUTE_TYPE type, CK_ULONG value) {
    return add(type, std::string(reinterpret_cast<const char*>(&value), sizeof value));
  }
  Template& flag(CK_ATTRIBUTE_TYPE type, bool value) {
    return add(type, std::string(1, value ? '\1' : '\0'));
  }
  CK_ATTRIBUTE* data() { return attributes_.data(); }
  CK_ULONG size() const { return attributes_.size(); }

 private:
  std::deque<std::string> values_;  // does not move what it holds
  std::vector<CK_ATTRIBUTE> attributes_;
};

// The key objects of that class ("CKO_PRIVATE_KEY") with that CKA_ID on the token.
std::vector<CK_OBJECT_HANDLE> find_objects(const Session& session, CK_OBJECT_CLASS kind,
                                           const std::string& id);

std::string attribute(const Session& session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type);
CK_ULONG number_attribute(const Session& session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type);
bool flag_attribute(const Session& session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type);

struct KeyPair {
  CK_OBJECT_HANDLE public_key = 0;
  CK_OBJECT_HANDLE private_key = 0;
};

// Destroys what there is of them; the first failure is thrown when all were tried.
void destroy_objects(const Session& session, const std::vector<CK_OBJECT_HANDLE>& objects);

}  // namespace cinnabar::pkcs11keys
