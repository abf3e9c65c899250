#include "keys.hpp"

#include "networks.hpp"

#include <algorithm>

namespace cinnabar::apikeys {
namespace {

constexpr std::size_t kSecretSize = 32;  // bytes
constexpr std::int64_t kHourMs = 3'600'000;

void check_permissions(const std::vector<std::string>& wanted,
                       const std::vector<std::string>& known) {
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const bool exists = std::find(known.begin(), known.end(), wanted[i]) != known.end();
    if (!exists || wanted[i] == kManage)
      throw Error("api_key.permission_unknown", {{"permission", wanted[i]}},
                  "/permissions/" + std::to_string(i));
  }
}

void check_addresses(const std::vector<std::string>& addresses) {
  for (std::size_t i = 0; i < addresses.size(); ++i)
    if (!is_network(addresses[i]))
      throw Error("api_key.address_malformed", {{"address", addresses[i]}},
                  "/addresses/" + std::to_string(i));
}

}  // namespace

std::string KeysTable::sealed(const std::string& secret, const std::string& key) const {
  return sealing_.seal(secret, key, host_.random(Sealing::kNonceSize));
}

IssuedApiKey KeysTable::issue(const NewApiKey& in, const std::string& person,
                              const std::vector<std::string>& known, std::int64_t keys_max,
                              WriteSet& writes) const {
  check_permissions(in.permissions, known);
  check_addresses(in.addresses);
  const Time now = host_.now(Clock::real);
  if (in.expires && !(now < *in.expires)) throw Error("api_key.expires_past", {}, "/expires");
  const auto there = store_.list(kKeys, "revoked IS NULL");
  if (static_cast<std::int64_t>(there.size()) >= keys_max)
    throw Error("api_key.too_many", {{"max", std::to_string(keys_max)}});
  KeyRow row;
  row.id = host_.new_id("key");
  row.owner = store_.owner();
  row.person = person;
  row.name = in.name;
  row.permissions = in.permissions;
  row.addresses = in.addresses;
  row.expires = in.expires;
  row.created = now;
  IssuedApiKey issued;
  issued.secret = text_of(host_.random(kSecretSize));
  row.secret = sealed(issued.secret, row.id);
  store_.insert(writes, kKeys, row);
  tell("api_key.issued", row, person, writes);
  issued.key = view_of(row);
  return issued;
}

std::vector<ApiKeyView> KeysTable::list() const {
  std::vector<ApiKeyView> out;
  for (const KeyRow& row : store_.list(kKeys, "ORDER BY id DESC")) out.push_back(view_of(row));
  return out;
}

IssuedApiKey KeysTable::rotate(const std::string& key, const RotateApiKey& in,
                               const std::string& person, WriteSet& writes) const {
  KeyRow row = find(key);
  IssuedApiKey issued;
  issued.secret = text_of(host_.random(kSecretSize));
  row.earlier_secret = in.keep_hours == 0 ? std::string() : row.secret;
  row.earlier_until = Time{host_.now_ms(Clock::real) + in.keep_hours * kHourMs};
  row.secret = sealed(issued.secret, row.id);
  issued.key = view_of(row);
  tell("api_key.rotated", row, person, writes);
  update(std::move(row), writes);
  return issued;
}

void KeysTable::revoke(const std::string& key, const std::string& person, WriteSet& writes) const {
  KeyRow row = find(key);
  row.revoked = host_.now(Clock::real);
  row.secret.clear();
  row.earlier_secret.clear();
  store_.remove(writes, kTokens, "api_key = ?", {row.id});
  tell("api_key.revoked", row, person, writes);
  update(std::move(row), writes);
}

KeyRow KeysTable::find(const std::string& key) const {
  auto row = store_.find(kKeys, "id = ?", {key});
  if (!row) throw Error("api_key.not_found", {{"key", key}});
  if (row->revoked) throw Error("api_key.revoked", {{"key", key}});
  return std::move(*row);
}

void KeysTable::update(KeyRow row, WriteSet& writes) const {
  const std::int64_t seen = row.version++;
  store_.update(writes, kKeys, row, "id = ? AND version = ?", {row.id, seen});
}

void KeysTable::tell(const char* what, const KeyRow& row, const std::string& person,
                     WriteSet& writes) const {
  Json permissions = Json::array();
  for (const std::string& permission : row.permissions) permissions.add(permission);
  Json data = Json::object().set("name", row.name);
  data.set("permissions", std::move(permissions));
  writes.events.push_back({what, row.id, row.owner, person, std::move(data)});
}

ApiKeyView KeysTable::view_of(const KeyRow& row) const {
  const bool good = is_good(row, host_.now(Clock::real));
  return {row.id,     row.name,    row.revoked ? "revoked" : good ? "active" : "expired",
          row.permissions, row.addresses, row.person, row.created, row.expires, row.revoked};
}

std::vector<std::string> secrets_of(const KeyRow& row, const Sealing& sealing, Time now) {
  std::vector<std::string> out;
  if (!is_good(row, now)) return out;
  if (auto secret = sealing.open(row.secret, row.id)) out.push_back(std::move(*secret));
  if (row.earlier_secret.empty() || !(now < row.earlier_until)) return out;
  if (auto secret = sealing.open(row.earlier_secret, row.id)) out.push_back(std::move(*secret));
  return out;
}

}  // namespace cinnabar::apikeys
