// Answers: what a domain answered, as an HTTP response, and the request headers that bear on it
// (RFC 9110 sections 8.8, 13; RFC 6266 with RFC 8187 for file names). Any thread.
#pragma once

#include "kernel/api/content.hpp"
#include "kernel/http/server.hpp"

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

// The version of an If-Match header, without quotes; empty for "*" and for none.
std::string if_match_of(std::string_view header);
// Whether an If-None-Match header names the tag, or anything.
bool none_match_names(std::string_view header, std::string_view etag);

// attachment, with the name in ASCII and in UTF-8.
std::string disposition_of(std::string_view filename);
// The name that a Content-Disposition header gives; empty: none. Not to be trusted.
std::string filename_of(std::string_view disposition);
// "application/json; charset=utf-8" is "application/json".
std::string media_type_of(std::string_view content_type);

}  // namespace cinnabar::kernel
