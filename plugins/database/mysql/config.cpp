#include "config.hpp"

#include <cinnabar/durable_file.hpp>

#include <charconv>
#include <cstdlib>
#include <cstring>

namespace cinnabar::mysql {

namespace {

constexpr std::size_t kPasswordFileMax = 4'096;

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find_first_of("\r\n")));
}

Server server_of(const std::string& text) {
  Server server{text};
  const std::size_t colon = text.rfind(':');
  // An IPv6 address with a port stands in brackets; one without has more colons than one.
  const bool bracketed = text.starts_with('[');
  if (bracketed || text.find(':') == colon) {
    const std::size_t end = bracketed ? text.find(']') : std::min(colon, text.size());
    if (end == std::string::npos) return {{}, 0};
    server.host = bracketed ? text.substr(1, end - 1) : text.substr(0, end);
    const std::string rest = text.substr(bracketed ? end + 1 : end);
    if (rest.empty()) return server;
    const char* last = rest.data() + rest.size();
    const auto [stop, error] = std::from_chars(rest.data() + 1, last, server.port);
    if (rest[0] != ':' || error != std::errc() || stop != last) server.port = 0;
  }
  return server;
}

}  // namespace

std::vector<Server> servers_of(const MysqlConfig& config) {
  std::vector<Server> servers;
  for (const std::string& text : config.hosts) {
    const Server server = server_of(text);
    if (server.host.empty() || server.port < 1 || server.port > 65'535)
      throw Error("mysql.config_wrong",
                  {{"setting", "hosts"}, {"reason", "\"" + text + "\" is no host or host:port"}});
    servers.push_back(server);
  }
  if (servers.empty()) servers.emplace_back();
  return servers;
}

std::string name_of(const Server& server, const MysqlConfig& config) {
  return server.host.empty() ? config.socket : server.host + ":" + std::to_string(server.port);
}

std::string read_password(const MysqlConfig& config) {
  if (!config.password.empty()) return config.password;
  if (!config.password_file.empty()) {
    std::optional<std::string> text;
    try {
      text = read_small_file(config.password_file, kPasswordFileMax);
    } catch (const Error&) {  // not there or not readable: the same to the operator
    }
    if (!text || first_line(*text).empty())
      throw Error("mysql.password_missing", {{"file", config.password_file}}, {},
                  CINNABAR_UNAVAILABLE);
    return first_line(*text);
  }
  char* value = std::getenv(kPasswordVariable);
  if (!value) return {};
  std::string password = first_line(value);
  ::explicit_bzero(value, std::strlen(value));
  ::unsetenv(kPasswordVariable);
  return password;
}

}  // namespace cinnabar::mysql
