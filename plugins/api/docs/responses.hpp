// What operations answer: the success that a route declares, and the refusals that it can meet by
// what it is: with a body, with credentials, reading. Pure functions; any thread.
#pragma once

#include <cinnabar/services/domain.hpp>

namespace cinnabar {

struct ProblemDocument {
  std::string type;
  std::string title;
  int status = 0;
  std::string detail;
  std::string code;
  std::string pointer;
  std::string request_id;
};
CINNABAR_DESCRIBE(ProblemDocument, (type, required, doc("urn:cinnabar:problem:CODE")),
                  (title, required, doc("The kind of trouble, the same at every occurrence.")),
                  (status, required, range(400, 599), doc("The HTTP status.")),
                  (detail, required,
                   doc("What happened, where, and what to do, in the language asked for.")),
                  (code, required, doc("Stable; for programs.")),
                  (pointer, doc("JSON pointer of the fault in the request body.")),
                  (request_id, required, doc("Names the request in the server's log.")))

// The responses of a route's operation; `content` is that of its success, empty: none.
Json responses_of(const RouteInfo& route, Json content);
// What they refer to: "responses" and "headers" of the components.
Json response_components();
Json header_components();
// The schema of a problem document (RFC 9457), to stand among the others.
Json problem_schema();

}  // namespace cinnabar
