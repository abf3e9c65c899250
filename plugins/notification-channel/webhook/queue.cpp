#include "queue.hpp"

#include <iterator>

namespace cinnabar {
namespace {

constexpr std::int64_t kPausesS[] = {5, 300, 1'800, 7'200, 18'000, 36'000, 50'400, 72'000, 86'400};
constexpr int kMessagesShown = 100;

}  // namespace

std::optional<std::int64_t> retry_pause_ms(int attempts) {
  if (attempts < 1 || attempts > static_cast<int>(std::size(kPausesS))) return std::nullopt;
  return kPausesS[attempts - 1] * 1000;
}

MessageRow after_post(MessageRow row, const PostResult& result, Time now) {
  ++row.attempts;
  row.at = now;
  row.status = result.status;
  row.detail = result.problem;
  if (result.status >= 200 && result.status < 300) {
    row.state = MessageState::delivered;
  } else if (const auto pause = retry_pause_ms(row.attempts)) {
    row.next_at = Time{now.ms + *pause};
  } else {
    row.state = MessageState::dead;
  }
  return row;
}

std::string lane_of(const EndpointRow& endpoint, const std::string& subject) {
  return endpoint.id + "/" + subject;
}

std::string payload_of(const std::string& type, Time at, Json data) {
  if (!data.is_object()) data = Json::object();
  return to_json(Json::object()
                     .set("type", type)
                     .set("timestamp", to_rfc3339(at))
                     .set("data", std::move(data)));
}

void Queue::run_lane(const std::string& lane, Time when, WriteSet& writes) const {
  writes.jobs.push_back({"send", store_.owner(), lane, when, Json::object().set("lane", lane), {}});
}

void Queue::add(const EndpointRow& endpoint, MessageRow row, WriteSet& writes) const {
  row.owner = store_.owner();
  row.endpoint = endpoint.id;
  row.at = host_.now();
  store_.insert(writes, kMessages, row);
  run_lane(row.lane, Time{}, writes);
}

std::optional<MessageRow> Queue::first(const std::string& lane) const {
  return store_.find(kMessages, "lane = ? AND state = ? ORDER BY position, id LIMIT 1",
                     {lane, name_of(MessageState::pending)});
}

bool Queue::others(const MessageRow& row) const {
  return store_.find(kMessages, "lane = ? AND state = ? AND id <> ? LIMIT 1",
                     {row.lane, name_of(MessageState::pending), row.id}).has_value();
}

std::vector<MessageRow> Queue::of_endpoint(const std::string& endpoint) const {
  return store_.list(kMessages, "endpoint = ? ORDER BY at DESC, id DESC LIMIT ?",
                     {endpoint, kMessagesShown});
}

void Queue::record(const MessageRow& row, const PostResult& result, WriteSet& writes) const {
  const Time now = host_.now();
  const MessageRow after = after_post(row, result, now);
  store_.update(writes, kMessages, after, "id = ? AND state = ? AND attempts = ?",
                {row.id, name_of(MessageState::pending), row.attempts});
  store_.remove(writes, kMessages, "endpoint = ? AND at < ? AND state <> ?",
                {row.endpoint, now.ms - kKeptMs, name_of(MessageState::pending)});
  if (after.state == MessageState::pending)
    run_lane(row.lane, after.next_at, writes);
  else if (others(row))
    run_lane(row.lane, Time{}, writes);
}

void Queue::give_up(const std::string& lane, WriteSet& writes) const {
  writes.run("UPDATE webhook_message SET state = ?, detail = ? WHERE owner = ? AND lane = ? AND "
             "state = ?",
             {name_of(MessageState::dead), "the webhook is switched off", store_.owner(), lane,
              name_of(MessageState::pending)});
}

}  // namespace cinnabar
