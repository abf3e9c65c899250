// Access tokens: OAuth 2.0 (RFC 6749) for programs, client credentials only (section 4.4). A key is
// the client; its permissions are the scope. Tokens are opaque and stored by their digest. Pure but
// for the store; any thread.
#pragma once

#include "keys.hpp"

namespace cinnabar::apikeys {

struct AccessToken {
  std::string access_token;
  std::string token_type = "Bearer";
  std::int64_t expires_in = 0;
  std::string scope;
};
CINNABAR_DESCRIBE(AccessToken, (access_token, required, secret), (token_type, required),
                  (expires_in, required, doc("Seconds.")),
                  (scope, required, length(0, 30'000),
                   doc("Permissions, with blanks between them.")))

// Names and values of application/x-www-form-urlencoded; nothing when it is malformed or a name
// stands twice.
std::optional<std::map<std::string, std::string>> form_of(std::string_view text);

struct ClientCredentials {
  std::string id;
  std::string secret;
};
// Of the Authorization header (Basic, section 2.3.1) or of the form, never of both. Throws Error
// "api_key.token_request_invalid", "api_key.client_invalid".
ClientCredentials client_of(const std::string& authorization,
                            const std::map<std::string, std::string>& form);

// The answer to a token request. Throws Errors "api_key.*", with the `error` of section 5.2.
AccessToken issue_token(const Host& host, const Request& request, const Sealing& sealing,
                        std::int64_t lifetime_s, WriteSet& writes);

}  // namespace cinnabar::apikeys
