#include "address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstdint>
#include <cstring>

namespace cinnabar {
namespace {

struct Range4 {
  std::uint32_t network;
  int bits;
};

constexpr Range4 kSpecial4[] = {
    {0x00000000, 8},   // this network
    {0x0A000000, 8},   // private
    {0x64400000, 10},  // shared (carrier-grade NAT)
    {0x7F000000, 8},   // loopback
    {0xA9FE0000, 16},  // link-local, where clouds keep their metadata
    {0xAC100000, 12},  // private
    {0xC0000000, 24},  // protocol assignments
    {0xC0000200, 24},  // documentation
    {0xC0586300, 24},  // 6to4 relay
    {0xC0A80000, 16},  // private
    {0xC6120000, 15},  // benchmarking
    {0xC6336400, 24},  // documentation
    {0xCB007100, 24},  // documentation
    {0xE0000000, 4},   // multicast
    {0xF0000000, 4},   // reserved, broadcast
};

bool is_private4(std::uint32_t address) {
  for (const Range4& range : kSpecial4)
    if ((address ^ range.network) >> (32 - range.bits) == 0) return true;
  return false;
}

std::uint32_t ipv4_at(const std::uint8_t* bytes) {
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
         std::uint32_t{bytes[2]} << 8 | bytes[3];
}

bool begins(const std::uint8_t* address, std::initializer_list<std::uint8_t> prefix) {
  return std::memcmp(address, prefix.begin(), prefix.size()) == 0;
}

bool is_private6(const std::uint8_t* a) {
  // Mapped (::ffff:0:0/96), translated (64:ff9b::/96) and 6to4 (2002::/16) hold an IPv4 address.
  if (begins(a, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF})) return is_private4(ipv4_at(a + 12));
  if (begins(a, {0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0})) return is_private4(ipv4_at(a + 12));
  if (begins(a, {0x20, 0x02})) return is_private4(ipv4_at(a + 2));
  // Of the rest only global unicast, 2000::/3, without documentation and protocol assignments.
  if ((a[0] & 0xE0) != 0x20) return true;
  return begins(a, {0x20, 0x01, 0x0D, 0xB8}) || (begins(a, {0x20, 0x01}) && (a[2] & 0xFE) == 0);
}

}  // namespace

bool is_private_address(const sockaddr* address) {
  if (address->sa_family == AF_INET)
    return is_private4(ntohl(reinterpret_cast<const sockaddr_in*>(address)->sin_addr.s_addr));
  if (address->sa_family == AF_INET6)
    return is_private6(reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr.s6_addr);
  return true;
}

std::string address_text(const sockaddr* address) {
  char text[INET6_ADDRSTRLEN] = "?";
  if (address->sa_family == AF_INET)
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, text, sizeof text);
  if (address->sa_family == AF_INET6)
    inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr, text,
              sizeof text);
  return text;
}

}  // namespace cinnabar
