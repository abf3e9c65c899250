// What a shared library exports and for which machine, read from its bytes before it is loaded.
// Reads the dynamic symbol table of ELF64 (System V ABI, chapter 4); hostile bytes are an Error.
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cinnabar::kernel {

struct ElfSymbols {
  std::vector<std::string> exported;  // defined global and weak symbols, in order of the table
  std::vector<std::string> unique;    // those of binding STB_GNU_UNIQUE among them
};

// Throws Error "plugin.library_invalid" with a reason.
ElfSymbols read_elf_symbols(std::string_view library);

}  // namespace cinnabar::kernel
