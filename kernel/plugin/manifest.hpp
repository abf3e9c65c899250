// Manifest: what plugin.json says of a plugin, read before any of its code runs. A value.
#pragma once

#include <cinnabar/json.hpp>

#include <filesystem>

namespace cinnabar::kernel {

struct Provided {
  std::string interface;  // "cinnabar.seal-type/1"
  std::string name;       // "round"
};
CINNABAR_DESCRIBE(Provided, (interface, required, format("id")), (name, required, format("id")))

struct CommandInfo {
  std::string name;
  std::string summary;
};
CINNABAR_DESCRIBE(CommandInfo, (name, required, format("id")), summary)

struct ErrorText {
  int status = 422;  // HTTP
  std::string en;    // "{name}" stands for a parameter
  std::string zh;
};
CINNABAR_DESCRIBE(ErrorText, (status, range(400, 599)), (en, required), (zh, required))

enum class Scope { installation, enterprise };
CINNABAR_ENUM(Scope, installation, enterprise)
enum class Isolation { in_process, process };
CINNABAR_ENUM(Isolation, in_process, process)

struct Manifest {
  std::string id;        // "cinnabar.seal-round", "com.example.totp"
  std::string version;   // semantic
  std::string contract = "1.0";  // of abi.h, major.minor
  std::string title;
  std::string author;
  std::string license;
  std::vector<Provided> provides;
  std::vector<std::string> requires_;      // interface ids it calls; JSON name "requires"
  std::vector<std::string> permissions;    // "database", "blobs", "keys", "network", "sessions"
  std::vector<CommandInfo> commands;
  Scope scope = Scope::installation;       // enterprise: enterprises may switch it
  Isolation isolation = Isolation::in_process;
  std::string status = "beta";             // stable, beta, experimental
  std::string posture = "trusted-input";   // or "hardened"
  std::string table_prefix;                // "contract_": the tables it owns
  bool enabled = true;                     // bound by default
  Json config;                             // JSON Schema of its configuration

  std::filesystem::path folder;            // where it was found; not in the file
  std::map<std::string, ErrorText> errors;  // errors.json beside it
};

// Reads plugin.json and errors.json of a folder. Throws Error "plugin.manifest_invalid" with
// file, place and reason.
Manifest read_manifest(const std::filesystem::path& folder);

}  // namespace cinnabar::kernel
