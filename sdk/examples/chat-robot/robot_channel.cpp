#include "robot_channel.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace example {

using namespace cinnabar;

namespace {

constexpr const char* kPlugin = "com.example.chat-robot";
constexpr std::int64_t kTimeoutMs = 10'000;
// A message is not delivered again after this: the platform gave it up long before.
constexpr std::int64_t kRememberMs = 30LL * 24 * 3600 * 1000;
// What robots answer when they were asked too often, or are ill themselves.
constexpr std::int64_t kBusyCodes[] = {-1, 45009, 130101};

Error away(std::string reason) {
  return Error("chatrobot.away", {{"reason", std::move(reason)}}, {}, CINNABAR_UNAVAILABLE);
}

std::string url_encoded(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    out += plain ? std::string(1, c) : "%" + to_hex(std::string(1, c));
  }
  return out;
}

// Titles come from people: what markdown would take for its own is shown as it is.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\`*_{}[]()#>!|~").find(c) != std::string_view::npos) out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

Json robot_message(const Notification& in, const RobotConfig& config) {
  std::string text = "### " + escaped(in.title) + "\n\n" + escaped(in.text);
  if (!config.link_base.empty() && !in.link.empty())
    text += "\n\n[" + std::string("打开") + "](" + config.link_base + in.link + ")";
  text += "\n\n" + escaped(in.id);
  return Json::object()
      .set("msgtype", "markdown")
      .set("markdown", Json::object().set("title", in.title).set("text", text));
}

// What a robot's answer means: nothing when it took the message, else the reason. Throws where it
// is worth trying again.
std::optional<std::string> refusal(const OutsideAnswer& answer) {
  if (answer.status >= 500 || answer.status == 429)
    throw away("HTTP status " + std::to_string(answer.status));
  if (answer.status != 200) return "HTTP status " + std::to_string(answer.status);
  Json document;
  try {
    document = from_json<Json>(answer.body);
  } catch (const Error&) {
    throw away("its answer is no JSON");
  }
  if (!document["errcode"].is_integer()) throw away("its answer has no errcode");
  const std::int64_t code = document["errcode"].integer();
  for (const std::int64_t busy : kBusyCodes)
    if (code == busy) throw away("errcode " + std::to_string(code));
  if (code == 0) return std::nullopt;
  return "errcode " + std::to_string(code);
}

}  // namespace

std::string robot_signature(std::int64_t now_ms, const std::string& secret) {
  const std::string time = std::to_string(now_ms), message = time + "\n" + secret;
  unsigned char digest[EVP_MAX_MD_SIZE], base64[2 * EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (!HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
            reinterpret_cast<const unsigned char*>(message.data()), message.size(), digest, &size))
    throw failure("HMAC failed");
  const int length = EVP_EncodeBlock(base64, digest, static_cast<int>(size));
  return "timestamp=" + time + "&sign=" +
         url_encoded({reinterpret_cast<const char*>(base64), static_cast<std::size_t>(length)});
}

Receipt RobotChannel::deliver(const Notification& in, const Call& call) {
  // A group reads along: nothing that is one person's secret, and nothing without an enterprise.
  if (in.kind.starts_with("auth.")) return {false, "codes are not for a group", {}};
  if (in.enterprise.empty()) return {false, "not for an enterprise", {}};
  const RobotConfig config = call.config<RobotConfig>();
  if (config.url.empty()) throw Error("chatrobot.not_configured");
  const Store store(host_, call, in.enterprise);
  if (store.find(kSent, "id = ?", {in.id})) return {true, "the robot has it already", {}};

  OutsideRequest request;
  request.url = config.url;
  if (!config.secret.empty())
    request.url += (request.url.find('?') == std::string::npos ? "?" : "&") +
                   robot_signature(host_.now_ms(Clock::real), config.secret);
  request.content_type = "application/json";
  request.body = to_json(robot_message(in, config));
  request.timeout_ms = outside_timeout_ms(host_, call, kTimeoutMs);
  OutsideAnswer answer;
  try {
    answer = ask_(request);
  } catch (const Unreachable& problem) {
    throw away(problem.what());
  }
  if (const auto reason = refusal(answer)) return {false, *reason, {}};

  Receipt receipt{true, "errcode 0", {}};
  const Time now = host_.now(Clock::real);
  store.insert(receipt.writes, kSent, {store.owner(), in.id, now});
  receipt.writes.run("DELETE FROM chatrobot_sent WHERE at < ?", {now.ms - kRememberMs});
  // These go into another plugin's command: they say whose tables they are for.
  receipt.writes.stamp(kPlugin);
  return receipt;
}

}  // namespace example
