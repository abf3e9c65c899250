// What a shared library exports and for which machine, read from its bytes before it is loaded.
// Reads the dynamic symbol table of ELF64 (System V ABI, chapter 4); hostile bytes are an Error.
// Pure; any thread.
#pragma once

#include <cinnabar/error.hpp>

#include <elf.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace cinnabar {

struct ElfSymbols {
  std::vector<std::string> exported;  // defined global and weak symbols, in order of the table
  std::vector<std::string> unique;    // those of binding STB_GNU_UNIQUE among them
};

// Throws Error "plugin.library_invalid" with a reason.
inline ElfSymbols read_elf_symbols(std::string_view library);

namespace package_detail {

inline Error invalid(std::string reason) {
  return Error("plugin.library_invalid", {{"reason", std::move(reason)}});
}

// Copies a structure out of the bytes, which may lie at any alignment.
template <class T>
T read_at(std::string_view bytes, std::uint64_t offset) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T))
    throw invalid("is cut off or points outside of itself");
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

inline std::string_view slice(std::string_view bytes, std::uint64_t offset, std::uint64_t size) {
  if (offset > bytes.size() || bytes.size() - offset < size)
    throw invalid("is cut off or points outside of itself");
  return bytes.substr(offset, size);
}

inline std::string text_at(std::string_view table, std::uint64_t offset) {
  if (offset >= table.size()) throw invalid("has a symbol without a name");
  const std::string_view rest = table.substr(offset);
  const std::size_t end = rest.find('\0');
  if (end == std::string_view::npos) throw invalid("has a symbol name without an end");
  return std::string(rest.substr(0, end));
}

#if defined(__x86_64__)
inline constexpr Elf64_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
inline constexpr Elf64_Half kMachine = EM_AARCH64;
#else
#error "the loader knows the ELF machines x86-64 and AArch64"
#endif

inline Elf64_Ehdr read_header(std::string_view library) {
  if (!library.starts_with(std::string_view(ELFMAG, SELFMAG))) throw invalid("is not an ELF file");
  const auto header = read_at<Elf64_Ehdr>(library, 0);
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB)
    throw invalid("is not a 64-bit little-endian ELF file");
  if (header.e_type != ET_DYN) throw invalid("is not a shared library");
  if (header.e_machine != kMachine)
    throw invalid("is built for ELF machine " + std::to_string(header.e_machine) + ", this is " +
                  std::to_string(kMachine));
  if (header.e_shentsize != sizeof(Elf64_Shdr)) throw invalid("has no section table");
  return header;
}

inline void collect(std::string_view table, std::string_view names, ElfSymbols& out) {
  for (std::uint64_t at = 0; at + sizeof(Elf64_Sym) <= table.size(); at += sizeof(Elf64_Sym)) {
    const auto symbol = read_at<Elf64_Sym>(table, at);
    const unsigned binding = ELF64_ST_BIND(symbol.st_info);
    const unsigned visibility = ELF64_ST_VISIBILITY(symbol.st_other);
    if (symbol.st_shndx == SHN_UNDEF || symbol.st_shndx == SHN_ABS || binding == STB_LOCAL ||
        visibility == STV_HIDDEN || visibility == STV_INTERNAL)
      continue;
    out.exported.push_back(text_at(names, symbol.st_name));
    if (binding == STB_GNU_UNIQUE) out.unique.push_back(out.exported.back());
  }
}

}  // namespace package_detail

inline ElfSymbols read_elf_symbols(std::string_view library) {
  const Elf64_Ehdr header = package_detail::read_header(library);
  ElfSymbols out;
  bool found = false;
  for (unsigned i = 0; i < header.e_shnum; ++i) {
    const auto section =
        package_detail::read_at<Elf64_Shdr>(library, header.e_shoff + i * sizeof(Elf64_Shdr));
    if (section.sh_type != SHT_DYNSYM) continue;
    if (section.sh_link >= header.e_shnum)
      throw package_detail::invalid("has symbols without names");
    const auto names = package_detail::read_at<Elf64_Shdr>(
        library, header.e_shoff + section.sh_link * sizeof(Elf64_Shdr));
    package_detail::collect(package_detail::slice(library, section.sh_offset, section.sh_size),
                            package_detail::slice(library, names.sh_offset, names.sh_size), out);
    found = true;
  }
  if (!found) throw package_detail::invalid("has no dynamic symbol table");
  return out;
}

}  // namespace cinnabar
