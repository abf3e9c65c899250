// The address of a webhook, taken apart strictly (RFC 3986, schemes http and https only). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cinnabar {

struct WebhookUrl {
  bool tls = false;
  std::string host;  // as to be resolved: a name, or an address without brackets
  std::uint16_t port = 0;
  std::string target;     // path and query
  std::string authority;  // for the Host header
};

// Throws Error "webhook.url_invalid" with the reason.
WebhookUrl parse_webhook_url(std::string_view text, bool https_only);

}  // namespace cinnabar
