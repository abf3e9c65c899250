#include "run/stage.hpp"

#include <cinnabar/error.hpp>

#include <fstream>

#include <stdlib.h>

namespace cinnabar::authoring {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLibrary = "plugin.so";

Json manifest_in(const fs::path& folder) {
  std::ifstream in(folder / "plugin.json");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in) throw Error("authoring.not_built", {{"folder", folder.string()}});
  return from_json<Json>(text);
}

bool is_program(const Json& manifest) { return !manifest["run"].items().empty(); }

// What follows the label in the accounts' text, up to the next blank.
std::string after(const std::string& text, const std::string& label) {
  const std::size_t at = text.find(label);
  if (at == std::string::npos) return {};
  const std::size_t from = at + label.size();
  return text.substr(from, text.find_first_of(" \n", from) - from);
}

std::string kind_in(const std::string& interface_id) {
  const std::size_t from = interface_id.find('.') + 1;
  return interface_id.substr(from, interface_id.find('/') - from);
}

// One thing to try for an interface, or nothing where there is nothing to call.
std::string request_for(const std::string& kind, const std::string& name,
                        const std::string& api, const std::string& enterprise, bool configured) {
  const std::string me = " -H \"$json\" -H \"Authorization: Bearer $token\"";
  const std::string bind = "curl -s -X PUT " + api + "/enterprises/" + enterprise + "/plugins/" +
                           kind + "/" + name + me + " -d '{\"enabled\":true" +
                           (configured ? ",\"config\":{...}" : "") + "}'\n";
  const std::string server = api.substr(0, api.find("/api/"));
  std::string out = configured ? "  " + bind : "";
  if (kind == "auth-method")
    return out + "  cinnabar demo --server " + server + " --auth-method " + name + "\n";
  if (kind == "seal-type")
    return out + "  curl -s " + api + "/seals" + me + " -d '{\"type\":\"" + name +
           "\",\"name\":\"" + name + "\"}'\n";
  if (kind == "notification-channel") return out + "  cinnabar demo --server " + server + "\n";
  if (kind == "domain") return "  curl -s " + server + "/openapi.json | jq '.paths | keys'\n";
  return out;
}

}  // namespace

ThrowAwayFolder::ThrowAwayFolder() {
  std::string name = (fs::temp_directory_path() / "cinnabar-run-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw failure("no temporary folder can be made");
  path_ = name;
}

ThrowAwayFolder::~ThrowAwayFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

fs::path built_folder(const fs::path& given) {
  const Json manifest = manifest_in(given);
  if (is_program(manifest)) return given;  // there is nothing to build
  for (const fs::path& folder : {given, given / "build/plugins" / manifest["id"].text()})
    if (fs::exists(folder / "plugin.json") && fs::exists(folder / kLibrary)) return folder;
  throw Error("authoring.not_built", {{"folder", given.string()}});
}

Json stage_plugin(const fs::path& built, const fs::path& plugins) {
  Json manifest = manifest_in(built);
  const fs::path folder = plugins / manifest["id"].text();
  fs::create_directories(plugins);
  fs::copy(built, folder, fs::copy_options::recursive);
  // A program runs as another user, who must get to it.
  if (is_program(manifest))
    fs::permissions(plugins.parent_path(), fs::perms::group_exec | fs::perms::others_exec,
                    fs::perm_options::add);
  if (manifest["config"]["required"].items().empty()) {
    manifest.set("enabled", true);
    std::ofstream(folder / "plugin.json") << to_json(manifest);
  }
  return manifest;
}

std::string first_requests(const Json& manifest, const std::string& address,
                           const std::string& accounts) {
  const std::string api = address + "/api/v1", enterprise = after(accounts, "  id ");
  const bool configured = !manifest["config"]["required"].items().empty();
  std::string out =
      "\n" + manifest["id"].text() + " " + manifest["version"].text() +
      (configured ? " waits for an enterprise's configuration" : " is bound for everybody") +
      ". To try it:\n\n  json='Content-Type: application/json'\n  token=$(curl -s " + api +
      "/sessions -H \"$json\" -d '{\"mobile\":\"" + after(accounts, "  mobile ") +
      "\",\"password\":\"" + after(accounts, "  password ") + "\",\"acting_for\":\"" +
      enterprise + "\"}' | jq -r .token)\n";
  for (const Json& provided : manifest["provides"].items())
    out += request_for(kind_in(provided["interface"].text()), provided["name"].text(), api,
                       enterprise, configured);
  return out;
}

}  // namespace cinnabar::authoring
