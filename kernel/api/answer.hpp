// Answers: what a domain answered, as an HTTP response. Any thread.
#pragma once

#include "kernel/api/content.hpp"
#include "kernel/http/server.hpp"

#include <cinnabar/http_text.hpp>
#include <cinnabar/services/domain.hpp>

namespace cinnabar::kernel {

struct AnswerPlace {
  const HttpRequest& request;
  bool site = false;             // a page of the site, whose script may run
  const std::string& base_path;  // goes before locations that lack it
  ContentStore& content;
};
// A response for an answer without a problem.
HttpResponse to_response(const HttpAnswer& answer, const AnswerPlace& place);

}  // namespace cinnabar::kernel
