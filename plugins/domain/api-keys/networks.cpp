#include "networks.hpp"

#include <arpa/inet.h>

#include <charconv>
#include <optional>

namespace cinnabar::apikeys {
namespace {

constexpr std::string_view kMapped = "::ffff:";

struct Network {
  std::string bytes;  // 4 or 16
  int prefix = 0;     // bits
};

std::optional<std::string> bytes_of_address(std::string_view text) {
  if (text.starts_with(kMapped) && text.find('.') != std::string_view::npos)
    text.remove_prefix(kMapped.size());
  const bool six = text.find(':') != std::string_view::npos;
  std::string bytes(six ? 16 : 4, '\0');
  if (inet_pton(six ? AF_INET6 : AF_INET, std::string(text).c_str(), bytes.data()) != 1)
    return std::nullopt;
  return bytes;
}

std::optional<Network> network_of(std::string_view text) {
  const std::size_t slash = text.find('/');
  auto bytes = bytes_of_address(text.substr(0, slash));
  if (!bytes) return std::nullopt;
  const int most = static_cast<int>(bytes->size()) * 8;
  Network network{std::move(*bytes), most};
  if (slash == std::string_view::npos) return network;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + slash + 1, end, network.prefix);
  if (read.ec != std::errc() || read.ptr != end || network.prefix < 0 || network.prefix > most)
    return std::nullopt;
  return network;
}

bool holds(const Network& network, const std::string& address) {
  if (network.bytes.size() != address.size()) return false;
  for (int bit = 0; bit < network.prefix; ++bit) {
    const auto at = static_cast<std::size_t>(bit / 8);
    const int mask = 0x80 >> (bit % 8);
    if (((network.bytes[at] ^ address[at]) & mask) != 0) return false;
  }
  return true;
}

}  // namespace

bool is_network(const std::string& text) { return network_of(text).has_value(); }

bool lies_in(const std::vector<std::string>& networks, std::string_view address) {
  if (networks.empty()) return true;
  const auto bytes = bytes_of_address(address);
  if (!bytes) return false;
  for (const std::string& text : networks)
    if (const auto network = network_of(text); network && holds(*network, *bytes)) return true;
  return false;
}

}  // namespace cinnabar::apikeys
