// KeysTable: the keys of one enterprise: issued, listed, rotated, revoked. A value of one call; not
// shared between threads.
#pragma once

#include "rows.hpp"
#include "sealing.hpp"

#include <cinnabar/domain_plugin.hpp>

namespace cinnabar::apikeys {

// Given with no key: it would make keys that outlive its own revocation.
inline constexpr std::string_view kManage = "api_key.manage";

struct NewApiKey {
  std::string name;
  std::vector<std::string> permissions;
  std::vector<std::string> addresses;
  std::optional<Time> expires;
};
CINNABAR_DESCRIBE(NewApiKey, (name, required, length(1, 100), format("line")),
                  (permissions, required, items(1, 200), length(1, 128),
                   doc("What it may do: no more than whoever issues it may.")),
                  (addresses, items(0, 50), length(1, 64), example("10.1.0.0/16"),
                   doc("Addresses or networks it is taken from; none: from anywhere.")),
                  (expires, doc("Absent: never.")))

struct RotateApiKey {
  std::int64_t keep_hours = 24;
};
CINNABAR_DESCRIBE(RotateApiKey, (keep_hours, range(0, 720),
                                 doc("How long the earlier secret stays good, too.")))

struct ApiKeyView {
  std::string id;
  std::string name;
  std::string state;
  std::vector<std::string> permissions;
  std::vector<std::string> addresses;
  std::string person;
  Time created;
  std::optional<Time> expires;
  std::optional<Time> revoked;
};
CINNABAR_DESCRIBE(ApiKeyView, id, name, (state, doc("active, expired or revoked")), permissions,
                  addresses, (person, doc("Who issued it, and in whose name it acts.")), created,
                  expires, revoked)

struct ApiKeyList {
  std::vector<ApiKeyView> keys;
};
CINNABAR_DESCRIBE(ApiKeyList, (keys, items(0, 10'000)))

struct IssuedApiKey {
  ApiKeyView key;
  std::string secret;
};
CINNABAR_DESCRIBE(IssuedApiKey, key, (secret, secret, doc("Shown this once; keep it safe.")))

class KeysTable {
 public:
  KeysTable(const Host& host, const Call& call, std::string enterprise, const Sealing& sealing)
      : host_(host), store_(host, call, std::move(enterprise)), sealing_(sealing) {}

  // `known`: the permissions there are. Throws Errors "api_key.*".
  IssuedApiKey issue(const NewApiKey& in, const std::string& person,
                     const std::vector<std::string>& known, std::int64_t keys_max,
                     WriteSet& writes) const;
  std::vector<ApiKeyView> list() const;  // the newest first
  IssuedApiKey rotate(const std::string& key, const RotateApiKey& in, const std::string& person,
                      WriteSet& writes) const;
  void revoke(const std::string& key, const std::string& person, WriteSet& writes) const;

 private:
  KeyRow find(const std::string& key) const;  // throws "api_key.not_found", "api_key.revoked"
  void update(KeyRow row, WriteSet& writes) const;
  void tell(const char* what, const KeyRow& row, const std::string& person,
            WriteSet& writes) const;
  ApiKeyView view_of(const KeyRow& row) const;
  std::string sealed(const std::string& secret, const std::string& key) const;

  const Host& host_;
  Store store_;
  const Sealing& sealing_;
};

// Whether the key is good at that time.
inline bool is_good(const KeyRow& row, Time now) {
  return !row.revoked && (!row.expires || now < *row.expires);
}
// Its secrets that are good now, opened; the newest first.
std::vector<std::string> secrets_of(const KeyRow& row, const Sealing& sealing, Time now);

}  // namespace cinnabar::apikeys
