#include "operate/ask_server.hpp"

#include <cinnabar/http_client.hpp>

#include <cstdlib>

namespace cinnabar::authoring {

// As much of a problem document as is shown.
struct Refusal {
  std::string detail;
  std::string pointer;
};
CINNABAR_DESCRIBE(Refusal, detail, pointer)

namespace {

// A new version of a plugin is verified, its tables are made, it starts.
constexpr std::int64_t kTimeoutMs = 120'000;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  if (!value || !*value)
    throw Error("authoring.usage",
                {{"reason", std::string(name) + " is not set in the environment"}});
  return value;
}

}  // namespace

std::string ask_server(const std::string& method, const std::string& path,
                       const std::string& body) {
  OutsideRequest request;
  request.method = method;
  request.url = environment("CINNABAR_URL") + "/api/v1" + path;
  request.body = body;
  request.content_type = body.empty() ? "" : "application/json";
  request.headers = {"Authorization: Bearer " + environment("CINNABAR_TOKEN"),
                     "Accept-Language: en"};
  request.timeout_ms = kTimeoutMs;
  OutsideAnswer answer;
  try {
    answer = ask_outside(request);
  } catch (const Unreachable& problem) {
    throw Error("authoring.no_answer", {{"url", request.url}, {"reason", problem.what()}});
  }
  if (answer.status >= 200 && answer.status < 300) return answer.body;
  Refusal refusal{"status " + std::to_string(answer.status), {}};
  try {
    refusal = from_json<Refusal>(answer.body);
  } catch (const Error&) {  // not one of ours: its status says what there is to say
  }
  throw Error("authoring.refused", {{"detail", refusal.detail}}, refusal.pointer);
}

}  // namespace cinnabar::authoring
