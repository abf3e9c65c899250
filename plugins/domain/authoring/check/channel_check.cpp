// What a notification channel promises: a message that comes again is the same message.
#include "check/samples.hpp"
#include "check/steps.hpp"

#include <cinnabar/services/notification_channel.hpp>

#include <fstream>

namespace cinnabar::authoring {
namespace {

constexpr int kTimeoutMs = 40'000;
constexpr int kMessages = 3;
constexpr std::int64_t kHourMs = 3'600'000;

class ChannelCheck {
 public:
  ChannelCheck(Session& session, Endpoint& endpoint, const std::string& config)
      : session_(session), endpoint_(endpoint), setting_{first_identity().enterprise, config} {}

  // Whether it carried the message anywhere.
  bool run(const Sample& sample) {
    const std::size_t before = traces_of(sample, {});
    const Reply first = session_.call(sample, setting_, 1);
    const auto receipt = read(first);
    if (!receipt) return false;
    const std::string applied = session_.recorder().tables().apply(receipt->writes);
    const std::size_t traces = traces_of(sample, *receipt);
    const std::int64_t rows = session_.recorder().tables().rows();
    const int effects = session_.recorder().effects;
    const std::size_t sent = endpoint_.requests().size();
    const std::size_t copies = copies_of(from_json<Json>(sample.json)["text"].text());
    const auto second = again(sample, *receipt, 1, "at once");
    const auto third = again(sample, *receipt, 1, "at once");
    // Nothing but the plugin itself can have made a difference.
    if (second && third && to_json(*second) != to_json(*third))
      session_.find_fault("a message that comes again is answered otherwise each time: \"" +
                              second->detail + "\", then \"" + third->detail + "\"",
                          sample.json, "keep nothing in memory; the same id is the same message");
    session_.recorder().now_ms += kHourMs;
    const auto later = again(sample, *receipt, 2, "later");
    session_.recorder().now_ms = Recorder::kBeginning;
    if (later) compare_writes(*receipt, *later, applied, rows, id_of(sample));
    const std::string text = from_json<Json>(sample.json)["text"].text();
    if (session_.recorder().tables().rows() > rows && session_.recorder().effects > effects)
      session_.find_fault("a message that comes again is written again", sample.json, kRemember);
    look_at_requests(sent, id_of(sample));
    if (copies_of(text) > copies)
      session_.find_fault("a message that comes again is written to a file again", sample.json,
                          kRemember);
    if (traces > before) look_at_another(sample);
    return receipt->delivered || !receipt->writes.statements.empty() ||
           !receipt->writes.jobs.empty();
  }

  // The same message in another life of the plugin, which has only what it stored in the first.
  void run_after_restart(const Sample& sample) {
    const std::string text = from_json<Json>(sample.json)["text"].text();
    const std::int64_t rows = session_.recorder().tables().rows();
    const std::size_t sent = endpoint_.requests().size(), copies = copies_of(text);
    const Reply reply = session_.call(sample, setting_, 3);
    if (!reply.ok())
      return session_.find_fault("a message that comes again after a restart is answered with " +
                                     status_name(reply.status),
                                 sample.json, kRemember);
    const auto receipt = read(reply);
    if (!receipt) return;
    const std::string refused = session_.recorder().tables().apply(receipt->writes);
    if (refused.empty() && session_.recorder().tables().rows() > rows)
      session_.find_fault("a message that comes again after a restart is written again",
                          sample.json, kRemember);
    for (const JobDraft& job : receipt->writes.jobs)
      if (job.key.empty())
        session_.find_fault("a message that comes again after a restart is queued again",
                            sample.json, "give the job the message's id as its key");
    look_at_requests(sent, id_of(sample));
    if (copies_of(text) > copies)
      session_.find_fault("a message that comes again after a restart is written to a file again",
                          sample.json, kRemember);
  }

 private:
  // All that shows that a message was carried somewhere.
  std::size_t traces_of(const Sample& sample, const Receipt& receipt) {
    return endpoint_.requests().size() + receipt.writes.jobs.size() +
           static_cast<std::size_t>(session_.recorder().tables().rows()) +
           static_cast<std::size_t>(session_.recorder().effects) +
           copies_of(from_json<Json>(sample.json)["text"].text());
  }

  // Two messages may say the same.
  void look_at_another(const Sample& sample) {
    Json json = from_json<Json>(sample.json);
    std::string id = json["id"].text();
    id.back() = id.back() == 'Z' ? 'Y' : 'Z';
    Sample another = sample;
    another.json = to_json(json.set("id", id));
    const std::size_t before = traces_of(another, {});
    const auto receipt = read(session_.call(another, setting_, 5));
    if (!receipt || !receipt->delivered) return;
    const std::string refused = session_.recorder().tables().apply(receipt->writes);
    if (traces_of(another, *receipt) <= before || !refused.empty())
      session_.find_fault("another message that says the same is not delivered", another.json,
                          "two messages are the same when their ids are, not when their texts are");
  }

  static constexpr const char* kRemember =
      "remember its id in a table of the plugin, and look there first";

  // What was sent before is sent again only with the id by which the receiver recognises it.
  void look_at_requests(std::size_t before, const std::string& id) {
    const auto requests = endpoint_.requests();
    for (std::size_t i = before; i < requests.size(); ++i)
      if (requests[i].find(id) == std::string::npos)
        session_.find_fault("a message that comes again is sent again, without its id",
                            shortened_text(requests[i], 300),
                            "send the message's id along (a header Idempotency-Key), or remember "
                            "in a table that it was sent");
  }

  // In the files that the plugin keeps.
  std::size_t copies_of(const std::string& text) const {
    std::size_t copies = 0;
    std::error_code none;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(session_.subject().data, none)) {
      std::ifstream in(entry.path(), std::ios::binary);
      const std::string content(std::istreambuf_iterator<char>(in), {});
      for (std::size_t at = 0; (at = content.find(text, at)) != std::string::npos; ++at) ++copies;
    }
    return copies;
  }

  static std::string id_of(const Sample& sample) {
    return from_json<Json>(sample.json)["id"].text();
  }
  std::optional<Receipt> read(const Reply& reply) {
    if (!reply.ok()) return std::nullopt;
    try {
      return from_json<Receipt>(reply.json);
    } catch (const Error& error) {
      session_.find_fault(std::string("the receipt cannot be read: ") + error.what(), "deliver",
                          "answer a Receipt");
      return std::nullopt;
    }
  }

  std::optional<Receipt> again(const Sample& sample, const Receipt& first, std::uint64_t seed,
                               const char* when) {
    const Reply reply = session_.call(sample, setting_, seed);
    constexpr const char* kFix = "the same id is the same message: answer as the first time";
    if (!reply.ok()) {
      session_.find_fault(std::string("a message that comes again ") + when + " is answered with " +
                              status_name(reply.status),
                          sample.json, kFix);
      return std::nullopt;
    }
    const auto second = read(reply);
    if (!second) return std::nullopt;
    if (second->delivered != first.delivered)
      session_.find_fault("a message that comes again is answered otherwise: delivered is another",
                          sample.json, kFix);
    return second;
  }

  void compare_writes(const Receipt& first, const Receipt& second, const std::string& refused,
                      std::int64_t rows, const std::string& id) {
    constexpr const char* kFix =
        "make the message's id the key of what is written: INSERT with it "
        "as primary key, after looking whether it is there";
    if (refused.empty() && !first.writes.statements.empty()) {
      const std::string reason = session_.recorder().tables().apply(second.writes);
      if (reason.empty() && session_.recorder().tables().rows() > rows)
        session_.find_fault("a message that comes again is written again", "deliver " + id, kFix);
      return;
    }
    for (std::size_t i = 0; i < second.writes.statements.size(); ++i) {
      const Statement& statement = second.writes.statements[i];
      if (!is_insert(statement.sql)) continue;
      const bool same = i < first.writes.statements.size() &&
                        first_text(first.writes.statements[i]) == first_text(statement);
      if (!same)
        session_.find_fault("a message that comes again is written under another key",
                            statement.sql, kFix);
    }
    for (std::size_t i = 0; i < second.writes.jobs.size(); ++i)
      if (second.writes.jobs[i].key.empty())
        session_.find_fault("a message that comes again is queued again", "deliver " + id,
                            "give the job the message's id as its key");
  }

  static bool is_insert(const std::string& sql) {
    std::string word = sql.substr(0, 6);
    for (char& c : word) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return word == "INSERT";
  }
  // The first text is the key, as everywhere; numbers may be times.
  static std::string first_text(const Statement& statement) {
    for (const Json& param : statement.params)
      if (param.is_text()) return param.text();
    return {};
  }

  Session& session_;
  Endpoint& endpoint_;
  const Setting setting_;
};

// Where the plugin sends to in this process, and its configuration for that.
struct Receiver {
  explicit Receiver(const Subject& subject)
      : endpoint(endpoint_answer(subject)), config(sent_to(subject, endpoint)) {}
  Endpoint endpoint;
  const std::string config;
};

// Which messages were delivered, by number, in `delivered`.
CheckStep first_life(const Subject& subject, const std::filesystem::path& database,
                     std::string& delivered) {
  return run_apart(
      "notification-channel", kTimeoutMs,
      [&](const Teller& teller) {
        Receiver receiver(subject);
        Session session(subject, teller, receiver.config, database);
        if (!session.open()) return teller.detail(kNoStart);
        int count = 0;
        for (int variant = 0; variant < kMessages; ++variant)
          if (ChannelCheck(session, receiver.endpoint, receiver.config)
                  .run(notification_sample(first_identity(), variant))) {
            ++count;
            teller.value(std::to_string(variant));
          }
        const std::string asked =
            std::to_string(receiver.endpoint.requests().size()) + " requests to its endpoint";
        if (count == 0)
          return teller.detail("left out: it delivers no message here, with " + asked +
                               "; say in check.json what its endpoint answers");
        teller.detail(std::to_string(count) + " of " + std::to_string(kMessages) +
                      " messages were delivered, with " + asked);
        session.close();
      },
      nullptr, &delivered);
}

}  // namespace

CheckStep check_notification_channel(const Subject& subject) {
  const std::filesystem::path database = subject.data.string() + ".channel.db";
  std::string delivered;
  CheckStep step = first_life(subject, database, delivered);
  if (step.passed() && !delivered.empty()) {
    CheckStep again = run_apart("notification-channel", kTimeoutMs, [&](const Teller& teller) {
      Receiver receiver(subject);
      Session session(subject, teller, receiver.config, database);
      if (!session.open()) return;
      for (const char variant : delivered)
        ChannelCheck(session, receiver.endpoint, receiver.config)
            .run_after_restart(notification_sample(first_identity(), variant - '0'));
    });
    step.findings = std::move(again.findings);
  }
  std::error_code none;
  std::filesystem::remove(database, none);
  return step;
}

}  // namespace cinnabar::authoring
