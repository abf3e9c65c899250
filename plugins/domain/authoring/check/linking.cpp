#include "check/linking.hpp"

#include <elf.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>

namespace cinnabar::authoring {
namespace {

template <class T>
std::optional<T> read_at(std::string_view bytes, std::uint64_t offset) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

std::vector<Elf64_Phdr> segments_of(std::string_view library) {
  std::vector<Elf64_Phdr> out;
  const auto header = read_at<Elf64_Ehdr>(library, 0);
  for (unsigned i = 0; header && i < header->e_phnum; ++i)
    if (const auto one = read_at<Elf64_Phdr>(library, header->e_phoff + i * sizeof(Elf64_Phdr)))
      out.push_back(*one);
  return out;
}

// Where in the file an address lies.
std::uint64_t offset_of(const std::vector<Elf64_Phdr>& segments, std::uint64_t address) {
  for (const Elf64_Phdr& one : segments)
    if (one.p_type == PT_LOAD && address >= one.p_vaddr && address - one.p_vaddr < one.p_filesz)
      return address - one.p_vaddr + one.p_offset;
  return UINT64_MAX;
}

std::string text_at(std::string_view library, std::uint64_t table, std::uint64_t offset) {
  if (table > library.size() || offset > library.size() - table) return {};
  const std::string_view rest = library.substr(table + offset);
  return std::string(rest.substr(0, rest.find('\0')));
}

void read_dynamic(std::string_view library, const std::vector<Elf64_Phdr>& segments,
                  const Elf64_Phdr& dynamic, Linking& out) {
  std::vector<Elf64_Dyn> entries;
  std::uint64_t names = UINT64_MAX;
  for (std::uint64_t at = 0; at < dynamic.p_filesz; at += sizeof(Elf64_Dyn)) {
    const auto entry = read_at<Elf64_Dyn>(library, dynamic.p_offset + at);
    if (!entry || entry->d_tag == DT_NULL) break;
    if (entry->d_tag == DT_STRTAB) names = offset_of(segments, entry->d_un.d_ptr);
    entries.push_back(*entry);
  }
  for (const Elf64_Dyn& entry : entries) switch (entry.d_tag) {
      case DT_NEEDED: out.needed.push_back(text_at(library, names, entry.d_un.d_val)); break;
      case DT_RPATH:
      case DT_RUNPATH: out.search = text_at(library, names, entry.d_un.d_val); break;
      case DT_TEXTREL: out.text_relocations = true; break;
      case DT_FLAGS: out.text_relocations |= (entry.d_un.d_val & DF_TEXTREL) != 0; break;
      default: break;
    }
}

}  // namespace

Linking read_linking(std::string_view library) {
  Linking out;
  const std::vector<Elf64_Phdr> segments = segments_of(library);
  out.executable_stack = true;  // what a library that does not say means
  for (const Elf64_Phdr& one : segments) {
    if (one.p_type == PT_GNU_STACK) out.executable_stack = (one.p_flags & PF_X) != 0;
    if (one.p_type == PT_LOAD && (one.p_flags & PF_W) != 0 && (one.p_flags & PF_X) != 0)
      out.writable_code = true;
    if (one.p_type == PT_DYNAMIC) read_dynamic(library, segments, one, out);
  }
  return out;
}

std::vector<Finding> linking_findings(const Linking& linking, const std::string& path) {
  std::vector<Finding> out;
  if (linking.text_relocations)
    out.push_back({"has text relocations: its code is changed when it is loaded", path,
                   "compile all of it with -fPIC, and link with -Wl,-z,text"});
  if (linking.executable_stack)
    out.push_back({"asks for an executable stack, for all threads of the server", path,
                   "link with -Wl,-z,noexecstack; assembler needs a section .note.GNU-stack"});
  if (linking.writable_code)
    out.push_back({"has a segment that is written to and executed", path,
                   "link without -Wl,-N and scripts of your own"});
  if (!linking.search.empty())
    out.push_back({"looks for libraries in " + linking.search +
                       " (RPATH or RUNPATH), where nobody signed them",
                   path, "link such libraries statically, and set CMAKE_SKIP_RPATH"});
  for (const std::string& name : linking.needed)
    if (name.find('/') != std::string::npos)
      out.push_back({"needs the library " + name + " by its path", path,
                     "name it with -l, or link it statically"});
  return out;
}

std::vector<std::string> further_libraries(const Linking& linking) {
  static const char* const kUsual[] = {
      "libc.so",  "libm.so",  "libstdc++.so", "libgcc_s.so", "libpthread.so", "libdl.so",
      "librt.so", "ld-linux", "libc++.so",    "libc++abi.so", "libunwind.so",  "libatomic.so"};
  std::vector<std::string> out;
  for (const std::string& name : linking.needed)
    if (std::none_of(std::begin(kUsual), std::end(kUsual),
                     [&](const char* usual) { return name.starts_with(usual); }))
      out.push_back(name);
  return out;
}

}  // namespace cinnabar::authoring
