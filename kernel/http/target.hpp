// Targets: a request target (RFC 9112 section 3.2) taken apart into a decoded path and its query,
// and what may go wrong with it. Pure functions; any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace cinnabar::kernel {

struct Target {
  std::string path;  // percent-decoded, without "." and ".." segments
  std::size_t encoded_slash = std::string::npos;  // where in `path` the first one stands
  std::map<std::string, std::string> query;
};

// Nothing when the target is malformed or ambiguous: bad percent-encoding, an encoded zero,
// a dot segment made with encoded slashes, invalid UTF-8, a path that climbs above its root, a
// query parameter given twice. Who routes must refuse an encoded slash where it could be taken for
// one that separates.
// Understands the origin form and the absolute form.
std::optional<Target> parse_target(std::string_view target);

// RFC 3986 percent-decoding; `plus` also turns '+' into a space. Nothing when malformed.
std::optional<std::string> percent_decode(std::string_view text, bool plus = false);
// Encodes everything but the unreserved characters (as RFC 8187 wants it, too).
std::string percent_encode(std::string_view text);

}  // namespace cinnabar::kernel
