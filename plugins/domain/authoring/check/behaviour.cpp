// What each kind promises beyond the contract of all plugins.
#include "check/endpoint.hpp"
#include "check/samples.hpp"
#include "check/steps.hpp"

#include <cinnabar/services/notification_channel.hpp>
#include <cinnabar/services/seal_type.hpp>

#include <cmath>
#include <fstream>

namespace cinnabar::authoring {
namespace {

constexpr int kTimeoutMs = 40'000;
constexpr int kMessages = 3;
constexpr std::int64_t kHourMs = 3'600'000;

// --- auth-method ---

class AuthCheck {
 public:
  explicit AuthCheck(Session& session, const AuthDriver& driver)
      : session_(session), driver_(driver) {}

  void run() {
    limits();
    refuses_what_is_wrong();
    refuses_what_was_for_something_else();
    refuses_replays();
    refuses_what_expired();
  }

 private:
  Challenge challenge(std::uint64_t seed = 1) const {
    const auto asked = driver_.challenge(who_, seed);
    if (!asked) throw failure("begin gave no challenge the second time");
    return *asked;
  }
  // Whether it is accepted; what else is wrong with the verdict is a finding.
  bool accepted(const Identity& who, const Challenge& asked, const Json& answer) {
    const Reply reply = session_.call(driver_.verify(who, asked, answer), {who.enterprise});
    if (!reply.ok()) return false;
    try {
      const auto verdict = from_json<Verdict>(reply.json);
      if (!verdict.accepted && verdict.reason.empty())
        session_.find_fault("a refusal has no reason", "verify", "give a stable one: wrong_code");
      return verdict.accepted;
    } catch (const Error& error) {
      session_.find_fault(std::string("the verdict cannot be read: ") + error.what(), "verify",
                          "answer a Verdict");
      return false;
    }
  }
  void expect_refused(bool taken, const std::string& what, const std::string& fix) {
    if (taken) session_.find_fault(what, "verify", fix);
  }

  void limits() {
    const Challenge asked = challenge();
    if (asked.tries < 1 || asked.tries > 10)
      session_.find_fault("a challenge allows " + std::to_string(asked.tries) + " tries", "begin",
                          "allow 1 to 10: more is guessing");
    if (asked.expires_in_s < 30 || asked.expires_in_s > 3'600)
      session_.find_fault(
          "a challenge is good for " + std::to_string(asked.expires_in_s) + " seconds", "begin",
          "30 to 3,600: the signer is there now or is not");
    if (asked.delivery && asked.delivery->to != who_.mobile)
      session_.find_fault("a code is not sent to the signer", "begin", "send it to signer.mobile");
    for (const Secret& secret : driver_.answer_secrets(asked)) {
      if (!secret_in(to_json(asked.state), {secret}).empty())
        session_.find_fault("the challenge's state holds the answer in clear", "begin",
                            "keep a salted digest of it");
      if (!secret_in(to_json(asked.prompt), {secret}).empty())
        session_.find_fault("the prompt tells the answer", "begin", "leave it out");
      if (!secret_in(to_json(driver_.credentials(who_)), {secret}).empty())
        session_.find_fault("the credentials hold the answer in clear", "enrol",
                            "keep a salted, slow digest of it");
    }
  }

  void refuses_what_is_wrong() {
    const Challenge asked = challenge();
    constexpr const char* kWhole = "compare the whole answer, and nothing else";
    expect_refused(accepted(who_, asked, driver_.wrong_answer(asked)), "a wrong answer is accepted",
                   kWhole);
    for (const Json& answer : {Json(), Json(7), Json("x"), Json::array(), Json::object()})
      expect_refused(accepted(who_, asked, answer),
                     "an answer of a wrong kind is accepted: " + to_json(answer),
                     "an answer that is not there is a wrong one");
    const std::pair<const char*, std::function<std::string(const std::string&)>> kGarbled[] = {
        {"more behind it", [](const std::string& text) { return text + "x"; }},
        {"a space behind it", [](const std::string& text) { return text + " "; }},
        {"a digit behind it", [](const std::string& text) { return text + "0"; }},
        {"a zero character behind it",
         [](const std::string& text) { return text + std::string(1, '\0') + "x"; }},
        {"more before it", [](const std::string& text) { return "x" + text; }},
        {"a space before it", [](const std::string& text) { return " " + text; }},
        {"its last character gone",
         [](const std::string& text) { return text.substr(0, text.size() - 1); }},
        {"nothing of it left", [](const std::string&) { return std::string(); }}};
    for (const auto& [what, change] : kGarbled)
      expect_refused(accepted(who_, asked, driver_.changed(asked, change)),
                     std::string("the right answer with ") + what + " is accepted", kWhole);
  }

  void refuses_what_was_for_something_else() {
    const Challenge asked = challenge();
    const Json answer = driver_.right_answer(asked);
    const auto for_other = [&](const char* what, const std::function<void(Identity&)>& change) {
      Identity other = who_;
      driver_.credentials(who_);
      change(other);
      const Reply reply =
          session_.call(with_credentials(driver_.verify(other, asked, answer)), {other.enterprise});
      bool taken = false;
      try {
        taken = reply.ok() && from_json<Verdict>(reply.json).accepted;
      } catch (const Error&) {
      }
      expect_refused(taken, std::string("the answer is accepted for ") + what,
                     "put what the challenge is for into its state, and compare it whole");
    };
    for_other("another contract", [](Identity& other) { other.contract = "con_01J8OTHER2A5C7"; });
    for_other("a contract whose id has more behind it",
              [](Identity& other) { other.contract += "x"; });
    for_other("a contract whose id is the beginning of the right one",
              [](Identity& other) { other.contract.pop_back(); });
    for_other("another document than was shown",
              [](Identity& other) { other.shown = std::string(64, 'c'); });
    for_other("a digest that has more behind it", [](Identity& other) { other.shown += "00"; });
    for_other("no digest at all", [](Identity& other) { other.shown.clear(); });
    if (driver_.one_time())
      for_other("another person", [](Identity& other) { other.person = "per_01J8OTHER9P4R"; });
  }

  // What the platform keeps goes by the person that began: only what was signed is another one.
  Sample with_credentials(Sample sample) const {
    Json json = from_json<Json>(sample.json);
    json.set("credentials", driver_.credentials(who_));
    sample.json = to_json(json);
    return sample;
  }

  void refuses_replays() {
    if (!driver_.one_time()) return;
    const Challenge first = challenge(1), second = challenge(2);
    const Json answer = driver_.right_answer(first);
    if (answer == driver_.right_answer(second))
      session_.find_fault("two challenges have the same code", "begin",
                          "draw a new one from host.random for each");
    expect_refused(accepted(who_, second, answer),
                   "the answer to an earlier challenge is accepted again (a replay)",
                   "bind the code to the challenge by its state");
  }

  void refuses_what_expired() {
    Recorder& recorder = session_.recorder();
    const Challenge asked = challenge();
    const Json answer = driver_.right_answer(asked);
    recorder.now_ms += asked.expires_in_s * 1'000 - 2'000;
    if (!accepted(who_, asked, answer))
      session_.find_fault("the right answer is refused before the challenge expires", "verify",
                          "go by expires_in_s and the host's clock");
    recorder.now_ms += 4'000;
    expect_refused(accepted(who_, asked, answer), "an expired answer is accepted",
                   "put the time into the state, and compare it with host.now_ms(Clock::real)");
    recorder.now_ms += 24 * kHourMs;
    expect_refused(accepted(who_, asked, answer), "an answer is accepted a day later",
                   "put the time into the state, and compare it with host.now_ms(Clock::real)");
    recorder.now_ms = Recorder::kBeginning;
  }

  Session& session_;
  const AuthDriver& driver_;
  const Identity who_ = first_identity();
};

// --- seal-type ---

bool ends_as_png(std::string_view png) {
  return png.size() > 24 && png.substr(0, 8) == "\x89PNG\r\n\x1a\n" &&
         png.substr(png.size() - 8, 4) == "IEND";
}

std::optional<SealImage> image_of(const Reply& reply) {
  if (!reply.ok()) return std::nullopt;
  Spans spans;
  for (const std::string& span : reply.spans) spans.push_back(Bytes::borrowed(span));
  try {
    return from_json<SealImage>(reply.json, Reading::lenient, &spans);
  } catch (const Error&) {
    return std::nullopt;
  }
}

void look_at_image(Session& session, const Reply& reply) {
  const auto image = image_of(reply);
  if (!image) {
    if (reply.ok())
      session.find_fault("the image cannot be read", "draw", "answer a SealImage with its spans");
    return;
  }
  if (image->drawing.content.view().empty())
    session.find_fault("the drawing is empty", "draw", "draw in operators of ISO 32000-2");
  if (!ends_as_png(image->png.view()))
    session.find_fault("the preview is no whole PNG", "draw", "write it to its end (IEND)");
  constexpr double kPointsPerUm = 72.0 / 25'400;
  if (std::abs(image->drawing.width - static_cast<double>(image->width_um) * kPointsPerUm) > 0.01)
    session.find_fault("the drawing's width is not the seal's", "draw", "72 points are 25,400 um");
}

// The answers to all samples, at that hour, in an environment of its own.
std::string images(const Subject& subject, std::int64_t hour, CheckStep& step) {
  std::string whole;
  CheckStep one = run_apart(
      "seal-type", kTimeoutMs,
      [&](const Teller& teller) {
        if (hour > 0) {
          setenv("TZ", "Asia/Shanghai", 1);
          setenv("HOME", "/nonexistent", 1);
          // Another layout of the heap: what depends on addresses shows.
          for (int i = 0; i < 1'000; ++i) static_cast<void>(new char[static_cast<std::size_t>(i)]);
        }
        Session session(subject, teller);
        session.recorder().now_ms += hour * kHourMs;
        if (!session.open()) return teller.detail("left out: it does not start here");
        std::size_t number = 0, drawn = 0;
        for (const Sample& sample : samples_for(session, first_identity(), subject.config)) {
          if (sample.method != "draw") continue;
          const Setting setting{first_identity().enterprise, subject.config};
          const Reply reply = session.call(sample, setting, 7 + static_cast<std::uint64_t>(hour));
          look_at_image(session, reply);
          if (reply.ok()) ++drawn;
          session.recorder().now_ms += kHourMs;
          const Reply again = session.call(sample, setting, 99);
          if (reply.whole() != again.whole())
            session.find_fault("the same request gives other bytes the second time", sample.json,
                               "draw from the request alone: no time, no random, no counter");
          session.teller().value(std::to_string(number++) + " " +
                                 std::to_string(std::hash<std::string>{}(reply.whole())) + "\n");
        }
        teller.detail(drawn > 0 ? std::to_string(drawn) + " designs were drawn"
                                : "left out: it draws none of the designs made up for it; name one "
                                  "in check.json");
      },
      nullptr, &whole);
  step.detail = one.detail;
  for (Finding& finding : one.findings) step.findings.push_back(std::move(finding));
  return whole;
}

// --- notification-channel ---

class ChannelCheck {
 public:
  ChannelCheck(Session& session, Endpoint& endpoint, const std::string& config)
      : session_(session), endpoint_(endpoint), setting_{first_identity().enterprise, config} {}

  // Whether it carried the message anywhere.
  bool run(const Sample& sample) {
    const Reply first = session_.call(sample, setting_, 1);
    const auto receipt = read(first);
    if (!receipt) return false;
    const std::string applied = session_.recorder().tables().apply(receipt->writes);
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
    return receipt->delivered || !receipt->writes.statements.empty() ||
           !receipt->writes.jobs.empty();
  }

 private:
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

}  // namespace

CheckStep check_auth_method(const Subject& subject) {
  return run_apart("auth-method", kTimeoutMs, [&](const Teller& teller) {
    Session session(subject, teller);
    if (!session.open()) return teller.detail("left out: it does not start here");
    const AuthDriver driver(session);
    if (!driver.works())
      return teller.detail("left out: no right answer is known; name one in check.json");
    AuthCheck(session, driver).run();
  });
}

CheckStep check_seal_type(const Subject& subject) {
  CheckStep step{"seal-type", {}, {}};
  const std::string one = images(subject, 0, step);
  if (!step.passed()) return step;
  const std::string other = images(subject, 5, step);
  if (one != other && step.passed())
    step.findings.push_back({"the same request gives other bytes in another process", "draw",
                             "draw from the request alone: no time, no address, no environment"});
  return step;
}

// The configuration with every address in it replaced by the endpoint's.
std::string sent_to(const Subject& subject, const Endpoint& endpoint) {
  Json config = from_json<Json>(subject.config);
  for (const auto& [name, property] : subject.manifest.config["properties"].members()) {
    const auto named = [&n = name](const char* part) { return n.find(part) != std::string::npos; };
    const std::string& type = property["type"].text();
    if (type == "string" && (named("url") || named("endpoint") || named("uri")))
      config.set(name, endpoint.url());
    else if (type == "integer" && named("port"))
      config.set(name, endpoint.port());
    else if (type == "string" && named("host"))
      config.set(name, "127.0.0.1");
    else if (type == "boolean" && (named("allow_private") || named("plain_http")))
      config.set(name, true);
  }
  return to_json(config);
}

CheckStep check_notification_channel(const Subject& subject) {
  return run_apart("notification-channel", kTimeoutMs, [&](const Teller& teller) {
    const Json& answer = subject.fixture["endpoint"];
    Endpoint endpoint(answer.is_null() ? "{}" : to_json(answer));
    const std::string config = sent_to(subject, endpoint);
    Session session(subject, teller, config);
    if (!session.open()) return teller.detail("left out: it does not start here");
    int delivered = 0;
    for (int variant = 0; variant < kMessages; ++variant)
      if (ChannelCheck(session, endpoint, config)
              .run(notification_sample(first_identity(), variant)))
        ++delivered;
    const std::string asked =
        std::to_string(endpoint.requests().size()) + " requests to its endpoint";
    if (delivered == 0)
      return teller.detail("left out: it delivers no message here, with " + asked +
                           "; say in check.json what its endpoint answers");
    teller.detail(std::to_string(delivered) + " of " + std::to_string(kMessages) +
                  " messages were delivered, with " + asked);
  });
}

}  // namespace cinnabar::authoring
