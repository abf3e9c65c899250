// `cinnabar plugin pack`: a plugin's folder as one signed file. What could not be loaded anyway is
// not packed.
#include "commands.hpp"
#include "pack/key_file.hpp"

#include <cinnabar/package/archive.hpp>
#include <cinnabar/package/elf.hpp>
#include <cinnabar/package/manifest.hpp>

#include <cstdio>

namespace cinnabar::authoring {
namespace {

constexpr const char* kHelp = R"(cinnabar plugin pack FOLDER --sign KEYFILE [--out FILE]
    Packs everything in a plugin's folder but check.json, signed with the key that plugin key new
    made, into ID-VERSION.cinnabar. The same files and the same key make the same bytes.
)";

struct Order {
  std::string folder, key, out;
};

Error usage(std::string reason) {
  return Error("authoring.usage", {{"reason", std::move(reason)}});
}

Order parse(const std::vector<std::string>& arguments) {
  Order order;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string* to = arguments[i] == "--sign"  ? &order.key
                      : arguments[i] == "--out" ? &order.out
                                                : nullptr;
    if (to) {
      if (++i == arguments.size()) throw usage(arguments[i - 1] + " needs a file");
      *to = arguments[i];
    } else if (arguments[i].starts_with("-") || !order.folder.empty()) {
      throw usage(arguments[i] + " is not understood");
    } else {
      order.folder = arguments[i];
    }
  }
  if (order.folder.empty()) throw usage("A plugin's folder is needed");
  if (order.key.empty()) throw usage("A package is signed; give --sign KEYFILE");
  return order;
}

// A word with a folder in it is a file of the package; another one may be an interpreter's name.
void check_program(const std::filesystem::path& folder, const Manifest& manifest) {
  const std::filesystem::path program = manifest.run[0];
  std::error_code none;
  if (program.is_relative() && program.has_parent_path() &&
      !std::filesystem::is_regular_file(folder / program, none))
    throw package::refused("plugin.json",
                           "runs " + program.string() + ", which is no file of the package");
}

// Throws for what the server would not load.
void check_loadable(const std::filesystem::path& folder, const Manifest& manifest) {
  if (const auto problem = contract_problem(manifest.contract))
    throw package::refused("plugin.json", *problem);
  if (manifest.id.starts_with("cinnabar."))
    throw package::refused("plugin.json", "has the id " + manifest.id +
                                              "; those under cinnabar. are the product's own");
  if (!manifest.run.empty()) return check_program(folder, manifest);
  const auto library = read_small_file(folder / "plugin.so", package::kSizeMax);
  if (!library)
    throw package::refused("plugin.so", "is missing: pack the folder that the build laid out");
  try {
    read_elf_symbols(*library);
  } catch (const Error& error) {
    throw package::refused("plugin.so", reason_of(error));
  }
}

void write_whole(const std::filesystem::path& folder, const package::Signature& signature,
                 const std::filesystem::path& out) {
  std::string bytes;
  package::write_archive(folder, signature, [&](std::string_view part) { bytes += part; });
  package::read_archive(bytes);  // whoever gets it will ask the same
  write_durable(out, bytes, 0644);
}

}  // namespace

int plugin_pack(const CommandCall& command) {
  for (const std::string& argument : command.arguments)
    if (argument == "--help" || argument == "-h") {
      std::fputs(kHelp, stdout);
      return 0;
    }
  const Order order = parse(command.arguments);
  const package::SigningKey key = read_key(order.key);
  const Manifest manifest = read_manifest(order.folder);
  check_loadable(order.folder, manifest);
  package::FileList list = package::list_folder(order.folder);
  // What only the check needs may hold an author's own addresses and keys.
  std::erase_if(list.files, [](const package::ListedFile& f) { return f.path == "check.json"; });
  list.plugin = manifest.id;
  list.version = manifest.version;
  list.key = key.public_key();
  package::check_list(list);
  const std::string out =
      order.out.empty() ? manifest.id + "-" + manifest.version + ".cinnabar" : order.out;
  write_whole(order.folder, key.sign(list), std::filesystem::absolute(out));
  std::printf("%s: %s %s, %zu files, signed with %s\n", out.c_str(), manifest.id.c_str(),
              manifest.version.c_str(), list.files.size(), list.key.c_str());
  return 0;
}

}  // namespace cinnabar::authoring
