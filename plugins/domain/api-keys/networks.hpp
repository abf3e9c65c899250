// Networks: the addresses that a key is taken from, IPv4 and IPv6, alone or by prefix (RFC 4632,
// RFC 4291). Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cinnabar::apikeys {

// "10.1.2.3", "10.1.0.0/16", "2001:db8::/32".
bool is_network(const std::string& text);
// Whether an address is one of theirs; of no networks: any address. An IPv4 address that came
// through an IPv6 socket is the IPv4 one.
bool lies_in(const std::vector<std::string>& networks, std::string_view address);

}  // namespace cinnabar::apikeys
