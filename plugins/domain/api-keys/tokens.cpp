#include "tokens.hpp"

#include "networks.hpp"

#include <cinnabar/bytes.hpp>
#include <cinnabar/digest_state.hpp>
#include <cinnabar/text.hpp>

#include <openssl/crypto.h>

#include <algorithm>

namespace cinnabar::apikeys {
namespace {

constexpr std::string_view kBasic = "Basic ";
constexpr std::size_t kTokenSize = 32;  // bytes

Error request_invalid(const char* reason) {
  return Error("api_key.token_request_invalid", {{"reason", reason}, {"error", "invalid_request"}});
}

Error client_invalid() {
  return Error("api_key.client_invalid", {{"error", "invalid_client"}});
}

std::optional<std::string> form_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const auto byte = from_hex(text.substr(i + 1, 2));
    if (!byte || byte->size() != 1) return std::nullopt;
    out += *byte;
    i += 2;
  }
  if (!is_utf8(out) || out.find('\0') != std::string::npos) return std::nullopt;
  return out;
}

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// The permissions that a scope asks for; without a scope all of the key's.
std::vector<std::string> granted(const std::string& scope, const KeyRow& key) {
  std::vector<std::string> out;
  for (std::string_view rest = scope; !rest.empty();) {
    const std::string one(rest.substr(0, rest.find(' ')));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    const auto& held = key.permissions;
    if (one.empty() || std::find(out.begin(), out.end(), one) != out.end()) continue;
    if (std::find(held.begin(), held.end(), one) == held.end())
      throw Error("api_key.scope_invalid",
                  {{"permission", shortened_text(one, 128)}, {"error", "invalid_scope"}});
    out.push_back(one);
  }
  return out.empty() ? key.permissions : out;
}

KeyRow client_key(const Host& host, const Request& request, const Sealing& sealing,
                  const ClientCredentials& client) {
  const auto key =
      Store(host, request.call, {}).find(kKeysOfAll, "id = ?", {client.id});
  if (!key) throw client_invalid();
  const auto secrets = secrets_of(*key, sealing, host.now(Clock::real));
  const bool right = std::any_of(secrets.begin(), secrets.end(),
                                 [&](const auto& secret) { return same(secret, client.secret); });
  if (!right) throw client_invalid();
  if (!lies_in(key->addresses, request.http.address))
    throw Error("api_key.address_refused", {{"key", key->id}, {"address", request.http.address}});
  return *key;
}

}  // namespace

std::optional<std::map<std::string, std::string>> form_of(std::string_view text) {
  std::map<std::string, std::string> out;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const auto name = form_decoded(pair.substr(0, equals));
    auto value = form_decoded(pair.substr(equals + 1));
    if (!name || !value || !out.emplace(*name, std::move(*value)).second) return std::nullopt;
  }
  return out;
}

ClientCredentials client_of(const std::string& authorization,
                            const std::map<std::string, std::string>& form) {
  const auto member = [&](const char* name) {
    const auto found = form.find(name);
    return found == form.end() ? std::string() : found->second;
  };
  if (authorization.empty()) {
    if (member("client_id").empty()) throw client_invalid();
    return {member("client_id"), member("client_secret")};
  }
  if (!member("client_secret").empty())
    throw request_invalid("credentials stand both in the header and in the form");
  if (!authorization.starts_with(kBasic)) throw client_invalid();
  const auto pair = from_base64(std::string_view(authorization).substr(kBasic.size()));
  const std::size_t colon = pair ? pair->find(':') : std::string::npos;
  if (colon == std::string::npos) throw client_invalid();
  const auto id = form_decoded(std::string_view(*pair).substr(0, colon));
  const auto secret = form_decoded(std::string_view(*pair).substr(colon + 1));
  if (!id || !secret) throw client_invalid();
  return {*id, *secret};
}

AccessToken issue_token(const Host& host, const Request& request, const Sealing& sealing,
                        std::int64_t lifetime_s, WriteSet& writes) {
  const auto form = form_of(request.http.body.view());
  if (!form) throw request_invalid("the form is not well-formed");
  const auto grant = form->find("grant_type");
  if (grant == form->end()) throw request_invalid("grant_type is missing");
  if (grant->second != "client_credentials")
    throw Error("api_key.grant_unsupported", {{"given", shortened_text(grant->second, 64)},
                                              {"error", "unsupported_grant_type"}});
  const KeyRow key =
      client_key(host, request, sealing, client_of(request.http.authorization, *form));
  const auto scope = form->find("scope");
  TokenRow row;
  row.permissions = granted(scope == form->end() ? std::string() : scope->second, key);
  AccessToken token;
  token.access_token = text_of(host.random(kTokenSize));
  token.expires_in = lifetime_s;
  for (const std::string& permission : row.permissions)
    token.scope += (token.scope.empty() ? "" : " ") + permission;
  row.token_sha256 = to_hex(sha256(token.access_token));
  row.api_key = key.id;
  row.expires = Time{host.now_ms(Clock::real) + lifetime_s * 1000};
  const Store store(host, request.call, {});
  store.remove(writes, kTokens, "api_key = ? AND expires < ?",
               {key.id, host.now_ms(Clock::real)});
  store.insert(writes, kTokens, row);
  return token;
}

}  // namespace cinnabar::apikeys
