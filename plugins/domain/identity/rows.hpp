// The rows of this plugin's tables. Values.
#pragma once

#include "documents.hpp"

#include <cinnabar/store.hpp>

namespace cinnabar {

struct IdentityRow {
  std::string person;
  std::string sealed;  // RealName
  std::string document;
  std::string number_index;
  std::string provider;
  std::string evidence;
  Time at;
  std::int64_t version = 1;
};
CINNABAR_DESCRIBE(IdentityRow, person, sealed, document, number_index, provider, evidence, at,
                  version)
inline constexpr Table<IdentityRow> kIdentities{"identity_person", false};

struct RealName {
  std::string name;
  std::string number;
};
CINNABAR_DESCRIBE(RealName, (name, personal), (number, personal))

struct CheckRow {
  std::string id;
  std::string person;
  std::string day;
  int ordinal = 1;
  std::string provider;
  std::string outcome;
  std::string reason;
  std::string evidence;
  Time at;
};
CINNABAR_DESCRIBE(CheckRow, id, person, day, ordinal, provider, outcome, reason, evidence, at)
inline constexpr Table<CheckRow> kChecks{"identity_check", false};

enum class FaceState { begun, passed, refused, used };
CINNABAR_ENUM(FaceState, begun, passed, refused, used)

struct FaceRow {
  std::string id;
  std::string person;
  std::string purpose;
  std::string subject;
  std::string provider;
  std::string token;
  FaceState state = FaceState::begun;
  std::string evidence;
  Time begun;
  Time expires;
  Time passed;
  std::int64_t version = 1;
};
CINNABAR_DESCRIBE(FaceRow, id, person, purpose, subject, provider, (token, secret), state,
                  evidence, begun, expires, passed, version)
inline constexpr Table<FaceRow> kFaces{"identity_face", false};

}  // namespace cinnabar
