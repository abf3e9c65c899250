#include "delivery.hpp"

#include <cinnabar/text.hpp>

#include <iterator>

namespace cinnabar {
namespace {

// Two days and a half in all: over a weekend.
constexpr std::int64_t kPausesS[] = {10, 30, 120, 600, 3'600, 10'800, 43'200, 86'400, 86'400};
constexpr std::size_t kDetailSizeMax = 500;

}  // namespace

std::optional<std::int64_t> pause_after_ms(int attempts) {
  if (attempts < 1 || attempts > static_cast<int>(std::size(kPausesS))) return std::nullopt;
  return kPausesS[attempts - 1] * 1000;
}

bool is_secret(std::string_view kind) { return kind.starts_with("auth."); }

Notification notification_of(const OutboxRow& row) {
  return {row.id,    row.kind, row.person, row.mobile,   row.enterprise, row.title,
          row.text,  row.link, row.contract, row.data, row.at};
}

const std::string& recipient_owner(const Notification& message) {
  const std::string& owner = message.enterprise.empty() ? message.person : message.enterprise;
  if (owner.empty()) throw Error("notification.recipient_missing", {{"kind", message.kind}});
  return owner;
}

DeliveryRow after_attempt(DeliveryRow row, const Attempt& attempt, Time sent_at, Time now) {
  ++row.attempts;
  row.at = now;
  row.detail = shortened_text(attempt.detail, kDetailSizeMax);
  if (attempt.delivered) {
    row.state = DeliveryState::delivered;
    return row;
  }
  const bool too_late = is_secret(row.kind) && now.ms - sent_at.ms >= kSecretLifeMs;
  const bool again = attempt.worth_repeating && !too_late && pause_after_ms(row.attempts);
  row.state = again ? DeliveryState::waiting : DeliveryState::dead;
  return row;
}

Attempt failed_attempt(const Error& error, std::string_view kind) {
  Attempt attempt;
  attempt.detail = is_secret(kind) ? error.code() : error.what();
  // Refused or gone for good; anything else may be better in a while.
  attempt.worth_repeating =
      error.status() != CINNABAR_REFUSED && error.status() != CINNABAR_UNSUPPORTED;
  return attempt;
}

}  // namespace cinnabar
