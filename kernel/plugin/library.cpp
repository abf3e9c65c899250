#include "kernel/plugin/library.hpp"

#include <cinnabar/package/elf.hpp>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
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

// A copy of the file in memory that nobody can change any more: what is checked is what is loaded.
UniqueFd sealed_copy(const std::string& name, int file, const std::string& path) {
#ifndef MFD_EXEC
  constexpr unsigned MFD_EXEC = 0x10;  // Linux 6.3; older kernels refuse the flag
#endif
  constexpr unsigned kFlags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  struct stat info {};
  if (fstat(file, &info) != 0 || !S_ISREG(info.st_mode) || info.st_size > kLibrarySizeMax)
    throw refused(path + " is not a file of at most 512 MiB");
  UniqueFd fd(memfd_create(name.c_str(), kFlags | MFD_EXEC));
  if (!fd) fd = UniqueFd(memfd_create(name.c_str(), kFlags));
  if (!fd) throw refused(std::string("no memory file: ") + std::strerror(errno));
  for (off_t left = info.st_size; left > 0;) {
    const ssize_t put = sendfile(fd.get(), file, nullptr, static_cast<std::size_t>(left));
    if (put <= 0) throw refused(path + " cannot be read into memory: " + std::strerror(errno));
    left -= put;
  }
  if (fcntl(fd.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
    throw refused(std::string("the memory file cannot be sealed: ") + std::strerror(errno));
  return fd;
}

// The bytes of a sealed file, mapped: few of its pages are looked at.
class Mapped {
 public:
  explicit Mapped(int fd) {
    struct stat info {};
    if (fstat(fd, &info) != 0 || info.st_size == 0) return;
    size_ = static_cast<std::size_t>(info.st_size);
    data_ = mmap(nullptr, size_, PROT_READ, MAP_SHARED, fd, 0);
    if (data_ == MAP_FAILED) throw refused(std::string("no memory: ") + std::strerror(errno));
  }
  ~Mapped() {
    if (size_ > 0) munmap(data_, size_);
  }
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;
  std::string_view view() const { return {static_cast<const char*>(data_), size_}; }

 private:
  void* data_ = nullptr;
  std::size_t size_ = 0;
};

std::string shown(const char* text) { return text ? std::string(text) : "(none)"; }

}  // namespace

UniqueFd verified_image(const Manifest& manifest, const package::Trust& trust) {
  const std::string path =
      (manifest.library.empty() ? manifest.folder / "plugin.so" : manifest.library).string();
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) throw refused(path + " cannot be opened: " + std::strerror(errno));
  UniqueFd image = sealed_copy(manifest.id, file.get(), path);
  const Mapped bytes(image.get());
  trust.check("plugin.so", bytes.view());
  check_symbols(path, bytes.view());
  return image;
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
  // Never closed: plugins are not unloaded, not even when the process ends.
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  void* entry = library ? dlsym(library, CINNABAR_PLUGIN_ENTRY) : nullptr;
  if (!entry) throw refused(std::string("cannot be loaded: ") + dlerror());
  image.release();
  const cinnabar_plugin* table = reinterpret_cast<cinnabar_plugin_entry>(entry)();
  check_plugin_table(table, manifest.id, manifest.version);
  return table;
}

}  // namespace cinnabar::kernel
