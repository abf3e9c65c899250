// Manifest: what plugin.json says of a plugin, read before any of its code runs. A value.
#pragma once

#include <cinnabar/json.hpp>

#include <filesystem>

namespace cinnabar::kernel {

struct Provided {
  std::string interface;  // "cinnabar.seal-type/1"
  std::string name;       // "round"
};
CINNABAR_DESCRIBE(Provided, (interface, required, length(1, 128)), (name, required, format("id")))

struct CommandInfo {
  std::string name;
  std::string summary;
  bool data = false;  // works on the data folder: takes --data, --config and --set
};
CINNABAR_DESCRIBE(CommandInfo, (name, required, format("id")), summary, data)

struct ErrorText {
  int status = 422;  // HTTP; 500: the text is for the operator, not for clients
  std::string en;    // "{name}" stands for a parameter
  std::string zh;
  // The answer is sent this much later: who asks again and again for what is costly to refuse is
  // slowed down, and nobody else waits for it.
  int hold_ms = 0;
};
CINNABAR_DESCRIBE(ErrorText, (status, range(400, 599)), (en, required), (zh, required),
                  (hold_ms, range(0, 5'000)))

enum class Scope { installation, enterprise };
CINNABAR_ENUM(Scope, installation, enterprise)
enum class Isolation { in_process, process };
CINNABAR_ENUM(Isolation, in_process, process)

struct Manifest {
  std::string id;                // "com.example.totp"
  std::string version;           // semantic
  std::string contract = "1.0";  // of abi.h, major.minor
  std::string title;
  std::string author;
  std::string license;
  std::vector<Provided> provides;
  std::vector<std::string> requires_;    // interface ids it calls; JSON name "requires"
  std::vector<std::string> permissions;  // "database", "blobs", "keys", "network", "sessions"
  std::vector<CommandInfo> commands;
  Scope scope = Scope::installation;  // enterprise: enterprises may switch it
  Isolation isolation = Isolation::in_process;
  std::string status = "beta";            // stable, beta, experimental
  std::string posture = "trusted-input";  // trusted-input, untrusted-input, hardened
  std::string table_prefix;               // "contract_": the tables it owns
  bool enabled = true;                    // bound by default
  Json config;                            // JSON Schema of its configuration

  std::filesystem::path folder;             // where it was found; not in the file
  std::filesystem::path library;            // empty: plugin.so in the folder; not in the file
  std::map<std::string, ErrorText> errors;  // errors.json beside it

  bool permits(std::string_view permission) const {
    for (const std::string& p : permissions)
      if (p == permission) return true;
    return false;
  }
  bool provides_interface(std::string_view id) const {
    for (const Provided& p : provides)
      if (p.interface == id) return true;
    return false;
  }
};
const std::vector<Field>& cinnabar_fields(const Manifest*);
inline constexpr std::string_view cinnabar_name(const Manifest*) { return "Manifest"; }

// Reads plugin.json and errors.json of a folder. Throws Error "plugin.manifest_invalid" with
// file, place (its pointer) and reason.
Manifest read_manifest(const std::filesystem::path& folder);

// The part of read_manifest that needs no files. `file` is named in errors.
Manifest parse_manifest(std::string_view text, const std::string& file);
std::map<std::string, ErrorText> parse_errors(std::string_view text, const std::string& file);

// The folders with a plugin.json: each of `folders` itself, or those in it, by name.
std::vector<std::filesystem::path> plugin_places(const std::vector<std::filesystem::path>& folders);

// What an Error of the door says in one line: place, file and reason.
std::string reason_of(const Error& error);

// Whether this kernel speaks the contract "major.minor" of a manifest; else the reason why not.
std::optional<std::string> contract_problem(std::string_view contract);

}  // namespace cinnabar::kernel
