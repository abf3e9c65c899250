#include "kernel/event/event_format.hpp"

#include "kernel/base/ids.hpp"

namespace cinnabar::kernel {

namespace {

constexpr std::string_view kEncoding = "cinnabar.event/1";

}  // namespace

// The document; the order of the members is part of the encoding.
struct EncodedEvent {
  std::string encoding;
  std::string hash;
  std::string id;
  std::string type;
  std::string aggregate;
  std::int64_t index = 0;
  std::string owner;
  std::string actor;
  Time at;
  Json data;
};
CINNABAR_DESCRIBE(EncodedEvent, encoding, hash, id, type, aggregate, index, owner, actor, at, data)

namespace {

EncodedEvent decode(const StoredEvent& event) {
  auto encoded = from_json<EncodedEvent>(event.stored);
  if (encoded.encoding != kEncoding)
    throw failure("event " + event.id + " is stored in an unknown encoding");
  return encoded;
}

}  // namespace

std::string encode_event(const EventDraft& draft, const std::string& id, std::int64_t chain_index,
                         Time at) {
  std::string stored =
      to_json(EncodedEvent{std::string(kEncoding), "sha-256", id, draft.type, draft.aggregate,
                           chain_index, draft.owner, draft.actor, at, draft.data});
  if (stored.size() > kStoredEventSizeMax)
    throw Error("event.too_large",
                {{"type", draft.type},
                 {"size", std::to_string(stored.size())},
                 {"size_max", std::to_string(kStoredEventSizeMax)}},
                {}, CINNABAR_FAILED);
  return stored;
}

std::string event_hash(std::string_view previous_hash, std::string_view stored) {
  return sha256_hex({previous_hash, stored});
}

StoredEvent event_of(const std::vector<Json>& row) {
  StoredEvent event;
  event.sequence = row[0].integer();
  event.chain_index = row[1].integer();
  event.id = row[2].text();
  event.type = row[3].text();
  event.aggregate = row[4].text();
  event.owner = row[5].text();
  event.actor = row[6].text();
  event.at = Time{row[7].integer()};
  event.stored = row[8].text();
  event.hash = row[9].text();
  return event;
}

Json event_data(const StoredEvent& event) { return decode(event).data; }

bool columns_agree(const StoredEvent& event) {
  try {
    const EncodedEvent encoded = decode(event);
    return encoded.id == event.id && encoded.type == event.type &&
           encoded.aggregate == event.aggregate && encoded.index == event.chain_index &&
           encoded.owner == event.owner && encoded.actor == event.actor && encoded.at == event.at;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace cinnabar::kernel
