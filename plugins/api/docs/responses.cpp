#include "responses.hpp"

#include <cinnabar/schema.hpp>

#include <array>

namespace cinnabar {
namespace {

struct Refusal {
  int status;
  const char* name;
  const char* text;
  const char* header = nullptr;  // that belongs to it
};
constexpr std::array<Refusal, 10> kRefusals{{
    {400, "Malformed", "The request is not as described; `pointer` leads to the fault."},
    {401, "SignedOut", "No credentials, or they are not valid any more.", "WWW-Authenticate"},
    {403, "Forbidden", "Whoever asks may not do this."},
    {404, "NotFound", "It is not there, not open to whoever asks, or switched off."},
    {409, "Conflict", "It is not in a state for this, or somebody else changed it."},
    {413, "TooLarge", "The body is larger than what is taken here."},
    {415, "TypeUnsupported", "Content of this type is not taken here."},
    {422, "Refused", "Well-formed, but refused for the reason that `code` names."},
    {429, "TooMany", "Too many requests, or too many failed attempts."},
    {503, "Unavailable", "Something that this needs is away for a moment.", "Retry-After"},
}};

Json reference(std::string place) {
  return Json::object().set("$ref", "#/components/" + std::move(place));
}

// Whether a route of this kind can be refused so. What its plugin refuses is not declared: by the
// habit of all it is one of the others.
bool meets(const RouteInfo& route, int status) {
  const bool of_body = status == 413 || status == 415;
  return !of_body || !route.request_type.empty() || !route.consumes.empty();
}

const char* success_text(int status) {
  switch (status) {
    case 201: return "Made";
    case 202: return "Accepted";
    case 204: return "Done";
    default: return "OK";
  }
}

Json success_of(const RouteInfo& route, Json content) {
  Json headers = Json::object();
  headers.set("X-Request-Id", reference("headers/RequestId"));
  if (route.success_status == 201) headers.set("Location", reference("headers/Location"));
  if (route.method == "GET") headers.set("ETag", reference("headers/ETag"));
  Json success = Json::object();
  success.set("description", success_text(route.success_status));
  success.set("headers", std::move(headers));
  if (!content.members().empty()) success.set("content", std::move(content));
  return success;
}

Json header(const char* type, const char* text) {
  return Json::object().set("description", text).set("schema", Json::object().set("type", type));
}

Json problem(const char* text, const char* own_header) {
  Json content = Json::object();
  content.set("application/problem+json",
              Json::object().set("schema", reference("schemas/ProblemDocument")));
  Json headers = Json::object().set("X-Request-Id", reference("headers/RequestId"));
  if (own_header) headers.set(own_header, reference("headers/" + std::string(own_header)));
  Json out = Json::object();
  out.set("description", text).set("headers", std::move(headers));
  return out.set("content", std::move(content));
}

}  // namespace

Json responses_of(const RouteInfo& route, Json content) {
  Json out = Json::object();
  out.set(std::to_string(route.success_status), success_of(route, std::move(content)));
  if (route.method == "GET") out.set("304", reference("responses/NotModified"));
  for (const Refusal& refusal : kRefusals)
    if (meets(route, refusal.status))
      out.set(std::to_string(refusal.status),
              reference("responses/" + std::string(refusal.name)));
  out.set("default", reference("responses/Problem"));
  return out;
}

Json response_components() {
  Json out = Json::object();
  Json headers = Json::object().set("ETag", reference("headers/ETag"));
  out.set("NotModified", Json::object()
                             .set("description", "It is still what If-None-Match names.")
                             .set("headers", std::move(headers)));
  for (const Refusal& refusal : kRefusals)
    out.set(refusal.name, problem(refusal.text, refusal.header));
  // 408, 500 and 504: what no client brings about by what it asks for.
  return out.set("Problem", problem("A problem document (RFC 9457).", nullptr));
}

Json header_components() {
  Json out = Json::object();
  out.set("RequestId", header("string", "Names the request in the server's log."));
  out.set("Location", header("string", "Where what was made is to be found, if it has a place."));
  out.set("ETag", header("string", "The version of what was read, if it has one."));
  out.set("Retry-After", header("integer", "Seconds after which to try again."));
  return out.set("WWW-Authenticate", header("string", "How to give credentials."));
}

Json problem_schema() {
  Json own = Json::object();
  schema_of<ProblemDocument>(own);
  Json problem = own["ProblemDocument"];
  // Parameters of the code stand beside the members that every problem has.
  return problem.set("additionalProperties", true);
}

}  // namespace cinnabar
