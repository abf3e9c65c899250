// Which network addresses a webhook may reach: the guard against server-side request forgery. It
// is asked of each address that a connection is really made to, after name resolution. Pure.
#pragma once

#include <sys/socket.h>

#include <string>

namespace cinnabar {

// Loopback, private, link-local, shared, documentation, multicast, reserved (the IANA special
// purpose registries, RFC 6890), and whatever is no IP address at all; also where such an IPv4
// address is wrapped in an IPv6 one.
bool is_private_address(const sockaddr* address);

std::string address_text(const sockaddr* address);

}  // namespace cinnabar
