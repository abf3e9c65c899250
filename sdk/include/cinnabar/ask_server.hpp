// What a command asks a running server of the product over its API. The address and the token come
// from the environment, CINNABAR_URL and CINNABAR_TOKEN, so that the token stays out of the list of
// processes. Needs libcurl. Stateless; any thread.
#pragma once

#include <cinnabar/http_client.hpp>

#include <cstdlib>

namespace cinnabar {

// As much of a problem document as is shown.
struct ServerRefusal {
  std::string detail;
  std::string pointer;
};
CINNABAR_DESCRIBE(ServerRefusal, detail, pointer)

// Throws Error "cli.environment_missing".
inline std::string environment_value(const char* name) {
  const char* value = std::getenv(name);
  if (!value || !*value) throw Error("cli.environment_missing", {{"name", name}});
  return value;
}

// The body of the answer to a request below /api/v1. Throws Error "cli.refused" with what the
// server says, "cli.no_answer", "cli.environment_missing".
inline std::string ask_server(const std::string& method, const std::string& path,
                              const std::string& body = {}) {
  OutsideRequest request;
  request.method = method;
  request.url = environment_value("CINNABAR_URL") + "/api/v1" + path;
  request.body = body;
  request.content_type = body.empty() ? "" : "application/json";
  request.headers = {"Authorization: Bearer " + environment_value("CINNABAR_TOKEN"),
                     "Accept-Language: en"};
  request.timeout_ms = 120'000;  // a new version of a plugin is verified, makes its tables, starts
  OutsideAnswer answer;
  try {
    answer = ask_outside(request);
  } catch (const Unreachable& problem) {
    throw Error("cli.no_answer", {{"url", request.url}, {"reason", problem.what()}});
  }
  if (answer.status >= 200 && answer.status < 300) return answer.body;
  ServerRefusal refusal{"status " + std::to_string(answer.status), {}};
  try {
    refusal = from_json<ServerRefusal>(answer.body);
  } catch (const Error&) {  // not one of ours: its status says what there is to say
  }
  throw Error("cli.refused", {{"detail", refusal.detail}}, refusal.pointer);
}

}  // namespace cinnabar
