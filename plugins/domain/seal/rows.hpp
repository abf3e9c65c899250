// The rows of this plugin's tables, all of them a tenant's. Values.
#pragma once

#include <cinnabar/store.hpp>

namespace cinnabar {

enum class SealKind { enterprise, personal };
CINNABAR_ENUM(SealKind, enterprise, personal)

enum class SealState { enabled, disabled };
CINNABAR_ENUM(SealState, enabled, disabled)

// Without the column `uses`, which is only ever counted up in place: a row that was read is written
// back whole and would undo uses that came in between.
struct SealRow {
  std::string id;
  std::string owner;
  SealKind kind = SealKind::enterprise;
  std::string type;
  std::string name;
  std::string title;
  std::string code;
  std::string color;
  std::string text;
  SealState state = SealState::enabled;
  std::optional<std::string> slot;
  std::string drawing;  // blob
  std::string preview;  // blob
  double width = 0;     // points
  double height = 0;
  std::int64_t width_um = 0;
  std::int64_t height_um = 0;
  std::string credential;  // subject of its credential
  std::string created_by;
  Time created;
  std::int64_t version = 1;
};
CINNABAR_DESCRIBE(SealRow, id, owner, kind, type, name, title, code, color, text, state, slot,
                  drawing, preview, width, height, width_um, height_um, credential, created_by,
                  created, version)
inline constexpr Table<SealRow> kSeals{"seal_seal"};

struct CredentialRow {
  std::string subject;
  int generation = 1;
  std::string owner;
  std::string key_store;
  std::string key_id;
  std::vector<std::string> chain;  // base64 of DER
  std::string serial;
  std::string sha256;
  std::int64_t not_before = 0;
  std::int64_t not_after = 0;
  std::int64_t ended = 0;  // when it was taken out of use, to be revoked; 0: in use
};
CINNABAR_DESCRIBE(CredentialRow, subject, generation, owner, key_store, key_id,
                  (chain, length(0, 65'536)), serial, sha256, not_before, not_after, ended)
inline constexpr Table<CredentialRow> kCredentials{"seal_credential"};

struct UsageRow {
  std::string id;
  std::string owner;
  std::string seal;
  std::string person;
  std::string contract;
  std::string certificate;  // SHA-256 of the one that was used
  Time at;
};
CINNABAR_DESCRIBE(UsageRow, id, owner, seal, person, contract, certificate, at)
inline constexpr Table<UsageRow> kUsages{"seal_usage"};

}  // namespace cinnabar
