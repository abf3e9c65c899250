// `cinnabar plugin configure`: gives a plugin its settings, for the installation or for one
// enterprise, in a running server. They come from a file, for they may hold secrets.
#include "commands.hpp"

#include <cinnabar/ask_server.hpp>
#include <cinnabar/durable_file.hpp>
#include <cinnabar/package/views.hpp>

#include <cstdio>

namespace cinnabar::authoring {
namespace {

constexpr const char* kHelp = R"(cinnabar plugin configure ID FILE [--enterprise ENT]
    Gives a plugin the settings in a JSON file, in place of those it was given before: for the
    installation, or for one enterprise. Members override those of the configuration file; {} takes
    all away. Asks the server at CINNABAR_URL, with a token in CINNABAR_TOKEN of an operator, or of
    an administrator of the enterprise.
)";

constexpr std::size_t kSizeMax = 1 << 20;

std::string body_from(const std::string& file) {
  const auto text = read_small_file(std::filesystem::absolute(file), kSizeMax);
  if (!text) throw Error("authoring.usage", {{"reason", file + " cannot be read"}});
  Json config;
  try {
    config = from_json<Json>(*text);
  } catch (const Error&) {
  }
  if (!config.is_object())
    throw Error("authoring.usage", {{"reason", file + " holds no JSON object"}});
  return to_json(Json::object().set("config", std::move(config)));
}

void configure_for(const std::string& enterprise, const std::string& id, const std::string& body) {
  const std::string path = "/enterprises/" + enterprise + "/plugins";
  const auto list = from_json<package::BindingList>(ask_server("GET", path), Reading::lenient);
  bool any = false;
  for (const package::BindingView& binding : list.plugins) {
    if (binding.plugin != id) continue;
    ask_server("PUT", path + "/" + binding.kind + "/" + binding.name, body);
    any = true;
  }
  if (!any)
    throw Error("cli.refused", {{"detail", id + " is nothing that an enterprise may set"}});
}

}  // namespace

int plugin_configure(const CommandCall& command) {
  std::vector<std::string> words;
  std::string enterprise;
  for (std::size_t i = 0; i < command.arguments.size(); ++i) {
    const std::string& argument = command.arguments[i];
    if (argument == "--help" || argument == "-h") {
      std::fputs(kHelp, stdout);
      return 0;
    }
    if (argument == "--enterprise" && i + 1 < command.arguments.size())
      enterprise = command.arguments[++i];
    else
      words.push_back(argument);
  }
  if (words.size() != 2)
    throw Error("authoring.usage",
                {{"reason", "plugin configure takes ID FILE [--enterprise ENT]"}});
  const std::string body = body_from(words[1]);
  if (enterprise.empty())
    ask_server("PUT", "/plugins/" + words[0], body);
  else
    configure_for(enterprise, words[0], body);
  std::printf("%s is configured.\n", words[0].c_str());
  return 0;
}

}  // namespace cinnabar::authoring
