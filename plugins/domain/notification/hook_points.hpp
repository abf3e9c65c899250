// Where scripts choose the words and the channels of messages. What comes of a script that fails,
// or chooses what cannot be, is the message as it was: nobody goes without. Any thread.
#pragma once

#include <cinnabar/hook_calls.hpp>
#include <cinnabar/services/domain.hpp>
#include <cinnabar/services/notification_channel.hpp>

namespace cinnabar {

struct NotifyHookInput {
  std::string kind;
  std::string person;
  std::string enterprise;
  std::string title;
  std::string text;
  std::string contract;
  Json data;
  std::vector<std::string> channels;
};
CINNABAR_DESCRIBE(NotifyHookInput, (kind, doc("contract.sign_turn, contract.completed, ...")),
                  (person, doc("Id of the recipient; absent: the enterprise itself.")),
                  (enterprise, doc("Id of whom the recipient acts for.")), title, (text, personal),
                  (contract, doc("Id.")), (data, personal),
                  (channels, doc("Bound by the recipient's side, in order; when delivering.")))

inline constexpr const char* kBeforeNotify = "notification.before_notify";
inline constexpr const char* kBeforeDeliver = "notification.before_deliver";

inline std::vector<HookPointInfo> notify_hook_points() {
  return {{kBeforeNotify,
           "Words of a message, asked of the side that sends it.",
           false,
           "",
           {"/title", "/text"}},
          {kBeforeDeliver,
           "Channels of a message, asked of the recipient's side.",
           false,
           "",
           {"/channels"}}};
}

// The words as the sender's script wants them.
void choose_words(const Host& host, const Call& call, Notification& message);
// Of the bound channels those that the recipient's script wants.
std::vector<std::string> choose_channels(const Host& host, const Call& call,
                                         const Notification& message,
                                         std::vector<std::string> bound);

}  // namespace cinnabar
