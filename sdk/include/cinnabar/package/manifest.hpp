// Manifest: what plugin.json says of a plugin, read before any of its code runs. A value.
#pragma once

#include <cinnabar/abi.h>
#include <cinnabar/json.hpp>
#include <cinnabar/nearest.hpp>
#include <cinnabar/package/config_check.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cinnabar {

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
  std::vector<std::string> run;           // its program and arguments; empty: it is a library
  std::string status = "beta";            // stable, beta, experimental
  // trusted-input, untrusted-input, hardened; sandbox: only in demonstrations
  std::string posture = "trusted-input";
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
inline const std::vector<Field>& cinnabar_fields(const Manifest*);
inline constexpr std::string_view cinnabar_name(const Manifest*) { return "Manifest"; }

// Reads plugin.json and errors.json of a folder. Throws Error "plugin.manifest_invalid" with
// file, place (its pointer) and reason.
inline Manifest read_manifest(const std::filesystem::path& folder);

// The part of read_manifest that needs no files. `file` is named in errors.
inline Manifest parse_manifest(std::string_view text, const std::string& file);
inline std::map<std::string, ErrorText> parse_errors(std::string_view text,
                                                     const std::string& file);

// The folders with a plugin.json: each of `folders` itself, or those in it, by name.
inline std::vector<std::filesystem::path> plugin_places(
    const std::vector<std::filesystem::path>& folders);

// What an Error of the door says in one line: place, file and reason.
inline std::string reason_of(const Error& error);

// Whether this kernel speaks the contract "major.minor" of a manifest; else the reason why not.
inline std::optional<std::string> contract_problem(std::string_view contract);

namespace package_detail {

// A manifest is read whole; a larger file is not one.
inline constexpr std::uintmax_t kManifestSizeMax = 1 << 20;

inline Error invalid_at(const std::string& file, std::string pointer, std::string reason) {
  return Error("plugin.manifest_invalid", {{"file", file}, {"reason", std::move(reason)}},
               std::move(pointer));
}

inline std::string read_file(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error) throw invalid_at(path.string(), {}, "cannot be read: " + error.message());
  if (size > kManifestSizeMax) throw invalid_at(path.string(), {}, "is larger than 1 MiB");
  std::ifstream in(path, std::ios::binary);
  std::string text(static_cast<std::size_t>(size), '\0');
  if (!in.read(text.data(), static_cast<std::streamsize>(size)))
    throw invalid_at(path.string(), {}, "cannot be read");
  return text;
}

// Names the nearest known member for one that is misspelt.
inline void check_members(const Json& object, const Type& type, const std::string& pointer,
                          const std::string& file) {
  std::vector<std::string> known;
  for (const Field& field : type.fields()) known.emplace_back(field.name);
  for (const auto& [name, value] : object.members())
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw invalid_at(file, pointer + "/" + name,
                       "is not a known key; did you mean \"" + nearest(name, known) + "\"?");
}

template <class T>
void check_item_members(const Json& list, const std::string& pointer, const std::string& file) {
  for (std::size_t i = 0; i < list.items().size(); ++i)
    check_members(list.items()[i], type_of<T>(), pointer + "/" + std::to_string(i), file);
}

inline bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Dotted lower-case names, as in reversed domain names: "cinnabar.seal-round".
inline bool is_dotted(std::string_view text, std::size_t parts_min) {
  std::size_t parts = 1;
  bool first = true;
  for (const char c : text) {
    if (c == '.') {
      if (first) return false;
      ++parts;
      first = true;
    } else if (first ? !is_lower(c) : !is_lower(c) && !is_digit(c) && c != '-' && c != '_') {
      return false;
    } else {
      first = false;
    }
  }
  return !first && parts >= parts_min;
}

inline bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 9 && (text.size() == 1 || text[0] != '0') &&
         std::all_of(text.begin(), text.end(), is_digit);
}

inline std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (std::size_t from = 0;;) {
    const std::size_t end = text.find(at, from);
    parts.push_back(text.substr(from, end - from));
    if (end == std::string_view::npos) return parts;
    from = end + 1;
  }
}

// Semantic Versioning 2.0.0: MAJOR.MINOR.PATCH, then "-" and "+" parts of [0-9A-Za-z-.].
inline bool is_version(std::string_view text) {
  const std::size_t tail = text.find_first_of("-+");
  const auto numbers = split(text.substr(0, tail), '.');
  if (numbers.size() != 3 || !std::all_of(numbers.begin(), numbers.end(), is_number)) return false;
  if (tail == std::string_view::npos) return true;
  const std::string_view rest = text.substr(tail + 1);
  return !rest.empty() &&
         rest.find_first_not_of(
             "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-.+") == rest.npos;
}

// "cinnabar.seal-type/1"
inline bool is_interface(std::string_view text) {
  const std::size_t slash = text.find('/');
  return slash != std::string_view::npos && is_dotted(text.substr(0, slash), 2) &&
         is_number(text.substr(slash + 1));
}

inline bool is_prefix(std::string_view text) {
  return text.size() >= 2 && text.size() <= 32 && is_lower(text[0]) && text.back() == '_' &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_lower(c) || is_digit(c) || c == '_'; });
}

inline void check_one_of(const std::string& value, const std::vector<std::string>& known,
                         const std::string& pointer, const std::string& file) {
  if (std::find(known.begin(), known.end(), value) != known.end()) return;
  throw invalid_at(
      file, pointer,
      "is \"" + value + "\", which is not known; did you mean \"" + nearest(value, known) + "\"?");
}

inline void check_provides(const Manifest& m, const std::string& file) {
  for (std::size_t i = 0; i < m.provides.size(); ++i) {
    const std::string pointer = "/provides/" + std::to_string(i);
    if (!is_interface(m.provides[i].interface))
      throw invalid_at(file, pointer + "/interface",
                       "must be an interface id with its revision, as \"cinnabar.seal-type/1\"");
    for (std::size_t j = 0; j < i; ++j)
      if (m.provides[j].interface == m.provides[i].interface &&
          m.provides[j].name == m.provides[i].name)
        throw invalid_at(file, pointer, "repeats /provides/" + std::to_string(j));
  }
  for (std::size_t i = 0; i < m.requires_.size(); ++i)
    if (!is_interface(m.requires_[i]))
      throw invalid_at(file, "/requires/" + std::to_string(i),
                       "must be an interface id with its revision, as \"cinnabar.key-store/1\"");
}

inline void check_manifest(const Manifest& m, const std::string& file) {
  if (!is_dotted(m.id, 2) || m.id.size() > 64)
    throw invalid_at(file, "/id",
                     "must be a dotted lower-case name of at most 64 characters, as "
                     "\"com.example.totp\"");
  if (!is_version(m.version))
    throw invalid_at(file, "/version", "must be a semantic version, as \"1.0.0\"");
  const auto contract = split(m.contract, '.');
  if (contract.size() != 2 || !is_number(contract[0]) || !is_number(contract[1]))
    throw invalid_at(file, "/contract", "must be major.minor, as \"1.0\"");
  check_provides(m, file);
  for (std::size_t i = 0; i < m.permissions.size(); ++i)
    check_one_of(m.permissions[i], {"database", "blobs", "keys", "network", "sessions"},
                 "/permissions/" + std::to_string(i), file);
  check_one_of(m.status, {"stable", "beta", "experimental"}, "/status", file);
  check_one_of(m.posture, {"trusted-input", "untrusted-input", "hardened", "sandbox"}, "/posture",
               file);
  if (!m.run.empty() && m.run[0].empty())
    throw invalid_at(file, "/run/0", "must be a file of the folder or an interpreter");
  if (!m.run.empty() && m.isolation != Isolation::process)
    throw invalid_at(file, "/isolation", "must be \"process\", because \"run\" is a program");
  if (!m.table_prefix.empty() && !is_prefix(m.table_prefix))
    throw invalid_at(file, "/table_prefix", "must be lower-case letters, digits and _, end in _");
  if (m.table_prefix.starts_with("kernel_"))
    throw invalid_at(file, "/table_prefix", "is the kernel's own");
  if (const auto problem = schema_problem(m.config))
    throw invalid_at(file, "/config" + problem->pointer, problem->reason);
}

}  // namespace package_detail

inline const std::vector<Field>& cinnabar_fields(const Manifest*) {
  using namespace describe_options;
  static const std::vector<Field> kFields{
      make_field<&Manifest::id>("id", required, length(1, 64)),
      make_field<&Manifest::version>("version", required, length(1, 64)),
      make_field<&Manifest::contract>("contract", required, length(1, 16)),
      make_field<&Manifest::title>("title", length(0, 200)),
      make_field<&Manifest::author>("author", length(0, 200)),
      make_field<&Manifest::license>("license", length(0, 200)),
      make_field<&Manifest::provides>("provides", required, items(0, 100)),
      make_field<&Manifest::requires_>("requires", items(0, 100)),
      make_field<&Manifest::permissions>("permissions"),
      make_field<&Manifest::commands>("commands"),
      make_field<&Manifest::scope>("scope"),
      make_field<&Manifest::isolation>("isolation"),
      make_field<&Manifest::run>("run", items(0, 32)),
      make_field<&Manifest::status>("status"),
      make_field<&Manifest::posture>("posture"),
      make_field<&Manifest::table_prefix>("table_prefix", length(0, 32)),
      make_field<&Manifest::enabled>("enabled"),
      make_field<&Manifest::config>("config"),
  };
  return kFields;
}

inline Manifest parse_manifest(std::string_view text, const std::string& file) {
  try {
    const Json json = from_json<Json>(text);
    package_detail::check_members(json, type_of<Manifest>(), {}, file);
    package_detail::check_item_members<Provided>(json["provides"], "/provides", file);
    package_detail::check_item_members<CommandInfo>(json["commands"], "/commands", file);
    const auto manifest = from_json<Manifest>(text, Reading::strict);
    package_detail::check_manifest(manifest, file);
    return manifest;
  } catch (const Error& error) {
    if (error.code() == "plugin.manifest_invalid") throw;
    throw package_detail::invalid_at(
        file, error.pointer(), error.params().empty() ? error.code() : error.params()[0].second);
  }
}

inline std::map<std::string, ErrorText> parse_errors(std::string_view text,
                                                     const std::string& file) {
  try {
    const Json json = from_json<Json>(text);
    for (const auto& [code, entry] : json.members()) {
      if (!package_detail::is_dotted(code, 2))
        throw package_detail::invalid_at(file, "/" + code,
                                         "must be area.code, as \"seal.not_found\"");
      package_detail::check_members(entry, type_of<ErrorText>(), "/" + code, file);
    }
    return from_json<std::map<std::string, ErrorText>>(text, Reading::strict);
  } catch (const Error& error) {
    if (error.code() == "plugin.manifest_invalid") throw;
    throw package_detail::invalid_at(
        file, error.pointer(), error.params().empty() ? error.code() : error.params()[0].second);
  }
}

inline Manifest read_manifest(const std::filesystem::path& folder) {
  Manifest manifest = parse_manifest(package_detail::read_file(folder / "plugin.json"),
                                     (folder / "plugin.json").string());
  manifest.folder = folder;
  const std::filesystem::path errors = folder / "errors.json";
  if (std::filesystem::exists(errors))
    manifest.errors = parse_errors(package_detail::read_file(errors), errors.string());
  return manifest;
}

inline std::vector<std::filesystem::path> plugin_places(
    const std::vector<std::filesystem::path>& folders) {
  std::vector<std::filesystem::path> found;
  for (const auto& folder : folders) {
    std::error_code error;
    if (std::filesystem::exists(folder / "plugin.json", error)) found.push_back(folder);
    std::vector<std::filesystem::path> inside;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error))
      if (std::filesystem::exists(entry.path() / "plugin.json", error))
        inside.push_back(entry.path());
    std::sort(inside.begin(), inside.end());
    found.insert(found.end(), inside.begin(), inside.end());
  }
  return found;
}

inline std::string reason_of(const Error& error) {
  std::string text;
  for (const auto& [name, value] : error.params())
    if (name == "reason" || name == "detail") text = value;
  if (text.empty()) return error.what();
  if (!error.pointer().empty()) text = error.pointer() + " " + text;
  for (const auto& [name, value] : error.params())
    if (name == "file") text = value + ": " + text;
  return text;
}

inline std::optional<std::string> contract_problem(std::string_view contract) {
  const auto parts = package_detail::split(contract, '.');
  const std::string spoken =
      std::to_string(CINNABAR_ABI_MAJOR) + "." + std::to_string(CINNABAR_ABI_MINOR);
  if (parts.at(0) != std::to_string(CINNABAR_ABI_MAJOR))
    return "built for contract " + std::string(parts[0]) + ", this kernel speaks " +
           std::to_string(CINNABAR_ABI_MAJOR);
  if (std::stoul(std::string(parts.at(1))) > CINNABAR_ABI_MINOR)
    return "needs contract " + std::string(contract) + ", this kernel speaks " + spoken;
  return std::nullopt;
}

}  // namespace cinnabar
