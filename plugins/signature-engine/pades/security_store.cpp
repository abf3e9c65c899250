#include "security_store.hpp"

#include "pdf_text.hpp"

#include <cinnabar/digest_state.hpp>

#include <algorithm>

namespace cinnabar::pades {
namespace {

constexpr std::size_t kObjectSizeHint = 128;

struct Kind {
  std::string_view name;  // in StoredProof
  std::string_view key;   // in the store's dictionary
  std::vector<Bytes> ValidationData::*items;
};
constexpr Kind kKinds[] = {{"certificate", "/Certs", &ValidationData::certificates},
                           {"crl", "/CRLs", &ValidationData::crls},
                           {"ocsp", "/OCSPs", &ValidationData::ocsps}};

// What is to be added, each item once.
struct Fresh {
  StoredProof proof;
  std::string_view der;
};

std::vector<Fresh> fresh_items(const std::vector<StoredProof>& held, const ValidationData& data) {
  std::vector<Fresh> out;
  for (const Kind& kind : kKinds)
    for (const Bytes& item : data.*kind.items) {
      const std::string digest = to_hex(sha256(item.view()));
      const auto same = [&](const StoredProof& proof) {
        return proof.kind == kind.name && proof.sha256 == digest;
      };
      const bool known = std::any_of(held.begin(), held.end(), same) ||
                         std::any_of(out.begin(), out.end(),
                                     [&](const Fresh& fresh) { return same(fresh.proof); });
      if (!known) out.push_back({{std::string(kind.name), digest, 0}, item.view()});
    }
  return out;
}

std::string dictionary_of(const std::vector<StoredProof>& held) {
  std::string out = "/Type /DSS";
  for (const Kind& kind : kKinds) {
    std::string list;
    for (const StoredProof& proof : held)
      if (proof.kind == kind.name) list += (list.empty() ? "" : " ") + reference(proof.object);
    if (!list.empty()) out += " " + std::string(kind.key) + " [" + list + "]";
  }
  return out;
}

}  // namespace

std::optional<StoreUpdate> build_store(const Place& place, const FieldMap& map,
                                       std::vector<StoredProof>& held, const ValidationData& data) {
  if (map.security_store <= 0 || map.security_store >= map.next_object)
    throw Error("signature.map_invalid", {{"reason", "no security store was prepared"}});
  std::vector<Fresh> fresh = fresh_items(held, data);
  if (fresh.empty()) return std::nullopt;
  std::size_t size_hint = kObjectSizeHint;
  for (const Fresh& item : fresh) size_hint += item.der.size() + kObjectSizeHint;
  SegmentWriter out(place, map, size_hint);
  for (Fresh& item : fresh) {
    item.proof.object = out.new_object();
    out.write_stream(item.proof.object, "", item.der);
    held.push_back(item.proof);
  }
  out.write_dictionary(map.security_store, dictionary_of(held));
  out.finish();
  const Place end = out.end();
  return StoreUpdate{std::move(out.bytes), end};
}

}  // namespace cinnabar::pades
