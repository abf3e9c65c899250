// The head of a response as it goes over the wire (RFC 9112), with the security headers that every
// answer carries unless its maker set them otherwise. Pure functions; any thread.
#pragma once

#include "kernel/http/server.hpp"

namespace cinnabar::kernel {

struct HeadOptions {
  bool keep_alive = true;
  bool http_1_0 = false;
  bool tls = false;
  std::string_view date;  // IMF-fixdate
};

std::string response_head(const HttpResponse& response, const HeadOptions& options);
// RFC 9110 section 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(std::int64_t unix_s);
std::string_view reason_phrase(int status);

}  // namespace cinnabar::kernel
