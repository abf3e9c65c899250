#include "hook_points.hpp"

#include "delivery.hpp"

#include <algorithm>

namespace cinnabar {
namespace {

// Of an SMS or a line of a list; and what a person reads.
constexpr std::int64_t kTitleMax = 100, kTextMax = 1'000;

NotifyHookInput input_of(const Notification& m, std::vector<std::string> channels) {
  return {m.kind, m.person, m.enterprise, m.title, m.text, m.contract, m.data, std::move(channels)};
}

void set_text(const Host& host, const HookDecision& decision, const char* pointer,
              std::int64_t most, std::string& to) {
  const auto found = decision.set.find(pointer);
  if (found == decision.set.end()) return;
  const std::string& text = found->second.text();
  if (text.empty() || detail::characters_of(text) > most)
    return host.log(Level::warning, std::string("a script gave a message no fit ") + pointer);
  to = text;
}

// A script that cannot be asked now holds up no message either.
template <class Input>
HookDecision wishes(const Host& host, const Call& call, const std::string& tenant,
                    const char* point, const Input& input) {
  try {
    return tell_hook(host, call, tenant, point, input);
  } catch (const Error& error) {
    if (error.status() == CINNABAR_CONFLICT) throw;  // the command is computed again
    host.log(Level::warning, std::string(point) + " of " + tenant + ": " + error.what());
    return {};
  }
}

}  // namespace

void choose_words(const Host& host, const Call& call, Notification& message) {
  if (call.owner().empty() || is_secret(message.kind)) return;
  const std::string sender(call.owner());
  const HookDecision decision =
      wishes(host, call, sender, kBeforeNotify, [&] { return input_of(message, {}); });
  set_text(host, decision, "/title", kTitleMax, message.title);
  set_text(host, decision, "/text", kTextMax, message.text);
}

std::vector<std::string> choose_channels(const Host& host, const Call& call,
                                         const Notification& message,
                                         std::vector<std::string> bound) {
  if (is_secret(message.kind)) return bound;
  const HookDecision decision = wishes(host, call, recipient_owner(message), kBeforeDeliver,
                                       [&] { return input_of(message, bound); });
  const auto found = decision.set.find("/channels");
  if (found == decision.set.end()) return bound;
  std::vector<std::string> chosen;
  for (const Json& name : found->second.items())
    if (std::count(bound.begin(), bound.end(), name.text()) &&
        !std::count(chosen.begin(), chosen.end(), name.text()))
      chosen.push_back(name.text());
  if (!chosen.empty()) return chosen;
  host.log(Level::warning, "a script chose no channel that its side has bound");
  return bound;
}

}  // namespace cinnabar
