// cinnabar.notifier/1: tells people and enterprises something, over the channels they have bound.
//
// A part that has something to tell calls notify() while it computes its command and merges the
// answer's write-set into its own: the message is then sent if and only if the command commits,
// after it did, at least once a channel. A message may hold a secret (a one-time code): its text
// lies in the notifier's own outbox until it is carried and is blanked then; it never enters an
// event, whose chain keeps data for ever. `contract.*` events need no call: the owner's webhooks
// get them by themselves. Thread-safety: any thread.
#pragma once

#include <cinnabar/services/notification_channel.hpp>

namespace cinnabar {

// Of each message `id` and `at` may be left empty and are then filled in. Recipient: `person` (for
// `enterprise`, or for oneself when that is empty), or only `enterprise`: its webhooks. `mobile` is
// for channels that need one. A kind "auth.*" marks the text as a secret of a few minutes.
struct NotifyRequest {
  std::vector<Notification> messages;
};
CINNABAR_DESCRIBE(NotifyRequest, messages)

// To be merged into the caller's write-set; nothing is sent without it.
struct NotifyReply {
  WriteSet writes;
};
CINNABAR_DESCRIBE(NotifyReply, writes)

class Notifier {
 public:
  using Interface = Notifier;
  virtual ~Notifier() = default;
  virtual NotifyReply notify(const NotifyRequest&, const Call&) = 0;
};
CINNABAR_SERVICE(Notifier, "cinnabar.notifier/1", notify)

}  // namespace cinnabar
