// `cinnabar plugin key`: a publisher's key pair. The private half stays in its file; the public one
// is what operators write into their configuration.
#include "commands.hpp"
#include "pack/key_file.hpp"

#include <cinnabar/durable_file.hpp>

#include <cstdio>

namespace cinnabar::authoring {
namespace {

constexpr const char* kHelp = R"(cinnabar plugin key new FILE
    Makes a publisher's private key in a file of its own and prints the public key.
cinnabar plugin key show FILE
    Prints the public key again.
)";

std::filesystem::path absolute(const std::string& name) { return std::filesystem::absolute(name); }

void make(const std::string& name) {
  const package::SigningKey key = package::SigningKey::make();
  if (!write_durable(absolute(name), key.pem(), 0600, Existing::keep))
    throw Error("authoring.key_exists", {{"file", name}});
}

}  // namespace

package::SigningKey read_key(const std::string& name) {
  const auto unusable = [&](std::string reason) {
    return Error("authoring.key_unusable", {{"file", name}, {"reason", std::move(reason)}});
  };
  struct stat info {};
  if (::stat(name.c_str(), &info) != 0) throw unusable("cannot be read");
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    throw unusable("can be read by others; chmod 600 it, and ask whether somebody did");
  const auto text = read_small_file(absolute(name), 16'384);
  auto key = text ? package::SigningKey::parse(*text) : std::nullopt;
  if (!key) throw unusable("holds no Ed25519 key in PEM that is not encrypted");
  return std::move(*key);
}

int plugin_key(const CommandCall& command) {
  const auto& arguments = command.arguments;
  for (const std::string& argument : arguments)
    if (argument == "--help" || argument == "-h") {
      std::fputs(kHelp, stdout);
      return 0;
    }
  if (arguments.size() != 2 || (arguments[0] != "new" && arguments[0] != "show"))
    throw Error("authoring.usage",
                {{"reason", "plugin key takes new FILE, or show FILE"}});
  if (arguments[0] == "new") make(arguments[1]);
  std::printf("%s\n", read_key(arguments[1]).public_key().c_str());
  return 0;
}

}  // namespace cinnabar::authoring
