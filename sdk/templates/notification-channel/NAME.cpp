#include "@ident@.hpp"

namespace @ident@_plugin {

using namespace cinnabar;

namespace {

constexpr std::int64_t kTimeoutMs = 10'000;

// Not now; the platform tries again, with growing pauses.
Error away(std::string reason) {
  return Error("@ident@.away", {{"reason", std::move(reason)}}, {}, CINNABAR_UNAVAILABLE);
}

}  // namespace

Receipt @Class@::deliver(const Notification& in, const Call& call) {
  // Not for this channel: said once, not tried again.
  if (in.mobile.empty()) return {false, "there is no mobile number", {}};
  const Settings settings = call.config<Settings>();
  if (settings.url.empty()) throw Error("@ident@.not_configured");

  OutsideRequest request;
  request.url = settings.url;
  request.content_type = "application/json";
  request.body = to_json(Json::object().set("to", in.mobile).set("text", in.text));
  request.headers = {"Idempotency-Key: " + in.id};
  if (!settings.key.empty()) request.headers.push_back("Authorization: Bearer " + settings.key);
  request.timeout_ms = outside_timeout_ms(host_, call, kTimeoutMs);

  OutsideAnswer answer;
  try {
    answer = ask_(request);
  } catch (const Unreachable& problem) {
    throw away(problem.what());
  }
  if (answer.status >= 500 || answer.status == 429)
    throw away("HTTP status " + std::to_string(answer.status));
  // The detail goes into the delivery log: never the text, which may hold a code.
  if (answer.status >= 300)
    return {false, "the gateway refused it with HTTP status " + std::to_string(answer.status), {}};
  return {true, "HTTP status " + std::to_string(answer.status), {}};
}

}  // namespace @ident@_plugin
