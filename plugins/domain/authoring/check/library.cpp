#include "check/library.hpp"

#include "check/linking.hpp"
#include "check/program.hpp"

#include <cinnabar/package/elf.hpp>

#include <dlfcn.h>

#include <fstream>

namespace cinnabar::authoring {
namespace {

// A newer contract is recognised by its entry's name up to this major version.
constexpr int kContractProbeMax = 9;
// Symbols are named in a finding up to this many.
constexpr std::size_t kNamedMax = 5;

Error refused(std::string reason) {
  return Error("plugin.refused", {{"reason", std::move(reason)}});
}

std::string read_library(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw refused(path + " cannot be opened");
  return std::string(std::istreambuf_iterator<char>(in), {});
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < kNamedMax; ++i)
    text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > kNamedMax)
    text += " and " + std::to_string(names.size() - kNamedMax) + " more";
  return text;
}

Finding no_entry(const std::string& path, const std::vector<std::string>& exported) {
  for (int major = 1; major <= kContractProbeMax; ++major)
    if (std::find(exported.begin(), exported.end(), "cinnabar_plugin_v" + std::to_string(major)) !=
        exported.end())
      return {"built for contract " + std::to_string(major) + ", this one is " +
                  std::to_string(CINNABAR_ABI_MAJOR),
              path, "build it with this SDK"};
  return {std::string("does not export ") + CINNABAR_PLUGIN_ENTRY, path,
          "end one source with CINNABAR_PLUGIN(Class), and let its symbol be visible"};
}

std::string shown(const char* text) { return text ? std::string(text) : "(none)"; }

void check_table(const cinnabar_plugin* table, const Manifest& manifest) {
  if (!table) throw refused("its entry function returned nothing");
  if (table->struct_size < sizeof(cinnabar_plugin))
    throw refused("its table has " + std::to_string(table->struct_size) +
                  " bytes, contract 1.0 asks for " + std::to_string(sizeof(cinnabar_plugin)));
  if (const auto problem = contract_problem(std::to_string(table->abi_major) + "." +
                                            std::to_string(table->abi_minor)))
    throw refused(*problem);
  if (shown(table->id) != manifest.id || shown(table->version) != manifest.version)
    throw refused("the library says it is " + shown(table->id) + " " + shown(table->version) +
                  ", its plugin.json says " + manifest.id + " " + manifest.version);
  if (!table->create || !table->start || !table->drain || !table->destroy ||
      !table->interface_by_id)
    throw refused("its table has an empty slot");
}

}  // namespace

std::string library_path(const Manifest& manifest) {
  return std::filesystem::absolute(manifest.library.empty() ? manifest.folder / "plugin.so"
                                                            : manifest.library)
      .string();
}

CheckStep check_symbols(const Manifest& manifest) {
  CheckStep step{"symbols", {}, {}};
  const std::string path = library_path(manifest);
  try {
    const std::string library = read_library(path);
    ElfSymbols symbols = read_elf_symbols(library);
    if (std::erase(symbols.exported, CINNABAR_PLUGIN_ENTRY) == 0) {
      step.findings.push_back(no_entry(path, symbols.exported));
      return step;
    }
    const Linking linking = read_linking(library);
    step.findings = linking_findings(linking, path);
    if (const auto further = further_libraries(linking); !further.empty())
      step.detail = "needs " + listed(further);
    if (!symbols.unique.empty())
      step.findings.push_back(
          {"has symbols that are shared by the whole process: " + listed(symbols.unique), path,
           "compile with -fno-gnu-unique, as cinnabar_add_plugin does"});
    if (!symbols.exported.empty())
      step.findings.push_back({"exports more than its entry: " + listed(symbols.exported), path,
                               "link with the version script of cinnabar_add_plugin"});
  } catch (const Error& error) {
    step.findings.push_back({reason_of(error), path, "build it anew"});
  }
  return step;
}

const cinnabar_plugin* load_library(const Manifest& manifest) {
  if (!manifest.run.empty()) return program_table(manifest);
  // Never closed: plugins are not unloaded.
  void* library = dlopen(library_path(manifest).c_str(), RTLD_NOW | RTLD_LOCAL);
  void* entry = library ? dlsym(library, CINNABAR_PLUGIN_ENTRY) : nullptr;
  if (!entry) throw refused(std::string("cannot be loaded: ") + dlerror());
  const cinnabar_plugin* table = reinterpret_cast<cinnabar_plugin_entry>(entry)();
  check_table(table, manifest);
  return table;
}

}  // namespace cinnabar::authoring
