#include "vault.hpp"

#include <cinnabar/sealing.hpp>

#include <set>

namespace cinnabar {
namespace {

// Keys kept ready: 20 MB at most.
constexpr std::size_t kKeysKept = 200'000;
constexpr std::size_t kPeopleAtOnce = 500;  // a statement takes a bounded number of parameters
constexpr int kRotatedAtOnce = 500;
constexpr std::size_t kIndexSize = 16;  // bytes; as many texts as there are people never meet

std::string place_of(const PersonalCell& cell) { return "1|" + cell.person + "|" + cell.place; }
std::string wrapping_place(const std::string& person) { return "key|" + person; }

}  // namespace

Vault::Vault(Host& host, const std::filesystem::path& file)
    : host_(host),
      file_(file, [&host](std::size_t size) { return host.random(size); }),
      cache_(kKeysKept) {}

PersonKeyRow Vault::wrap(const std::string& person, const std::string& key) {
  const KeyFile::Wrapping wrapping = file_.newest();
  const std::string sealed =
      seal_bytes(wrapping.key, host_.random(kSealingNonceSize), key, wrapping_place(person));
  return {person, to_base64(sealed), wrapping.name, host_.now(Clock::real)};
}

std::string Vault::unwrap(const PersonKeyRow& row) {
  const KeyFile::Wrapping wrapping = file_.named(row.wrapping);
  const auto sealed = from_base64(row.wrapped);
  const auto key = wrapping.key.empty() || !sealed
                       ? std::nullopt
                       : open_bytes(wrapping.key, *sealed, wrapping_place(row.person));
  if (!key)
    throw Error("personal.damaged", {{"person", row.person}, {"place", "personal_key"}}, {},
                CINNABAR_FAILED);
  return *key;
}

Vault::Keys Vault::keys_of(const std::vector<PersonalCell>& cells, const Call& call) {
  Keys keys;
  std::set<std::string> asked;
  for (const PersonalCell& cell : cells) {
    if (keys.count(cell.person)) continue;
    if (auto known = cache_.find(cell.person)) keys.emplace(cell.person, std::move(known));
    else asked.insert(cell.person);
  }
  const Store store(host_, call, {});
  for (auto from = asked.begin(); from != asked.end();) {
    std::vector<Json> some;
    std::string marks;
    for (; from != asked.end() && some.size() < kPeopleAtOnce; ++from) {
      marks += some.empty() ? "?" : ", ?";
      some.emplace_back(*from);
    }
    for (const PersonKeyRow& row :
         store.list(kPersonKeys, "person IN (" + marks + ")", std::move(some))) {
      if (row.wrapped.empty()) {
        keys.emplace(row.person, nullptr);
        continue;
      }
      auto key = std::make_shared<const std::string>(unwrap(row));
      keys.emplace(row.person, cache_.insert(row.person, std::move(key)));
    }
  }
  return keys;
}

SealedCells Vault::seal(const PersonalCells& in, const Call& call) {
  SealedCells out;
  Keys keys = keys_of(in.cells, call);
  const Store store(host_, call, {});
  for (const PersonalCell& cell : in.cells) {
    auto found = keys.find(cell.person);
    if (found == keys.end()) {
      // Not into the cache: it is a key only once the command is committed.
      auto fresh = std::make_shared<const std::string>(host_.random(kSealingKeySize));
      store.insert(out.writes, kPersonKeys, wrap(cell.person, *fresh));
      found = keys.emplace(cell.person, std::move(fresh)).first;
    }
    if (!found->second) throw Error("personal.erased", {{"person", cell.person}});
    out.texts.push_back(to_base64(seal_bytes(*found->second, host_.random(kSealingNonceSize),
                                             cell.text, place_of(cell))));
  }
  return out;
}

OpenedCells Vault::open(const PersonalCells& in, const Call& call) {
  OpenedCells out;
  const Keys keys = keys_of(in.cells, call);
  for (const PersonalCell& cell : in.cells) {
    const auto found = keys.find(cell.person);
    if (found != keys.end() && !found->second) {
      out.texts.emplace_back();
      continue;
    }
    const auto sealed = from_base64(cell.text);
    auto text = found == keys.end() || !sealed
                    ? std::nullopt
                    : open_bytes(*found->second, *sealed, place_of(cell));
    if (!text)
      throw Error("personal.damaged", {{"person", cell.person}, {"place", cell.place}}, {},
                  CINNABAR_FAILED);
    out.texts.push_back(std::move(*text));
  }
  return out;
}

BlindIndexes Vault::index(const BlindIndexRequest& in) const {
  BlindIndexes out;
  for (const std::string& text : in.texts)
    out.indexes.push_back(
        to_hex(hmac_sha256(file_.index_key(), in.place + std::string(1, '\0') + text)
                   .substr(0, kIndexSize)));
  return out;
}

void Vault::forget(const std::string& person, const Call& call, WriteSet& writes) {
  const Store store(host_, call, {});
  const auto row = store.find(kPersonKeys, "person = ?", {person});
  if (row && row->wrapped.empty()) return;
  PersonKeyRow gone{person, {}, {}, host_.now(Clock::real), row ? row->version + 1 : 1};
  if (row)
    store.update(writes, kPersonKeys, gone, "person = ? AND version = ?", {person, row->version});
  else
    store.insert(writes, kPersonKeys, gone);
  cache_.remove(person);
}

std::int64_t Vault::left(const Call& call) {
  const Rows rows =
      host_.query(call, "SELECT COUNT(*) FROM personal_key WHERE wrapping <> ? AND wrapping <> ?",
                  {file_.newest().name, ""});
  return rows.rows[0][0].integer();
}

bool Vault::rotate_some(const Call& call, WriteSet& writes) {
  const Store store(host_, call, {});
  const auto rows = store.list(kPersonKeys,
                               "wrapping <> ? AND wrapping <> ? ORDER BY person LIMIT " +
                                   std::to_string(kRotatedAtOnce),
                               {file_.newest().name, ""});
  for (const PersonKeyRow& row : rows) {
    PersonKeyRow next = wrap(row.person, unwrap(row));
    next.created = row.created;
    next.version = row.version + 1;
    store.update(writes, kPersonKeys, next, "person = ? AND version = ?",
                 {row.person, row.version});
  }
  return !rows.empty();
}

}  // namespace cinnabar
