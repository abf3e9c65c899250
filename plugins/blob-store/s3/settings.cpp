#include "settings.hpp"

#include <cinnabar/durable_file.hpp>
#include <cinnabar/error.hpp>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace cinnabar::s3 {

namespace {

Error wrong(const std::string& setting, const std::string& reason) {
  return Error("s3.settings", {{"setting", setting}, {"reason", reason}}, {}, CINNABAR_UNAVAILABLE);
}

bool made_of(std::string_view text, std::string_view others) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           others.find(c) != std::string_view::npos;
  });
}
constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool is_loopback(std::string_view name) {
  return name == "localhost" || name.ends_with(".localhost") || name.starts_with("127.") ||
         name == "[::1]";
}

std::string_view first_line(std::string_view text) {
  return text.substr(0, text.find_first_of("\r\n"));
}

// From the setting, the file, or the environment, out of which it is taken then.
std::string secret_of(const Config& config) {
  if (!config.secret_key.empty()) return config.secret_key;
  if (!config.secret_key_file.empty()) {
    std::optional<std::string> text;
    try {
      text = read_small_file(config.secret_key_file, 4'096);
    } catch (const Error&) {  // not readable: the same to the operator as not there
    }
    const std::string secret(first_line(text.value_or("")));
    if (secret.empty()) throw wrong("secret_key_file", "it cannot be read or is empty");
    return secret;
  }
  char* value = std::getenv(kSecretVariable);
  if (!value || !*value)
    throw wrong("secret_key_file",
                std::string("neither it nor the variable ") + kSecretVariable + " gives a secret");
  std::string secret(first_line(value));
  ::explicit_bzero(value, std::strlen(value));
  ::unsetenv(kSecretVariable);
  return secret;
}

struct Endpoint {
  bool tls;
  std::string name;
  std::string port;  // ":8443"; empty: the scheme's
};

Endpoint endpoint_of(const Config& config) {
  std::string_view text = config.endpoint;
  Endpoint endpoint{text.starts_with("https://"), {}, {}};
  if (!endpoint.tls && !text.starts_with("http://"))
    throw wrong("endpoint", "it must begin with https://");
  text.remove_prefix(endpoint.tls ? 8 : 7);
  if (text.ends_with('/')) text.remove_suffix(1);
  const std::size_t end = text.starts_with('[') ? text.find(']') + 1 : text.find(':');
  endpoint.name = text.substr(0, end);
  if (end != std::string_view::npos) endpoint.port = text.substr(end);
  if (endpoint.name.empty() || !made_of(endpoint.name, ".-[]:") ||
      (!endpoint.port.empty() &&
       (endpoint.port[0] != ':' || endpoint.port.size() < 2 ||
        endpoint.port.find_first_not_of("0123456789", 1) != std::string::npos)))
    throw wrong("endpoint", "it must be scheme, lower-case host and port, without a path");
  if (!endpoint.tls && !config.plain_http && !is_loopback(endpoint.name))
    throw wrong("endpoint",
                "http:// shows every contract to the network; use https://, or set "
                "plain_http where the way there is protected otherwise");
  if (endpoint.port == (endpoint.tls ? ":443" : ":80")) endpoint.port.clear();
  return endpoint;
}

}  // namespace

Settings settings_of(const Config& config) {
  const Endpoint endpoint = endpoint_of(config);
  if (config.bucket.size() < 3 || config.bucket.size() > 63 || !made_of(config.bucket, ".-"))
    throw wrong("bucket", "it must have 3 to 63 lower-case letters, digits, dots and hyphens");
  if (!config.path_style && endpoint.tls && config.bucket.find('.') != std::string::npos)
    throw wrong("bucket", "with a dot in it no TLS certificate fits; set path_style");
  if (config.prefix.size() > 512 || !made_of(config.prefix, std::string(kUpper) + "-_./") ||
      config.prefix.find("..") != std::string::npos || config.prefix.starts_with('/') ||
      config.prefix.find("//") != std::string::npos)
    throw wrong("prefix", "it may have letters, digits, -_. and single slashes, like \"prod/\"");
  if (config.region.empty() || !made_of(config.region, std::string(kUpper) + "-_"))
    throw wrong("region", "it may have letters, digits, - and _");
  if (config.access_key.empty() || config.access_key.find_first_of(" ,/\r\n") != std::string::npos)
    throw wrong("access_key", "it must be set, without spaces, commas and slashes");

  Settings settings;
  settings.host = (config.path_style ? "" : config.bucket + ".") + endpoint.name + endpoint.port;
  settings.origin = (endpoint.tls ? "https://" : "http://") + settings.host;
  settings.base = config.path_style ? "/" + config.bucket + "/" : "/";
  settings.bucket = config.bucket;
  settings.prefix = config.prefix;
  settings.credentials = {config.access_key, secret_of(config), config.region};
  settings.ca_file = config.ca_file;
  settings.connect_timeout_ms = config.connect_timeout_ms;
  settings.stall_timeout_s = config.stall_timeout_s;
  settings.call_timeout_ms = config.call_timeout_ms;
  settings.connections_max = config.connections_max;
  settings.part_size = static_cast<std::uint64_t>(config.part_mb) * 1024 * 1024;
  return settings;
}

}  // namespace cinnabar::s3
