// cinnabar.webhook: tells an enterprise's own servers what happens to its contracts, signed as
// Standard Webhooks has it, in order for each contract.
#include "endpoints.hpp"
#include "queue.hpp"
#include "signature.hpp"

#include <cinnabar/lru_cache.hpp>
#include <cinnabar/services/notification_channel.hpp>

#include <atomic>

namespace cinnabar {
namespace {

// Calls to slow servers must not take all the threads that run jobs.
constexpr int kSendsAtOnce = 2;
constexpr std::int64_t kBusyPauseMs = 500;
// Outcomes of the last attempts, for jobs that are run again because the lane grew meanwhile.
constexpr std::size_t kOutcomesKept = 256;
constexpr int kGone = 410;  // Standard Webhooks: the receiver wants no more

struct WebhookConfig {
  bool allow_private = false;
  bool https_only = false;
  int timeout_ms = 5'000;
};
CINNABAR_DESCRIBE(WebhookConfig, allow_private, https_only, (timeout_ms, range(100, 30'000)))

struct WebhookMessage {
  std::string id;
  std::string type;
  MessageState state = MessageState::pending;
  int attempts = 0;
  int status = 0;
  std::string detail;
  Time at;
};
CINNABAR_DESCRIBE(WebhookMessage, id, type, state, attempts,
                  (status, doc("HTTP status of the last answer; 0: none came.")), detail, at)

struct WebhookMessages {
  std::vector<WebhookMessage> messages;
};
CINNABAR_DESCRIBE(WebhookMessages, messages)

class WebhookPlugin final : public DomainPlugin, public NotificationChannel {
 public:
  using Interfaces = Provides<Domain, NotificationChannel>;

  explicit WebhookPlugin(Host& host)
      : DomainPlugin(host), config_(host.config<WebhookConfig>()), outcomes_(kOutcomesKept) {
    using Self = WebhookPlugin;
    permission({"webhook.manage", "Manage webhooks", "管理 Webhook", false,
                {{"it_administrator"}}});
    route("PUT", "/webhooks/{name}", "webhook.put", this, &Self::put)
        .summary("Makes or changes a webhook of the enterprise acted for", "设置 Webhook")
        .may("webhook.manage").audited();
    route("GET", "/webhooks", "webhook.list", this, &Self::list)
        .summary("The enterprise's webhooks", "Webhook 列表").may("webhook.manage");
    route("DELETE", "/webhooks/{name}", "webhook.remove", this, &Self::remove)
        .summary("Removes a webhook", "删除 Webhook").may("webhook.manage").audited();
    route("GET", "/webhooks/{name}/messages", "webhook.messages", this, &Self::messages)
        .summary("What was sent and what became of it, newest first", "Webhook 投递记录")
        .may("webhook.manage");
    route("POST", "/webhooks/{name}/test", "webhook.test", this, &Self::test)
        .summary("Sends a message of type webhook.test", "发送测试消息")
        .may("webhook.manage").audited().status(202);
    on("contract.*", this, &Self::told);
    job("send", this, &Self::send);
  }

  // Routes.

  Answer<WebhookView> put(const WebhookChange& in, const Request& request) {
    Answer<WebhookView> answer;
    answer.body = endpoints(request).put(request.param("name"), in, config_.https_only,
                                         answer.writes);
    return answer;
  }
  Answer<WebhookList> list(const Request& request) {
    Answer<WebhookList> answer;
    for (const EndpointRow& row : endpoints(request).all())
      answer.body.webhooks.push_back(view_of(row));
    return answer;
  }
  Answer<Nothing> remove(const Request& request) {
    Answer<Nothing> answer;
    endpoints(request).remove(request.param("name"), answer.writes);
    return answer;
  }
  Answer<WebhookMessages> messages(const Request& request) {
    const EndpointsTable table = endpoints(request);
    const EndpointRow endpoint = table.by_name(request.param("name"));
    Answer<WebhookMessages> answer;
    for (const MessageRow& row : Queue(host(), table.store()).of_endpoint(endpoint.id))
      answer.body.messages.push_back(
          {row.id, row.type, row.state, row.attempts, row.status, row.detail, row.at});
    return answer;
  }
  Answer<WebhookMessage> test(const Request& request) {
    const EndpointsTable table = endpoints(request);
    const EndpointRow endpoint = table.by_name(request.param("name"));
    MessageRow row;
    row.id = host().new_id("whm");
    row.type = "webhook.test";
    row.lane = lane_of(endpoint, row.id);
    row.payload = payload_of(row.type, host().now(), Json::object().set("webhook", endpoint.name));
    Answer<WebhookMessage> answer;
    Queue(host(), table.store()).add(endpoint, row, answer.writes);
    answer.body = {row.id, row.type, row.state, 0, 0, {}, host().now()};
    return answer;
  }

  // Events of contracts go to whom they belong to.

  WriteSet told(const StoredEvent& event, const Call& call) {
    const EndpointsTable table(host(), call, event.owner);
    const Queue queue(host(), table.store());
    WriteSet writes;
    for (const EndpointRow& endpoint : table.wanting(event.type)) {
      MessageRow row;
      row.id = host().new_id("whm");
      row.type = event.type;
      row.lane = lane_of(endpoint, event.aggregate);
      row.position = event.sequence;
      Json data = event.data.is_object() ? event.data : Json::object();
      data.set("contract", event.aggregate).set("event", event.id);
      data.set("event_index", event.chain_index);
      row.payload = payload_of(event.type, event.at, std::move(data));
      queue.add(endpoint, std::move(row), writes);
    }
    return writes;
  }

  // Messages of the notifier to the enterprise itself.

  Receipt deliver(const Notification& message, const Call& call) override {
    if (!message.person.empty() || message.enterprise.empty())
      return {false, "not to an enterprise", {}};
    const EndpointsTable table(host(), call, message.enterprise);
    const Queue queue(host(), table.store());
    const auto wanting = table.wanting(message.kind);
    if (wanting.empty()) return {false, "no webhook wants it", {}};
    Receipt receipt;
    for (const EndpointRow& endpoint : wanting) {
      MessageRow row;
      row.id = message.id + "." + endpoint.id;
      if (table.store().find(kMessages, "id = ?", {row.id})) continue;
      row.type = message.kind;
      row.lane = lane_of(endpoint, row.id);
      row.payload = payload_of(message.kind, message.at, message.data);
      queue.add(endpoint, std::move(row), receipt.writes);
    }
    receipt.writes.stamp(CINNABAR_PLUGIN_ID);
    return receipt;
  }

  // Sends the first message of a lane. Ends well whatever the receiver does.
  WriteSet send(const JobCall& job, const Call& call) {
    const EndpointsTable table(host(), call, job.owner);
    const Queue queue(host(), table.store());
    const std::string lane = job.data["lane"].text();
    WriteSet writes;
    const auto row = queue.first(lane);
    if (!row) return writes;
    const auto endpoint = table.by_id(row->endpoint);
    const Time now = host().now();
    if (!endpoint || !endpoint->enabled) {
      queue.give_up(lane, writes);
    } else if (now < row->next_at) {
      queue.run_lane(lane, row->next_at, writes);
    } else if (const auto result = attempt(*endpoint, *row)) {
      queue.record(*row, *result, writes);
      if (result->status == kGone)
        writes.run("UPDATE webhook_endpoint SET enabled = ?, version = version + 1 WHERE id = ?",
                   {false, endpoint->id});
    } else {
      queue.run_lane(lane, Time{now.ms + kBusyPauseMs}, writes);
    }
    return writes;
  }

 private:
  EndpointsTable endpoints(const Request& request) const {
    const SubjectInfo& subject = request.subject();
    if (subject.acting_for.empty()) throw Error("webhook.enterprise_only");
    return EndpointsTable(host(), request.call, subject.acting_for);
  }

  // The outcome, or nothing when too many are being sent.
  std::shared_ptr<const PostResult> attempt(const EndpointRow& endpoint, const MessageRow& row) {
    const std::string key = row.id + "#" + std::to_string(row.attempts);
    if (auto known = outcomes_.find(key)) return known;
    const Slot slot(sending_);
    if (!slot.free) return nullptr;
    auto result = std::make_shared<const PostResult>(post(endpoint, row));
    host().log(Level::info, "webhook " + row.id + " " + row.type + ": " +
                                (result->status ? std::to_string(result->status)
                                                : result->problem));
    return outcomes_.insert(key, std::move(result));
  }
  PostResult post(const EndpointRow& endpoint, const MessageRow& row) const {
    const auto key = webhook_key(endpoint.secret);
    if (!key) return {0, "the stored secret is broken; set a new one"};
    const std::int64_t now_s = host().now_ms(Clock::real) / 1000;
    try {
      PostRequest request{parse_webhook_url(endpoint.url, config_.https_only), {}, row.payload};
      request.headers = {{"Content-Type", "application/json"},
                         {"User-Agent", "Cinnabar"},
                         {"webhook-id", row.id},
                         {"webhook-timestamp", std::to_string(now_s)},
                         {"webhook-signature",
                          webhook_signature(*key, row.id, now_s, row.payload)}};
      return http_post(request, {config_.allow_private, config_.timeout_ms, {}});
    } catch (const Error& error) {
      return {0, error.what()};
    }
  }

  // A place among those that send now.
  struct Slot {
    explicit Slot(std::atomic<int>& count) : used(count), free(++count <= kSendsAtOnce) {}
    ~Slot() { --used; }
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    std::atomic<int>& used;
    bool free;
  };

  WebhookConfig config_;
  LruCache<PostResult> outcomes_;
  std::atomic<int> sending_{0};
};

}  // namespace

CINNABAR_PLUGIN(WebhookPlugin)

}  // namespace cinnabar
