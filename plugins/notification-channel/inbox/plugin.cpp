// cinnabar.inbox: the notification channel "inbox", and the routes to read it.
#include <cinnabar/domain_plugin.hpp>
#include <cinnabar/services/notification_channel.hpp>
#include <cinnabar/store.hpp>

#include <charconv>

namespace cinnabar {
namespace {

constexpr std::int64_t kCodeLifeMs = 5 * 60'000;
constexpr int kPageSize = 50;
constexpr int kPageSizeMax = 200;

struct InboxConfig {
  bool carry_codes = true;
};
CINNABAR_DESCRIBE(InboxConfig, carry_codes)

struct InboxRow {
  std::string id;
  std::string owner;
  std::string enterprise;
  std::string kind;
  std::string title;
  std::string text;
  std::string link;
  std::string contract;
  Json data;
  Time at;
  std::optional<Time> read_at;
  Time expires;
};
CINNABAR_DESCRIBE(InboxRow, id, owner, enterprise, kind, title, (text, secret), link, contract,
                  data, at, read_at, expires)
constexpr Table<InboxRow> kMessages{"inbox_message"};

struct InboxMessage {
  std::string id;
  std::string kind;
  std::string enterprise;
  std::string title;
  std::string text;
  std::string link;
  std::string contract;
  Json data;
  Time at;
  std::optional<Time> read_at;
};
CINNABAR_DESCRIBE(InboxMessage, id, kind,
                  (enterprise, doc("For whom the message is; empty: for oneself.")), title,
                  (text, secret), link, contract, data, at, read_at)

struct Inbox {
  std::vector<InboxMessage> messages;
  std::int64_t unread = 0;
};
CINNABAR_DESCRIBE(Inbox, messages, (unread, doc("Of all messages, not only those shown.")))

InboxMessage view(const InboxRow& row) {
  return {row.id, row.kind, row.enterprise, row.title, row.text, row.link,
          row.contract, row.data, row.at, row.read_at};
}

int page_size(const std::string& text) {
  int size = kPageSize;
  if (text.empty()) return size;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (error != std::errc() || end != text.data() + text.size() || size < 1 || size > kPageSizeMax)
    throw Error("request.invalid", {{"reason", "must be 1 to " + std::to_string(kPageSizeMax)}},
                "/limit");
  return size;
}

class InboxPlugin final : public DomainPlugin, public NotificationChannel {
 public:
  using Interfaces = Provides<Domain, NotificationChannel>;

  explicit InboxPlugin(Host& host) : DomainPlugin(host), config_(host.config<InboxConfig>()) {
    using Self = InboxPlugin;
    route("GET", "/inbox", "inbox.list", this, &Self::list)
        .summary("Messages to oneself, newest first", "收件箱").self()
        .query("unread", "true: only those not read")
        .query("before", "only those older than this id")
        .query("limit", "1 to 200; 50 unless given");
    route("POST", "/inbox/{message}/read", "inbox.read", this, &Self::read)
        .summary("Marks a message as read", "标记为已读").self();
  }

  Answer<Inbox> list(const Request& request) {
    const Store store(host(), request.call, request.subject().person);
    const std::int64_t now = host().now_ms(Clock::real);
    std::string where = "(expires = 0 OR expires > ?)";
    std::vector<Json> params{now};
    if (request.query("unread") == "true") where += " AND read_at IS NULL";
    if (const std::string before = request.query("before"); !before.empty()) {
      where += " AND id < ?";
      params.emplace_back(before);
    }
    params.emplace_back(page_size(request.query("limit")));
    Answer<Inbox> answer;
    for (const InboxRow& row : store.list(kMessages, where + " ORDER BY id DESC LIMIT ?", params))
      answer.body.messages.push_back(view(row));
    const Rows count = host().query(request.call,
                                    "SELECT COUNT(*) FROM inbox_message WHERE owner = ? AND "
                                    "read_at IS NULL AND (expires = 0 OR expires > ?)",
                                    {request.subject().person, now});
    answer.body.unread = count.rows.at(0).at(0).integer();
    return answer;
  }
  Answer<InboxMessage> read(const Request& request) {
    const std::string& id = request.param("message");
    const Store store(host(), request.call, request.subject().person);
    auto row = store.find(kMessages, "id = ?", {id});
    if (!row) throw Error("inbox.not_found", {{"message", id}});
    Answer<InboxMessage> answer;
    if (!row->read_at) {
      row->read_at = host().now();
      answer.writes.run(
          "UPDATE inbox_message SET read_at = ? WHERE id = ? AND owner = ? AND read_at IS NULL",
          {row->read_at->ms, id, store.owner()}, 1);
    }
    answer.body = view(*row);
    return answer;
  }

  Receipt deliver(const Notification& message, const Call& call) override {
    if (message.person.empty()) return {false, "not to a person", {}};
    const bool code = message.kind.starts_with("auth.");
    if (code && !config_.carry_codes) return {false, "codes are not carried here", {}};
    const Store store(host(), call, message.person);
    Receipt receipt;
    if (store.find(kMessages, "id = ?", {message.id})) return receipt;
    const std::int64_t now = host().now_ms(Clock::real);
    const Time expires{code ? now + kCodeLifeMs : 0};
    store.insert(receipt.writes, kMessages,
                 InboxRow{message.id, message.person, message.enterprise, message.kind,
                          message.title, message.text, message.link, message.contract,
                          message.data, message.at, std::nullopt, expires});
    if (code)
      receipt.writes.run("DELETE FROM inbox_message WHERE expires > 0 AND expires < ?", {now});
    receipt.writes.stamp(CINNABAR_PLUGIN_ID);
    return receipt;
  }

 private:
  InboxConfig config_;
};

}  // namespace

CINNABAR_PLUGIN(InboxPlugin)

}  // namespace cinnabar
