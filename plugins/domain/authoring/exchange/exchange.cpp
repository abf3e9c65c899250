// `cinnabar plugin exchange`: asks a running server, over its API and with an operator's token, to
// put an installed version of a plugin in the place of the one that runs.
#include "commands.hpp"

#include <cinnabar/http_client.hpp>
#include <cinnabar/package/folder.hpp>

#include <cstdio>
#include <cstdlib>

namespace cinnabar::authoring {

// As much of a problem document as is shown.
struct Refusal {
  std::string detail;
};
CINNABAR_DESCRIBE(Refusal, detail)

namespace {

constexpr const char* kHelp = R"(cinnabar plugin exchange ID VERSION
    Asks the server at CINNABAR_URL, with an operator's token in CINNABAR_TOKEN, to run the version,
    which is installed there. No request fails.
)";

// The new version is verified, its tables are made, it starts.
constexpr std::int64_t kTimeoutMs = 120'000;

// The environment holds the token, so that it stays out of the list of processes.
std::string environment(const char* name) {
  const char* value = std::getenv(name);
  if (!value || !*value)
    throw Error("authoring.usage",
                {{"reason", std::string(name) + " is not set in the environment"}});
  return value;
}

}  // namespace

int plugin_exchange(const CommandCall& command) {
  const auto& arguments = command.arguments;
  for (const std::string& argument : arguments)
    if (argument == "--help" || argument == "-h") {
      std::fputs(kHelp, stdout);
      return 0;
    }
  if (arguments.size() != 2) throw Error("authoring.usage", {{"reason", "it takes ID VERSION"}});
  for (const std::string& argument : arguments)
    if (const std::string problem = package::path_problem(argument); !problem.empty())
      throw Error("authoring.usage", {{"reason", argument + " " + problem}});
  OutsideRequest request;
  request.method = "PUT";
  request.url = environment("CINNABAR_URL") + "/api/v1/plugins/" + arguments[0] + "/versions/" +
                arguments[1];
  request.headers = {"Authorization: Bearer " + environment("CINNABAR_TOKEN"),
                     "Accept-Language: en"};
  request.timeout_ms = kTimeoutMs;
  OutsideAnswer answer;
  try {
    answer = ask_outside(request);
  } catch (const Unreachable& problem) {
    throw Error("authoring.no_answer", {{"url", request.url}, {"reason", problem.what()}});
  }
  if (answer.status != 200) {
    Refusal refusal{"status " + std::to_string(answer.status)};
    try {
      refusal = from_json<Refusal>(answer.body);
    } catch (const Error&) {  // not one of ours: its status says what there is to say
    }
    throw Error("authoring.refused", {{"detail", refusal.detail}});
  }
  std::printf("%s %s runs.\n", arguments[0].c_str(), arguments[1].c_str());
  return 0;
}

}  // namespace cinnabar::authoring
