// @title@: carries messages to people's mobile numbers through a gateway that takes JSON over
// HTTP(S). Delivered at least once: the gateway is given the message's id as idempotency key, so
// that a repetition is recognised there. Thread-safety: any thread.
#pragma once

#include <cinnabar/http_client.hpp>
#include <cinnabar/services/notification_channel.hpp>

namespace @ident@_plugin {

// As the manifest's `config` describes it. Every call carries the enterprise's own.
struct Settings {
  std::string url;
  std::string key;
};
CINNABAR_DESCRIBE(Settings, (url, length(0, 500)), (key, secret, length(0, 200)))

class @Class@ final : public cinnabar::NotificationChannel {
 public:
  // How a request goes out; tests put a gateway of their own here.
  using Ask = std::function<cinnabar::OutsideAnswer(const cinnabar::OutsideRequest&)>;

  explicit @Class@(cinnabar::Host& host, Ask ask = cinnabar::ask_outside)
      : host_(host), ask_(std::move(ask)) {}

  cinnabar::Receipt deliver(const cinnabar::Notification&, const cinnabar::Call&) override;

 private:
  cinnabar::Host& host_;
  Ask ask_;
};

}  // namespace @ident@_plugin
