// cinnabar.notification-channel/1: carries a message to a person or a machine. Delivered at least
// once; `id` lets the channel and the receiver recognise a repetition. Stable since 1.0.
// Thread-safety: any thread.
#pragma once

#include <cinnabar/service.hpp>
#include <cinnabar/write_set.hpp>

namespace cinnabar {

struct Notification {
  std::string id;         // the same for each attempt
  std::string kind;       // "contract.your_turn", "contract.completed", "auth.code", ...
  std::string person;     // recipient; empty: the enterprise itself (webhooks)
  std::string mobile;
  std::string enterprise;  // for whom the recipient acts; empty: for oneself
  std::string title;
  std::string text;
  std::string link;       // relative address of what it is about
  std::string contract;   // empty: none
  Json data;
  Time at;
};
CINNABAR_DESCRIBE(Notification, id, kind, person, (mobile, personal), enterprise, title,
                  (text, secret), link, contract, data, at)

// What delivering leads to in the channel's own tables; committed with the end of the delivery. A
// channel that cannot deliver now throws an Error with CINNABAR_UNAVAILABLE and is tried again.
struct Receipt {
  bool delivered = true;  // false: not for this channel (no address); not tried again
  std::string detail;
  WriteSet writes;
};
CINNABAR_DESCRIBE(Receipt, delivered, detail, writes)

class NotificationChannel {
 public:
  using Interface = NotificationChannel;
  virtual ~NotificationChannel() = default;
  virtual Receipt deliver(const Notification&, const Call&) = 0;
};
CINNABAR_SERVICE(NotificationChannel, "cinnabar.notification-channel/1", deliver)

}  // namespace cinnabar
