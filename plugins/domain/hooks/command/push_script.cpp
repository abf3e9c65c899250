// cinnabar hook push: sends a script to a server, over its API and with an administrator's token.
#include "hook_command.hpp"

#include "../fixtures.hpp"

#include <cinnabar/ask_server.hpp>

#include <cstdio>

namespace cinnabar::hooks {

namespace {

std::string post(const std::string& path, const std::string& body) {
  return ask_server("POST",
                    "/enterprises/" + environment_value("CINNABAR_ENTERPRISE") + "/hooks" + path,
                    body);
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
