// Messages of an enterprise to the robot of its group chat: signed requests, markdown texts, and
// each message once. Robots answer HTTP 200 to everything; what they think stands in `errcode`.
// What was taken is remembered in a table, committed together with the end of the delivery; only a
// power cut between the two repeats a message, and then its number shows it. Thread-safety: any.
#pragma once

#include <cinnabar/http_client.hpp>
#include <cinnabar/services/notification_channel.hpp>
#include <cinnabar/store.hpp>

namespace example {

// As the manifest's `config` describes it. Every call carries the enterprise's own.
struct RobotConfig {
  std::string url;
  std::string secret;
  std::string link_base;
};
CINNABAR_DESCRIBE(RobotConfig, (url, length(0, 500)), (secret, secret, length(0, 200)),
                  (link_base, length(0, 200)))

struct SentRow {
  std::string owner;
  std::string id;
  cinnabar::Time at;
};
CINNABAR_DESCRIBE(SentRow, owner, id, at)
inline constexpr cinnabar::Table<SentRow> kSent{"chatrobot_sent"};

// The query parameters of a signed request: base64 of HMAC-SHA-256 over time and secret.
std::string robot_signature(std::int64_t now_ms, const std::string& secret);

class RobotChannel final : public cinnabar::NotificationChannel {
 public:
  // How a request goes out; tests put a robot of their own here.
  using Ask = std::function<cinnabar::OutsideAnswer(const cinnabar::OutsideRequest&)>;

  explicit RobotChannel(cinnabar::Host& host, Ask ask = cinnabar::ask_outside)
      : host_(host), ask_(std::move(ask)) {}

  cinnabar::Receipt deliver(const cinnabar::Notification&, const cinnabar::Call&) override;

 private:
  cinnabar::Host& host_;
  Ask ask_;
};

}  // namespace example
