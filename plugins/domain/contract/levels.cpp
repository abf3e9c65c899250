#include "levels.hpp"

#include <cinnabar/cms.hpp>

#include <algorithm>
#include <set>

namespace cinnabar::contract {
namespace {

std::string archive_field(int number) { return "archive_timestamp_" + std::to_string(number); }

// The document's bytes behind those that the kept SHA-384 covers. An act with such a key is rare,
// so the segments since the last one are read again instead of being hashed twice by every act.
Bytes tail_of(const Host& host, const DocumentRow& document) {
  const std::string& kept = document.state.digest_state_384;
  std::int64_t covered = kept.empty() ? 0 : DigestState384::decode(kept).size();
  std::string out;
  const auto take = [&](const std::string& blob, std::int64_t size) {
    if (covered < size)
      out += host.blob_read(blob).substr(static_cast<std::size_t>(covered));
    covered = std::max<std::int64_t>(0, covered - size);
  };
  take(document.base, document.base_size);
  for (const Segment& segment : document.segments) take(segment.blob, segment.size);
  return Bytes(std::move(out));
}

}  // namespace

bool stamped(std::string_view level) { return level != "B-B"; }
bool long_term(std::string_view level) { return level == "B-LT" || archived(level); }
bool archived(std::string_view level) { return level == "B-LTA"; }

void add_archive_fields(DocumentPlan& plan) {
  // An act takes one timestamp a certificate, and has at most one certificate a control.
  std::set<std::pair<std::string, std::string>> signings;
  for (const PlannedField& field : plan.fields) signings.emplace(field.party, field.control);
  const int count = static_cast<int>(signings.size()) + kRenewalsMax;
  for (int number = 1; number <= count; ++number)
    plan.fields.push_back({archive_field(number), "", "", 1, kInvisibleRect, false});
}

std::string next_archive_field(const DocumentState& state) {
  return archive_field(state.archives + 1);
}

FieldMap map_of(const FieldMap& map, const std::vector<std::string>& fields) {
  FieldMap out = map;
  std::erase_if(out.fields, [&](const PreparedField& field) {
    return std::find(fields.begin(), fields.end(), field.name) == fields.end();
  });
  return out;
}

void place_request(SignRequest& request, const Host& host, const DocumentRow& document,
                   const FieldMap& map, const std::string& level) {
  std::vector<std::string> fields;
  for (const Mark& mark : request.marks) fields.push_back(mark.field);
  if (archived(level)) {
    request.archive_field = next_archive_field(document.state);
    fields.push_back(request.archive_field);
  }
  request.map = map_of(map, fields);
  request.state = document.state;
  request.level = level;
  if (!request.chain.empty() && digest_for(request.chain.front().view()) == CmsDigest::sha384)
    request.tail = tail_of(host, document);
}

}  // namespace cinnabar::contract
