// One attempt to carry a message over a channel, and what follows from its outcome. Values; any
// thread.
#pragma once

#include "rows.hpp"

#include <cinnabar/services/notification_channel.hpp>

namespace cinnabar {

// A one-time code is of no use later than this.
inline constexpr std::int64_t kSecretLifeMs = 5 * 60'000;

// The pause after so many failed attempts; nothing: it is given up.
std::optional<std::int64_t> pause_after_ms(int attempts);

// Whether the text must not stay longer than needed.
bool is_secret(std::string_view kind);

Notification notification_of(const OutboxRow& row);

// Whose channels carry a message: the enterprise's that its recipient acts for, or the person's.
const std::string& recipient_owner(const Notification& message);

// The row of a delivery after an attempt.
struct Attempt {
  bool delivered = false;
  bool for_channel = true;  // false: the channel has nothing to do with this message
  bool worth_repeating = true;
  std::string detail;
};
DeliveryRow after_attempt(DeliveryRow row, const Attempt& attempt, Time sent_at, Time now);

// What an error of a channel means for the attempt. Texts of secret messages stay out of it.
Attempt failed_attempt(const Error& error, std::string_view kind);

}  // namespace cinnabar
