#include "check/wall_clock.hpp"

#include <elf.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <ctime>
#include <string_view>

namespace cinnabar::authoring {
namespace {

std::int64_t shift_s = 0;

std::time_t other_time(std::time_t* out) {
  const std::time_t now = time(nullptr) + shift_s;
  if (out) *out = now;
  return now;
}

int other_timeofday(timeval* now, void* zone) {
  const int code = gettimeofday(now, static_cast<struct timezone*>(zone));
  if (now) now->tv_sec += shift_s;
  return code;
}

int other_gettime(clockid_t clock, timespec* now) {
  const int code = clock_gettime(clock, now);
  if (code == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
    now->tv_sec += shift_s;
  return code;
}

int other_get(timespec* now, int base) {
  const int code = timespec_get(now, base);
  if (code == TIME_UTC) now->tv_sec += shift_s;
  return code;
}

std::int64_t other_now() {  // of std::chrono::system_clock, as its one member is returned
  return (std::chrono::system_clock::now() + std::chrono::seconds(shift_s))
      .time_since_epoch()
      .count();
}

struct Replaced {
  std::string_view name;
  void* function;
};
const Replaced kReplaced[] = {
    {"time", reinterpret_cast<void*>(&other_time)},
    {"gettimeofday", reinterpret_cast<void*>(&other_timeofday)},
    {"clock_gettime", reinterpret_cast<void*>(&other_gettime)},
    {"timespec_get", reinterpret_cast<void*>(&other_get)},
    {"_ZNSt6chrono3_V212system_clock3nowEv", reinterpret_cast<void*>(&other_now)}};

constexpr bool is_address(std::uint64_t type) {
#ifdef __x86_64__
  return type == R_X86_64_JUMP_SLOT || type == R_X86_64_GLOB_DAT || type == R_X86_64_64;
#else
  return type == R_AARCH64_JUMP_SLOT || type == R_AARCH64_GLOB_DAT || type == R_AARCH64_ABS64;
#endif
}

void replace_in(std::uintptr_t base, const ElfW(Rela) * relocations, std::size_t count,
                const ElfW(Sym) * symbols, const char* names) {
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_address(ELF64_R_TYPE(relocations[i].r_info))) continue;
    const std::string_view name = names + symbols[ELF64_R_SYM(relocations[i].r_info)].st_name;
    for (const Replaced& one : kReplaced) {
      if (one.name != name) continue;
      const std::uintptr_t at = base + relocations[i].r_offset;
      void* const from = reinterpret_cast<void*>(at / page * page);
      if (mprotect(from, 2 * page, PROT_READ | PROT_WRITE) != 0 &&
          mprotect(from, page, PROT_READ | PROT_WRITE) != 0)
        continue;
      std::memcpy(reinterpret_cast<void*>(at), &one.function, sizeof one.function);
    }
  }
}

int visit(dl_phdr_info* info, std::size_t, void* library) {
  if (*static_cast<const std::string*>(library) != info->dlpi_name) return 0;
  const ElfW(Sym)* symbols = nullptr;
  const char* names = nullptr;
  const ElfW(Rela)* tables[2] = {};
  std::size_t sizes[2] = {};
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    if (info->dlpi_phdr[i].p_type != PT_DYNAMIC) continue;
    const auto* entry =
        reinterpret_cast<const ElfW(Dyn)*>(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
    for (; entry->d_tag != DT_NULL; ++entry) switch (entry->d_tag) {
        case DT_SYMTAB: symbols = reinterpret_cast<const ElfW(Sym)*>(entry->d_un.d_ptr); break;
        case DT_STRTAB: names = reinterpret_cast<const char*>(entry->d_un.d_ptr); break;
        case DT_RELA: tables[0] = reinterpret_cast<const ElfW(Rela)*>(entry->d_un.d_ptr); break;
        case DT_RELASZ: sizes[0] = entry->d_un.d_val; break;
        case DT_JMPREL: tables[1] = reinterpret_cast<const ElfW(Rela)*>(entry->d_un.d_ptr); break;
        case DT_PLTRELSZ: sizes[1] = entry->d_un.d_val; break;
        default: break;
      }
  }
  for (int i = 0; i < 2; ++i)
    if (tables[i] && symbols && names)
      replace_in(info->dlpi_addr, tables[i], sizes[i] / sizeof(ElfW(Rela)), symbols, names);
  return 1;
}

}  // namespace

void shift_wall_clock(const std::string& library, std::int64_t seconds) {
  shift_s = seconds;
  std::string path = library;
  dl_iterate_phdr(&visit, &path);
}

}  // namespace cinnabar::authoring
