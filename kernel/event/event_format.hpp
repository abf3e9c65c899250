// How an event is stored and hashed.
//
// The stored bytes are a JSON document of the members below, in this order, without white space:
//   {"encoding":"cinnabar.event/1","hash":"sha-256","id":...,"type":...,"aggregate":...,
//    "index":1,"owner":...,"actor":...,"at":"2026-01-31T08:00:00.000Z","data":{...}}
// The hash of an event is SHA-256 (FIPS 180-4) over the hash of its predecessor in the aggregate's
// chain, as 64 lower-case hex digits (64 zeros for the first), followed by the stored bytes. So
//   printf '%s%s' "$previous" "$stored" | sha256sum
// checks it. `data` holds no personal data in clear but salted commitments: erasing what they
// commit to breaks no chain. Pure functions; any thread.
#pragma once

#include <cinnabar/host.hpp>
#include <cinnabar/services/domain.hpp>

namespace cinnabar::kernel {

// Of a chain without events.
inline constexpr std::string_view kNoHash =
    "0000000000000000000000000000000000000000000000000000000000000000";
// MariaDB's TEXT holds 65,535 bytes; larger content belongs into a blob that the event names.
inline constexpr std::size_t kStoredEventSizeMax = 65'000;

// The columns that event_of() reads, in order.
inline constexpr std::string_view kEventColumns =
    "sequence, chain_index, id, type, aggregate, owner, actor, at, stored, hash";
// The same for subscribers, of `kernel_event e`: to them `sequence` is the position.
inline constexpr std::string_view kFeedColumns =
    "e.position, e.chain_index, e.id, e.type, e.aggregate, e.owner, e.actor, e.at, e.stored, "
    "e.hash";

// The stored bytes. Throws Error "event.too_large".
std::string encode_event(const EventDraft& draft, const std::string& id, std::int64_t chain_index,
                         Time at);
std::string event_hash(std::string_view previous_hash, std::string_view stored);

// The event of a row with kEventColumns, without `data` and `previous_hash`.
StoredEvent event_of(const std::vector<Json>& row);
// The data of the event's stored bytes. Throws when these are not of a known encoding.
Json event_data(const StoredEvent& event);
// Whether the columns say what the stored bytes say.
bool columns_agree(const StoredEvent& event);

}  // namespace cinnabar::kernel
