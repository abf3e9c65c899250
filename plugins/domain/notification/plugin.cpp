// cinnabar.notification: the outbox of messages and their delivery over the channels that the
// recipient's tenant has bound.
#include "delivery.hpp"
#include "hook_points.hpp"

#include <cinnabar/domain_plugin.hpp>
#include <cinnabar/services/kernel.hpp>
#include <cinnabar/services/notifier.hpp>

namespace cinnabar {
namespace {

constexpr int kDeliveriesShown = 200;

// Waits are the business clock's, as jobs are; a state is one of delivery's.
struct DeliveryView {
  std::string message;
  std::string channel;
  std::string kind;
  DeliveryState state = DeliveryState::waiting;
  int attempts = 0;
  std::string detail;
  Time at;
};
CINNABAR_DESCRIBE(DeliveryView, message, channel, kind, state, attempts, detail, at)

struct DeliveryList {
  std::vector<DeliveryView> deliveries;
};
CINNABAR_DESCRIBE(DeliveryList, deliveries)

DeliveryView view(const DeliveryRow& row) {
  return {row.message, row.channel, row.kind, row.state, row.attempts, row.detail, row.at};
}

class NotificationPlugin final : public DomainPlugin, public Notifier {
 public:
  using Interfaces = Provides<Domain, Notifier>;

  explicit NotificationPlugin(Host& host) : DomainPlugin(host) {
    using Self = NotificationPlugin;
    route("GET", "/deliveries", "notification.deliveries", this, &Self::list)
        .summary("Deliveries of messages, newest first", "消息投递记录").operators()
        .query("state", "delivered, waiting or dead; absent: dead");
    route("POST", "/deliveries/{message}/{channel}/resend", "notification.resend", this,
          &Self::resend)
        .summary("Sends again what was given up", "重发已放弃的消息").operators().audited();
    job("deliver", this, &Self::deliver);
    job("retry", this, &Self::retry);
    for (HookPointInfo& point : notify_hook_points())
      hook_point<NotifyHookInput>(std::move(point));
  }

  // Notifier, for other plugins.

  NotifyReply notify(const NotifyRequest& request, const Call& call) override {
    NotifyReply reply;
    for (Notification message : request.messages) {
      choose_words(host(), call, message);
      OutboxRow row{message.id,   {},            message.kind, message.person,
                    message.mobile, message.enterprise, message.title, message.text,
                    message.link, message.contract, message.data, message.at};
      row.owner = recipient_owner(message);
      if (row.id.empty()) row.id = host().new_id("msg");
      if (row.at.ms == 0) row.at = host().now();
      Store(host(), call, row.owner).insert(reply.writes, kOutbox, row);
      reply.writes.jobs.push_back(
          {"deliver", row.owner, {}, {}, Json::object().set("message", row.id), {}});
    }
    reply.writes.stamp(CINNABAR_PLUGIN_ID);
    return reply;
  }

  // Routes, for the operator.

  Answer<DeliveryList> list(const Request& request) {
    const std::string asked = request.query("state");
    const auto state = enum_from<DeliveryState>(asked.empty() ? "dead" : asked);
    if (!state)
      throw Error("request.invalid", {{"reason", "must be delivered, waiting or dead"}}, "/state");
    Answer<DeliveryList> answer;
    for (const DeliveryRow& row :
         Store(host(), request.call, {}).list(kAllDeliveries,
                                              "state = ? ORDER BY at DESC, message DESC LIMIT ?",
                                              {name_of(*state), kDeliveriesShown}))
      answer.body.deliveries.push_back(view(row));
    return answer;
  }
  Answer<DeliveryView> resend(const Request& request) {
    const std::string message = request.param("message"), channel = request.param("channel");
    const Store store(host(), request.call, {});
    const auto row = store.find(kAllDeliveries, "message = ? AND channel = ?", {message, channel});
    if (!row)
      throw Error("notification.delivery_not_found", {{"message", message}, {"channel", channel}});
    if (row->state != DeliveryState::dead)
      throw Error("notification.not_dead", {{"message", message}, {"channel", channel},
                                            {"state", std::string(name_of(row->state))}});
    DeliveryRow again = *row;
    again.state = DeliveryState::waiting;
    again.attempts = 0;
    Answer<DeliveryView> answer;
    store.update(answer.writes, kAllDeliveries, again, "message = ? AND channel = ? AND state = ?",
                 {message, channel, name_of(DeliveryState::dead)});
    schedule(again, Time{}, answer.writes);
    answer.body = view(again);
    return answer;
  }

  // Jobs. Each ends well whatever the channels do: what failed is tried again by a job of its own,
  // at most so often, so that no job of ours is ever dead.

  WriteSet deliver(const JobCall& job, const Call& call) {
    const CallAs as(call, job.owner);
    const Call owner_call = as.call();
    const Store store(host(), owner_call, job.owner);
    const auto message = store.find(kOutbox, "id = ?", {job.data["message"].text()});
    if (!message) return {};
    WriteSet writes;
    for (const std::string& channel : choose_channels(
             host(), owner_call, notification_of(*message),
             host().service<Bindings>(owner_call)
                 .names({std::string(interface_id<NotificationChannel>())}).names)) {
      DeliveryRow row;
      row.message = message->id;
      row.channel = channel;
      row.owner = job.owner;
      row.kind = message->kind;
      const Attempt attempt = carry(*message, channel, owner_call, writes);
      if (!attempt.for_channel) continue;
      row = after_attempt(row, attempt, message->at, host().now());
      store.insert(writes, kDeliveries, row);
      reschedule(row, writes);
    }
    forget_secret(*message, writes);
    return writes;
  }
  WriteSet retry(const JobCall& job, const Call& call) {
    const CallAs as(call, job.owner);
    const Call owner_call = as.call();
    const Store store(host(), owner_call, job.owner);
    const std::string id = job.data["message"].text(), channel = job.data["channel"].text();
    const auto message = store.find(kOutbox, "id = ?", {id});
    const auto row = store.find(kDeliveries, "message = ? AND channel = ?", {id, channel});
    if (!message || !row || row->state != DeliveryState::waiting) return {};
    WriteSet writes;
    const Attempt attempt = carry(*message, channel, owner_call, writes);
    const DeliveryRow after = after_attempt(*row, attempt, message->at, host().now());
    store.update(writes, kDeliveries, after,
                 "message = ? AND channel = ? AND state = ? AND attempts = ?",
                 {id, channel, name_of(DeliveryState::waiting), row->attempts});
    reschedule(after, writes);
    forget_secret(*message, writes);
    return writes;
  }

 private:
  Attempt carry(const OutboxRow& message, const std::string& channel, const Call& call,
                WriteSet& writes) const {
    try {
      Receipt receipt =
          host().service<NotificationChannel>(call, channel).deliver(notification_of(message));
      writes.merge(std::move(receipt.writes));
      Attempt attempt;
      attempt.delivered = attempt.for_channel = receipt.delivered;
      attempt.worth_repeating = false;
      attempt.detail = std::move(receipt.detail);
      return attempt;
    } catch (const Error& error) {
      if (error.status() == CINNABAR_CONFLICT) throw;
      host().log(Level::warning, "message " + message.id + " by " + channel + ": " + error.code());
      return failed_attempt(error, message.kind);
    }
  }
  void reschedule(const DeliveryRow& row, WriteSet& writes) const {
    if (row.state == DeliveryState::waiting)
      schedule(row, Time{host().now().ms + *pause_after_ms(row.attempts)}, writes);
  }
  static void schedule(const DeliveryRow& row, Time when, WriteSet& writes) {
    writes.jobs.push_back({"retry", row.owner, {}, when,
                           Json::object().set("message", row.message).set("channel", row.channel),
                           {}});
  }
  static void forget_secret(const OutboxRow& message, WriteSet& writes) {
    if (!is_secret(message.kind)) return;
    // Of two channels that end at once on two servers the second sees the first one's end.
    writes.run("UPDATE notification_outbox SET ended = ended + 1 WHERE id = ?", {message.id});
    writes.run("UPDATE notification_outbox SET text = '' WHERE id = ? AND NOT EXISTS "
               "(SELECT 1 FROM notification_delivery WHERE message = ? AND state = ?)",
               {message.id, message.id, name_of(DeliveryState::waiting)});
  }
};

}  // namespace

CINNABAR_PLUGIN(NotificationPlugin)

}  // namespace cinnabar
