// One POST to a stranger's server: a connection of its own, a deadline over everything, no
// redirects, no proxy, at most a few kilobytes of the answer read. Source: RFC 9112. Any thread.
#pragma once

#include "url.hpp"

#include <utility>
#include <vector>

namespace cinnabar {

struct PostRequest {
  WebhookUrl url;
  std::vector<std::pair<std::string, std::string>> headers;  // beside Host and Content-Length
  std::string body;
};

struct PostOptions {
  bool allow_private = false;
  int timeout_ms = 5'000;
  std::string ca_file;  // trusted beside the system's; for tests
};

struct PostResult {
  int status = 0;        // of the answer; 0: there was none
  std::string problem;   // why there was none
};

PostResult http_post(const PostRequest& request, const PostOptions& options);

}  // namespace cinnabar
