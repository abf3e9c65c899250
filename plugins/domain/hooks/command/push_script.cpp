// cinnabar hook push: sends a script to a server, over its API and with an administrator's token.
#include "hook_command.hpp"

#include "../fixtures.hpp"

#include <cinnabar/http_client.hpp>

#include <cstdio>
#include <cstdlib>

namespace cinnabar::hooks {

// As much of a problem document as is shown.
struct Problem {
  std::string code;
  std::string detail;
  std::string pointer;
};
CINNABAR_DESCRIBE(Problem, code, detail, pointer)

namespace {

// The environment holds the token, so that it stays out of the list of processes.
std::string environment(const char* name) {
  const char* value = std::getenv(name);
  if (!value || !*value)
    throw Error("hook.environment_missing", {{"name", name}});
  return value;
}

// The body of the answer. Throws Error "hook.refused" with what the server says.
std::string post(const std::string& path, const std::string& body) {
  OutsideRequest request;
  request.url = environment("CINNABAR_URL") + "/api/v1/enterprises/" +
                environment("CINNABAR_ENTERPRISE") + "/hooks" + path;
  request.body = body;
  request.content_type = "application/json";
  request.headers = {"Authorization: Bearer " + environment("CINNABAR_TOKEN")};
  OutsideAnswer answer;
  try {
    answer = ask_outside(request);
  } catch (const Unreachable& problem) {
    throw Error("hook.unreachable", {{"url", request.url}, {"reason", problem.what()}});
  }
  if (answer.status >= 200 && answer.status < 300) return answer.body;
  Problem problem;
  try {
    problem = from_json<Problem>(answer.body);
  } catch (const Error&) {
    problem.detail = "status " + std::to_string(answer.status);
  }
  throw Error("hook.refused", {{"code", problem.code}, {"detail", problem.detail}},
              problem.pointer);
}

}  // namespace

int push_script(const Arguments& arguments) {
  ScriptBody body;
  body.source = read_script_file(arguments.words[0]);
  body.comment = arguments.flag("--comment");
  body.fixtures = fixtures_beside(arguments.words[0]);
  const auto saved = from_json<ScriptView>(post("/versions", to_json(body)));
  const bool activate = arguments.flags.contains("--activate");
  if (activate) post("/activate", to_json(ActivateBody{saved.hash, {}}));
  const std::string state = activate ? "activated" : "saved";
  if (arguments.json())
    std::printf("%s\n",
                to_json(Json::object().set("hash", saved.hash).set("state", state)).c_str());
  else
    std::printf("%s %s\n", state.c_str(), saved.hash.c_str());
  return kGood;
}

}  // namespace cinnabar::hooks
