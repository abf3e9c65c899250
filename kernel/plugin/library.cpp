#include "kernel/plugin/library.hpp"

#include "kernel/plugin/elf.hpp"

#include <boost/dll/shared_library.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>

namespace cinnabar::kernel {
namespace {

// No plugin of ours passes 10 MB without debug information; what is larger is a mistake.
constexpr std::int64_t kLibrarySizeMax = 512LL << 20;
// A newer contract is recognised by its entry's name up to this major version.
constexpr int kContractProbeMax = 9;
constexpr char kEntryStem[] = "cinnabar_plugin_v";

Error refused(std::string reason) {
  return Error("plugin.refused", {{"reason", std::move(reason)}});
}

void check_symbols(const std::string& path, std::string_view library) {
  ElfSymbols symbols;
  try {
    symbols = read_elf_symbols(library);
  } catch (const Error& error) {
    throw refused(path + " " + error.params()[0].second);
  }
  const auto exports = [&](const std::string& name) {
    return std::find(symbols.exported.begin(), symbols.exported.end(), name) !=
           symbols.exported.end();
  };
  if (!exports(CINNABAR_PLUGIN_ENTRY)) {
    for (int major = CINNABAR_ABI_MAJOR + 1; major <= kContractProbeMax; ++major)
      if (exports(kEntryStem + std::to_string(major)))
        throw refused("built for contract " + std::to_string(major) + ", this kernel speaks " +
                      std::to_string(CINNABAR_ABI_MAJOR));
    throw refused(path + " does not export " + CINNABAR_PLUGIN_ENTRY +
                  "; end its source with CINNABAR_PLUGIN(Class)");
  }
  if (!symbols.unique.empty())
    throw refused(path + " has a symbol shared by the whole process (" + symbols.unique.front() +
                  "); compile with -fno-gnu-unique, as cinnabar_add_plugin does");
  if (symbols.exported.size() > 1) {
    const std::string& first = symbols.exported[symbols.exported[0] == CINNABAR_PLUGIN_ENTRY];
    throw refused(path + " exports " + std::to_string(symbols.exported.size() - 1) +
                  " symbols besides its entry (" + first +
                  "); link with the version script of cinnabar_add_plugin");
  }
}

std::string read_whole(int fd, const std::string& path) {
  struct stat info {};
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || info.st_size > kLibrarySizeMax)
    throw refused(path + " is not a file of at most 512 MiB");
  std::string bytes(static_cast<std::size_t>(info.st_size), '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = ::read(fd, bytes.data() + done, bytes.size() - done);
    if (got <= 0) throw refused(path + " cannot be read");
    done += static_cast<std::size_t>(got);
  }
  return bytes;
}

UniqueFd sealed_copy(const std::string& name, std::string_view bytes) {
#ifndef MFD_EXEC
  constexpr unsigned MFD_EXEC = 0x10;  // Linux 6.3; older kernels refuse the flag
#endif
  constexpr unsigned kFlags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  UniqueFd fd(memfd_create(name.c_str(), kFlags | MFD_EXEC));
  if (!fd) fd = UniqueFd(memfd_create(name.c_str(), kFlags));
  if (!fd) throw refused(std::string("no memory file: ") + std::strerror(errno));
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd.get(), bytes.data(), bytes.size());
    if (put <= 0) throw refused(std::string("no memory file: ") + std::strerror(errno));
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  if (fcntl(fd.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
    throw refused(std::string("the memory file cannot be sealed: ") + std::strerror(errno));
  return fd;
}

std::string shown(const char* text) { return text ? std::string(text) : "(none)"; }

}  // namespace

UniqueFd verified_image(const Manifest& manifest) {
  const std::string path =
      (manifest.library.empty() ? manifest.folder / "plugin.so" : manifest.library).string();
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) throw refused(path + " cannot be opened: " + std::strerror(errno));
  const std::string bytes = read_whole(file.get(), path);
  check_symbols(path, bytes);
  return sealed_copy(manifest.id, bytes);
}

void check_plugin_table(const cinnabar_plugin* table, const std::string& id,
                        const std::string& version) {
  if (!table) throw refused("its entry function returned nothing");
  if (table->struct_size < sizeof(cinnabar_plugin))
    throw refused("its table has " + std::to_string(table->struct_size) +
                  " bytes, contract 1.0 asks for " + std::to_string(sizeof(cinnabar_plugin)));
  const std::string built =
      std::to_string(table->abi_major) + "." + std::to_string(table->abi_minor);
  if (const auto problem = contract_problem(built)) throw refused(*problem);
  if (shown(table->id) != id || shown(table->version) != version)
    throw refused("the library says it is " + shown(table->id) + " " + shown(table->version) +
                  ", its plugin.json says " + id + " " + version);
  if (!table->create || !table->start || !table->drain || !table->destroy ||
      !table->interface_by_id)
    throw refused("its table has an empty slot");
}

const cinnabar_plugin* load_image(const Manifest& manifest, UniqueFd image) {
  const std::string path = "/proc/self/fd/" + std::to_string(image.get());
  // Leaked on purpose: plugins are never unloaded, not even when the process ends.
  auto& library = *new boost::dll::shared_library;
  try {
    library.load(path, boost::dll::load_mode::rtld_now);
    image.release();
    const auto entry =
        reinterpret_cast<cinnabar_plugin_entry>(&library.get<void()>(CINNABAR_PLUGIN_ENTRY));
    const cinnabar_plugin* table = entry();
    check_plugin_table(table, manifest.id, manifest.version);
    return table;
  } catch (const boost::system::system_error& problem) {
    throw refused(std::string("cannot be loaded: ") + problem.what());
  }
}

}  // namespace cinnabar::kernel
