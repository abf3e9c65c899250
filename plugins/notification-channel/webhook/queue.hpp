// Queue: what is to be sent, in lanes, and what follows from each attempt. Values of one call; not
// shared between threads.
#pragma once

#include "http_post.hpp"
#include "rows.hpp"

#include <cinnabar/services/domain.hpp>

namespace cinnabar {

// A message that was sent or given up is kept so long, for the enterprise to look at.
inline constexpr std::int64_t kKeptMs = 30LL * 86'400'000;

class Queue {
 public:
  Queue(const Host& host, const Store& store) : host_(host), store_(store) {}

  // Puts a message at the end of its lane; `position` orders the lane.
  void add(const EndpointRow& endpoint, MessageRow row, WriteSet& writes) const;
  // The first message of a lane that is still to be sent.
  std::optional<MessageRow> first(const std::string& lane) const;
  bool others(const MessageRow& row) const;
  std::vector<MessageRow> of_endpoint(const std::string& endpoint) const;

  // Records an attempt, asks for the next run of the lane if there is more to do.
  void record(const MessageRow& row, const PostResult& result, WriteSet& writes) const;
  // Gives up what a lane holds: its endpoint is gone or switched off.
  void give_up(const std::string& lane, WriteSet& writes) const;
  void run_lane(const std::string& lane, Time when, WriteSet& writes) const;

 private:
  const Host& host_;
  const Store& store_;
};

// The pause after so many failed attempts; nothing: it is given up. As Standard Webhooks advises.
std::optional<std::int64_t> retry_pause_ms(int attempts);
// The row after an attempt.
MessageRow after_post(MessageRow row, const PostResult& result, Time now);

// The lane of an event: those of one aggregate follow each other.
std::string lane_of(const EndpointRow& endpoint, const std::string& subject);
std::string payload_of(const std::string& type, Time at, Json data);

}  // namespace cinnabar
