// A notification channel that writes what it would send into the log: the place to begin.
// Thread-safety: any thread.
#pragma once

#include <cinnabar/host.hpp>
#include <cinnabar/services/notification_channel.hpp>

namespace my_channel {

// As the manifest's `config` describes it. The call carries the enterprise's own.
struct Config {
  std::string prefix;
};
CINNABAR_DESCRIBE(Config, (prefix, length(0, 50)))

class MyChannel final : public cinnabar::NotificationChannel {
 public:
  explicit MyChannel(cinnabar::Host& host) : host_(host) {}

  cinnabar::Receipt deliver(const cinnabar::Notification& in, const cinnabar::Call& call) override {
    if (in.mobile.empty()) return {false, "there is no mobile number", {}};
    // Titles may be logged; texts may hold a code and may not.
    host_.log(cinnabar::Level::info, call.config<Config>().prefix + in.title);
    return {true, "logged", {}};
  }

 private:
  cinnabar::Host& host_;
};

}  // namespace my_channel
