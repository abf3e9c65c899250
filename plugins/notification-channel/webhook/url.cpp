#include "url.hpp"

#include <cinnabar/error.hpp>

#include <algorithm>
#include <charconv>

namespace cinnabar {
namespace {

constexpr std::size_t kUrlSizeMax = 2'000;
constexpr std::size_t kHostSizeMax = 253;  // RFC 1035

Error invalid(std::string reason) {
  return Error("webhook.url_invalid", {{"reason", std::move(reason)}}, "/url");
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_';
}

std::uint16_t parse_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0 || port > 65'535)
    throw invalid("the port is not a number from 1 to 65535");
  return static_cast<std::uint16_t>(port);
}

// "host", "host:port", "[address]:port".
void parse_authority(std::string_view authority, WebhookUrl& url) {
  if (authority.find('@') != std::string_view::npos)
    throw invalid("it holds a user name or password; a webhook proves itself by its signature");
  std::string_view rest;
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos) throw invalid("the host is malformed");
    url.host = std::string(authority.substr(1, end - 1));
    rest = authority.substr(end + 1);
    if (url.host.find_first_not_of("0123456789abcdefABCDEF:.") != std::string::npos)
      throw invalid("the host is malformed");
  } else {
    const std::size_t end = std::min(authority.find(':'), authority.size());
    url.host = std::string(authority.substr(0, end));
    rest = authority.substr(end);
    if (!std::all_of(url.host.begin(), url.host.end(), is_host_character))
      throw invalid("the host may hold letters, digits, '-' and '.' only");
  }
  if (url.host.empty() || url.host.size() > kHostSizeMax) throw invalid("the host is missing");
  if (!rest.empty() && !rest.starts_with(':')) throw invalid("the host is malformed");
  url.port = rest.empty() ? (url.tls ? 443 : 80) : parse_port(rest.substr(1));
  url.authority = std::string(authority);
}

}  // namespace

WebhookUrl parse_webhook_url(std::string_view text, bool https_only) {
  if (text.size() > kUrlSizeMax) throw invalid("it is longer than 2000 bytes");
  for (const char c : text)
    if (static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7f || c == '\\')
      throw invalid("it holds a character that must be percent-encoded");
  WebhookUrl url;
  std::string_view rest;
  if (text.starts_with("https://")) {
    url.tls = true;
    rest = text.substr(8);
  } else if (text.starts_with("http://") && !https_only) {
    rest = text.substr(7);
  } else {
    throw invalid(https_only ? "it must begin with https://"
                             : "it must begin with https:// or http://");
  }
  if (rest.find('#') != std::string_view::npos) throw invalid("it holds a fragment");
  const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
  parse_authority(rest.substr(0, end), url);
  const std::string_view target = rest.substr(end);
  if (!target.starts_with('/')) url.target.push_back('/');
  url.target.append(target);
  return url;
}

}  // namespace cinnabar
