// The rows of this plugin's tables. Values.
#pragma once

#include <cinnabar/store.hpp>

namespace cinnabar {

struct OutboxRow {
  std::string id;
  std::string owner;
  std::string kind;
  std::string person;
  std::string mobile;
  std::string enterprise;
  std::string title;
  std::string text;
  std::string link;
  std::string contract;
  Json data;
  Time at;
};
CINNABAR_DESCRIBE(OutboxRow, id, owner, kind, person, mobile, enterprise, title, (text, secret),
                  link, contract, data, at)
inline constexpr Table<OutboxRow> kOutbox{"notification_outbox"};

enum class DeliveryState { delivered, waiting, dead };
CINNABAR_ENUM(DeliveryState, delivered, waiting, dead)

struct DeliveryRow {
  std::string message;
  std::string channel;
  std::string owner;
  std::string kind;
  DeliveryState state = DeliveryState::waiting;
  int attempts = 0;
  std::string detail;
  Time at;  // of the last attempt
};
CINNABAR_DESCRIBE(DeliveryRow, message, channel, owner, kind, state, attempts, detail, at)
inline constexpr Table<DeliveryRow> kDeliveries{"notification_delivery"};
// The operator's view, over all tenants.
inline constexpr Table<DeliveryRow> kAllDeliveries{"notification_delivery", false};

}  // namespace cinnabar
