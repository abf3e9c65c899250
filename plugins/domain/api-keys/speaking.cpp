#include "speaking.hpp"

#include "networks.hpp"
#include "signature.hpp"

#include <cinnabar/digest_state.hpp>

#include <algorithm>

namespace cinnabar::apikeys {
namespace {

constexpr std::int64_t kClockSkewS = 300;
constexpr std::int64_t kRememberedMs = 600'000;  // twice as long as a signature can be good
constexpr std::string_view kBearer = "Bearer ";

Error invalid() { return Error("api_key.invalid"); }

bool changes_something(const std::string& method) {
  return method != "GET" && method != "HEAD" && method != "OPTIONS";
}

void check_time(const Signature& signature, std::int64_t now_ms) {
  const std::int64_t now_s = now_ms / 1000;
  const bool near = signature.created >= now_s - kClockSkewS &&
                    signature.created <= now_s + kClockSkewS;
  const bool over = signature.expires && *signature.expires < now_s;
  if (!near || over)
    throw Error("api_key.signature_old", {{"created", std::to_string(signature.created)},
                                          {"now", std::to_string(now_s)},
                                          {"seconds", std::to_string(kClockSkewS)}});
}

Caller caller_of(const KeyRow& key, const CallerRequest& request,
                 std::vector<std::string> permissions) {
  if (!lies_in(key.addresses, request.address))
    throw Error("api_key.address_refused", {{"key", key.id}, {"address", request.address}});
  return {key.person, key.owner, key.id, std::move(permissions), {}};
}

// A signature that changed something is good once: its row commits with the change.
WriteSet use_up(const Store& store, const Signature& signature, std::int64_t now_ms) {
  const std::string digest = to_hex(sha256(signature.value));
  if (store.find(kUsed, "signature_sha256 = ?", {digest}))
    throw Error("api_key.signature_used");
  WriteSet writes;
  store.remove(writes, kUsed, "api_key = ? AND expires < ?", {signature.key_id, now_ms});
  store.insert(writes, kUsed,
               UsedRow{digest, signature.key_id, Time{now_ms + kRememberedMs}});
  return writes;
}

Caller by_signature(const Host& host, const CallerRequest& request, const Call& call,
                    const Sealing& sealing) {
  const Signature signature = read_signature(request);
  const std::int64_t now_ms = host.now_ms(Clock::real);
  check_time(signature, now_ms);
  const Store store(host, call, {});
  const auto key = store.find(kKeysOfAll, "id = ?", {signature.key_id});
  if (!key) throw invalid();
  const auto secrets = secrets_of(*key, sealing, Time{now_ms});
  if (std::none_of(secrets.begin(), secrets.end(), [&](const auto& secret) {
        return is_signed_with(signature, request, secret);
      }))
    throw invalid();
  check_body(signature, request);
  Caller caller = caller_of(*key, request, key->permissions);
  if (changes_something(request.method)) caller.writes = use_up(store, signature, now_ms);
  return caller;
}

Caller by_token(const Host& host, const CallerRequest& request, const Call& call,
                std::string_view token) {
  const Store store(host, call, {});
  const Time now = host.now(Clock::real);
  const auto row = store.find(kTokens, "token_sha256 = ?", {to_hex(sha256(token))});
  if (!row || !(now < row->expires)) return {};
  const auto key = store.find(kKeysOfAll, "id = ?", {row->api_key});
  if (!key || !is_good(*key, now)) return {};
  return caller_of(*key, request, row->permissions);
}

}  // namespace

Caller who_speaks(const Host& host, const CallerRequest& request, const Call& call,
                  const Sealing& sealing) {
  if (request.headers.count("signature-input") != 0) {
    if (!request.authorization.empty()) throw invalid();
    return by_signature(host, request, call, sealing);
  }
  const std::string_view authorization = request.authorization;
  if (!authorization.starts_with(kBearer)) return {};
  return by_token(host, request, call, authorization.substr(kBearer.size()));
}

}  // namespace cinnabar::apikeys
