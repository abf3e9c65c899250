#include "endpoints.hpp"

#include "signature.hpp"
#include "url.hpp"

#include <algorithm>

namespace cinnabar {
namespace {

constexpr std::size_t kKeySize = 32;

}  // namespace

bool event_fits(std::string_view pattern, std::string_view type) {
  if (!pattern.ends_with('*')) return pattern == type;
  return type.starts_with(pattern.substr(0, pattern.size() - 1));
}

WebhookView view_of(const EndpointRow& row) {
  return {row.name, row.url, row.events, row.enabled, std::nullopt, row.created};
}

std::vector<EndpointRow> EndpointsTable::all() const {
  return store_.list(kEndpoints, "ORDER BY name");
}

std::vector<EndpointRow> EndpointsTable::wanting(const std::string& type) const {
  auto rows = store_.list(kEndpoints, "enabled = ? ORDER BY name", {true});
  std::erase_if(rows, [&](const EndpointRow& row) {
    return std::none_of(row.events.begin(), row.events.end(),
                        [&](const std::string& pattern) { return event_fits(pattern, type); });
  });
  return rows;
}

EndpointRow EndpointsTable::by_name(const std::string& name) const {
  auto row = store_.find(kEndpoints, "name = ?", {name});
  if (!row) throw Error("webhook.not_found", {{"name", name}});
  return std::move(*row);
}

std::optional<EndpointRow> EndpointsTable::by_id(const std::string& id) const {
  return store_.find(kEndpoints, "id = ?", {id});
}

WebhookView EndpointsTable::put(const std::string& name, const WebhookChange& in, bool https_only,
                                WriteSet& writes) const {
  if (!detail::fits_format("id", name)) throw Error("webhook.not_found", {{"name", name}});
  parse_webhook_url(in.url, https_only);
  if (!in.secret.empty() && !webhook_key(in.secret))
    throw Error("webhook.secret_invalid", {}, "/secret");
  const auto present = store_.find(kEndpoints, "name = ?", {name});
  if (!present && all().size() >= kEndpointsMax)
    throw Error("webhook.too_many", {{"most", std::to_string(kEndpointsMax)}});
  EndpointRow row;
  if (present) {
    row = *present;
    ++row.version;
  } else {
    row.owner = store_.owner();
    row.name = name;
    row.id = host_.new_id("whe");
    row.secret = webhook_secret(host_.random(kKeySize));
    row.created = host_.now();
  }
  if (!in.secret.empty()) row.secret = in.secret;
  row.url = in.url;
  row.events = in.events;
  row.enabled = in.enabled;
  if (present)
    store_.update(writes, kEndpoints, row, "name = ? AND version = ?", {name, present->version});
  else
    store_.insert(writes, kEndpoints, row);
  WebhookView view = view_of(row);
  if (!present || present->secret != row.secret) view.secret = row.secret;
  return view;
}

void EndpointsTable::remove(const std::string& name, WriteSet& writes) const {
  const EndpointRow row = by_name(name);
  store_.remove(writes, kEndpoints, "name = ? AND version = ?", {name, row.version}, 1);
  store_.remove(writes, kMessages, "endpoint = ?", {row.id});
}

}  // namespace cinnabar
