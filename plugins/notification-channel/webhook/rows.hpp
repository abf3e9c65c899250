// The rows of this plugin's tables, all of them an enterprise's. Values.
#pragma once

#include <cinnabar/store.hpp>

namespace cinnabar {

struct EndpointRow {
  std::string owner;
  std::string name;
  std::string id;
  std::string url;
  std::string secret;
  std::vector<std::string> events;
  bool enabled = true;
  Time created;
  std::int64_t version = 1;
};
CINNABAR_DESCRIBE(EndpointRow, owner, name, id, url, (secret, secret), events, enabled, created,
                  version)
inline constexpr Table<EndpointRow> kEndpoints{"webhook_endpoint"};

enum class MessageState { pending, delivered, dead };
CINNABAR_ENUM(MessageState, pending, delivered, dead)

struct MessageRow {
  std::string id;  // webhook-id, the same for each attempt
  std::string owner;
  std::string endpoint;
  std::string lane;
  std::int64_t position = 0;
  std::string type;
  std::string payload;
  MessageState state = MessageState::pending;
  int attempts = 0;
  int status = 0;  // HTTP, of the last attempt
  std::string detail;
  Time next_at;
  Time at;
};
CINNABAR_DESCRIBE(MessageRow, id, owner, endpoint, lane, position, type,
                  (payload, length(0, 65'536)), state, attempts, status, detail, next_at, at)
inline constexpr Table<MessageRow> kMessages{"webhook_message"};

}  // namespace cinnabar
