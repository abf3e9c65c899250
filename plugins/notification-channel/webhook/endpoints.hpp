// The addresses that an enterprise wants to be called at. Values of one call; not shared between
// threads.
#pragma once

#include "rows.hpp"

#include <cinnabar/domain_plugin.hpp>

namespace cinnabar {

inline constexpr std::size_t kEndpointsMax = 10;  // an enterprise; each multiplies the calls made

struct WebhookChange {
  std::string url;
  std::string secret;
  std::vector<std::string> events{"contract.*"};
  bool enabled = true;
};
CINNABAR_DESCRIBE(WebhookChange,
                  (url, required, length(8, 2'000), example("https://hooks.example.com/cinnabar")),
                  (secret, secret, length(0, 120),
                   doc("whsec_ and 24 to 64 bytes in base64; empty: kept, or made at first.")),
                  (events, items(1, 50), length(1, 100),
                   doc("Event types; a family ends in an asterisk: contract.*")),
                  enabled)

struct WebhookView {
  std::string name;
  std::string url;
  std::vector<std::string> events;
  bool enabled = true;
  std::optional<std::string> secret;
  Time created;
};
CINNABAR_DESCRIBE(WebhookView, name, url, events, enabled,
                  (secret, secret, doc("Shown once, when it was made or given.")), created)

struct WebhookList {
  std::vector<WebhookView> webhooks;
};
CINNABAR_DESCRIBE(WebhookList, webhooks)

WebhookView view_of(const EndpointRow& row);

class EndpointsTable {
 public:
  EndpointsTable(const Host& host, const Call& call, std::string enterprise)
      : host_(host), store_(host, call, std::move(enterprise)) {}

  const Store& store() const { return store_; }
  std::vector<EndpointRow> all() const;
  // Those that want events of the type.
  std::vector<EndpointRow> wanting(const std::string& type) const;
  EndpointRow by_name(const std::string& name) const;  // throws "webhook.not_found"
  std::optional<EndpointRow> by_id(const std::string& id) const;

  // Makes or changes the endpoint; the view holds the secret if it is new. Throws
  // "webhook.url_invalid", "webhook.secret_invalid", "webhook.too_many".
  WebhookView put(const std::string& name, const WebhookChange& in, bool https_only,
                  WriteSet& writes) const;
  void remove(const std::string& name, WriteSet& writes) const;

 private:
  const Host& host_;
  Store store_;
};

// "contract.signed" fits "contract.signed", "contract.*" and "*".
bool event_fits(std::string_view pattern, std::string_view type);

}  // namespace cinnabar
