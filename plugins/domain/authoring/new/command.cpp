// `cinnabar plugin new`: the arguments, and what to do next.
#include "commands.hpp"
#include "new/new_plugin.hpp"

#include <cstdio>
#include <fstream>

namespace cinnabar::authoring {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  std::string id, kind, in = ".";
  bool json = false, help = false;
};

Error usage(std::string reason) {
  return Error("authoring.usage", {{"reason", std::move(reason)}});
}

Arguments parse(const std::vector<std::string>& given) {
  Arguments out;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const std::string& argument = given[i];
    if (argument == "--kind" || argument == "--in") {
      if (++i == given.size()) throw usage(argument + " needs a value");
      (argument == "--kind" ? out.kind : out.in) = given[i];
    } else if (argument == "--json") {
      out.json = true;
    } else if (argument == "--help" || argument == "-h") {
      out.help = true;
    } else if (argument.starts_with("-") || !out.id.empty()) {
      throw usage(argument + " is not understood");
    } else {
      out.id = argument;
    }
  }
  return out;
}

std::string help(const fs::path& templates) {
  std::string text =
      "cinnabar plugin new ID --kind KIND [--in FOLDER] [--json]\n"
      "    Writes a folder with a plugin that builds, passes its tests and loads, to start from.\n"
      "    ID is yours alone: com.example.totp. Kinds:\n";
  for (const std::string& kind : template_kinds(templates)) text += "      " + kind + "\n";
  return text;
}

// A provider's name is taken when an installed plugin has it for the same interface: the server
// would take only one of the two.
void check_free(const fs::path& plugins, const Names& names) {
  const std::string interface = "cinnabar." + names.kind + "/1";
  for (const auto& entry : fs::directory_iterator(plugins)) try {
      std::ifstream in(entry.path() / "plugin.json");
      const Json manifest =
          from_json<Json>(std::string{std::istreambuf_iterator<char>(in), {}});
      for (const Json& provided : manifest["provides"].items())
        if (provided["interface"].text() == interface && provided["name"].text() == names.name)
          throw Error("authoring.name_taken", {{"name", names.name},
                                               {"kind", names.kind},
                                               {"plugin", manifest["id"].text()}});
    } catch (const Error& error) {
      if (error.code() == "authoring.name_taken") throw;
      // One that is broken provides nothing.
    }
}

std::vector<std::string> next_steps(const Names& names) {
  const std::string built = "build/plugins/" + names.id;
  return {"cmake -S . -B build && cmake --build build", "ctest --test-dir build",
          "cinnabar plugin check " + built, "cinnabar plugin run " + built};
}

}  // namespace

int plugin_new(const CommandCall& command) {
  const fs::path templates = fs::path(command.plugin_folder) / "templates";
  const Arguments arguments = parse(command.arguments);
  if (arguments.help) {
    std::fputs(help(templates).c_str(), stdout);
    return 0;
  }
  if (arguments.id.empty()) throw usage("A plugin's id is needed, like com.example.totp");
  if (arguments.kind.empty()) throw usage("--kind is needed");
  const Names names = names_of(arguments.id, arguments.kind);
  const auto files = new_plugin_files(templates, names);
  check_free(fs::path(command.plugin_folder).parent_path(), names);
  const fs::path folder = fs::path(arguments.in) / names.name;
  write_new_folder(folder, files);
  const std::string place = folder.lexically_normal().string();
  if (arguments.json) {
    Json list = Json::array(), next = Json::array();
    for (const auto& [name, content] : files) list.add(name);
    for (const std::string& step : next_steps(names)) next.add(step);
    std::printf("%s\n", to_json(Json::object()
                                    .set("id", names.id)
                                    .set("folder", place)
                                    .set("files", std::move(list))
                                    .set("next", std::move(next)))
                            .c_str());
    return 0;
  }
  std::printf("%s is a plugin of the kind %s. Next:\n\n  cd %s\n", place.c_str(),
              names.kind.c_str(), place.c_str());
  for (const std::string& step : next_steps(names)) std::printf("  %s\n", step.c_str());
  return 0;
}

}  // namespace cinnabar::authoring
