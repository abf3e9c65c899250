// What an auth method promises: only the right answer to this challenge, in time, is accepted.
#include "check/samples.hpp"
#include "check/steps.hpp"

namespace cinnabar::authoring {
namespace {

constexpr int kTimeoutMs = 40'000;
constexpr std::int64_t kHourMs = 3'600'000;

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
    goes_by_the_real_clock();
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
    const Json right = driver_.right_answer(asked);
    for (const Json& answer : {Json(), Json(7), Json("x"), Json::array(), Json::object()})
      expect_refused(answer != right && accepted(who_, asked, answer),
                     "an answer of a wrong kind is accepted: " + to_json(answer),
                     "an answer that is not there is a wrong one");
    const auto behind = [](std::string what) {
      return [what](const std::string& text) { return text + what; };
    };
    const auto before = [](std::string what) {
      return [what](const std::string& text) { return what + text; };
    };
    const std::pair<const char*, std::function<std::string(const std::string&)>> kGarbled[] = {
        {"more behind it", behind("x")},
        {"a space behind it", behind(" ")},
        {"a line break behind it", behind("\n")},
        {"a tab behind it", behind("\t")},
        {"a no-break space behind it", behind("\xC2\xA0")},
        {"a wide space behind it", behind("\xE3\x80\x80")},
        {"a digit behind it", behind("0")},
        {"a fraction behind it", behind(".0")},
        {"a zero character behind it", behind(std::string(1, '\0') + "x")},
        {"only a zero character behind it", behind(std::string(1, '\0'))},
        {"more before it", before("x")},
        {"a space before it", before(" ")},
        {"a zero before it", before("0")},
        {"a sign before it", before("+")},
        {"its last character gone",
         [](const std::string& text) { return without_last_character(text); }},
        {"nothing of it left", [](const std::string&) { return std::string(); }}};
    for (const auto& [what, change] : kGarbled) {
      const Json answer = driver_.changed(asked, change);
      expect_refused(answer != right && accepted(who_, asked, answer),
                     std::string("the right answer with ") + what + " is accepted", kWhole);
    }
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
    for_other("a contract whose id has a space behind it",
              [](Identity& other) { other.contract += " "; });
    for_other("a contract whose id has a zero character behind it",
              [](Identity& other) { other.contract += '\0'; });
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

  // The business clock stands meanwhile: it is for deadlines of contracts, and may be moved.
  bool accepted_after(std::int64_t ms, const Challenge& asked, const Json& answer) {
    Recorder& recorder = session_.recorder();
    recorder.now_ms = Recorder::kBeginning + ms;
    recorder.business_ahead_ms = -ms;
    const bool taken = accepted(who_, asked, answer);
    recorder.now_ms = Recorder::kBeginning;
    recorder.business_ahead_ms = 0;
    return taken;
  }

  void refuses_what_expired() {
    const Challenge asked = challenge();
    const Json answer = driver_.right_answer(asked);
    const std::int64_t expires_ms = asked.expires_in_s * 1'000;
    constexpr const char* kFix =
        "put the time into the state, and compare it with host.now_ms(Clock::real)";
    if (!accepted_after(expires_ms - 2'000, asked, answer))
      session_.find_fault("the right answer is refused before the challenge expires", "verify",
                          "go by expires_in_s and the host's clock");
    const std::pair<std::int64_t, const char*> kLate[] = {
        {1'000, "an expired answer is accepted, a second too late"},
        {2'000, "an expired answer is accepted, two seconds too late"},
        {60'000, "an expired answer is accepted, a minute too late"},
        {kHourMs, "an expired answer is accepted, an hour too late"},
        {24 * kHourMs - expires_ms, "an expired answer is accepted, a day after it was asked"},
        {365 * 24 * kHourMs, "an expired answer is accepted, a year too late"}};
    for (const auto& [late_ms, what] : kLate)
      if (accepted_after(expires_ms + late_ms, asked, answer))
        return session_.find_fault(what, "verify", kFix);
  }

  void goes_by_the_real_clock() {
    const Challenge asked = challenge();
    session_.recorder().business_ahead_ms = 24 * kHourMs;
    if (!accepted(who_, asked, driver_.right_answer(asked)))
      session_.find_fault("the right answer is refused when the business clock was moved", "verify",
                          "ask for Clock::real: the business clock is for deadlines of contracts");
    session_.recorder().business_ahead_ms = 0;
  }

  Session& session_;
  const AuthDriver& driver_;
  const Identity who_ = first_identity();
};

}  // namespace

CheckStep check_auth_method(const Subject& subject) {
  return run_apart("auth-method", kTimeoutMs, [&](const Teller& teller) {
    Session session(subject, teller);
    if (!session.open()) return teller.detail(kNoStart);
    const AuthDriver driver(session);
    if (!driver.works())
      return teller.detail("left out: no right answer is known; name one in check.json");
    AuthCheck(session, driver).run();
  });
}

}  // namespace cinnabar::authoring
