#include "keys_command.hpp"

#include <cstdio>

namespace cinnabar::filekeys {
namespace {

constexpr const char* kHelp = R"(cinnabar keys check [--data DIR] [--config FILE]
    Opens every key of the file store. Exit code 1 when one cannot be opened.
cinnabar keys rotate [--data DIR] [--config FILE]
    Makes a new master key and brings every key under it, also while a server runs on DIR. When it
    is interrupted every key stays usable; run it again to finish.
)";

int check(FileKeyStore& store) {
  const auto faults = store.check();
  for (const KeyFault& fault : faults)
    std::printf("%s cannot be opened: %s\n", fault.key.c_str(), fault.error.what());
  std::printf("%zu keys, %zu cannot be opened\n", store.size(), faults.size());
  return faults.empty() ? 0 : 1;
}

int rotate(FileKeyStore& store) {
  const Rotation done = store.rotate();
  std::printf("Master key %s is in force for all %zu keys; %zu were brought under it.\n",
              done.master.c_str(), done.keys, done.rewrapped);
  std::puts(done.older_dropped
                ? "Back the new one up; keep older ones only for older backups."
                : "Older ones may now be taken out of CINNABAR_MASTER_KEY.");
  return 0;
}

}  // namespace

int keys_command(FileKeyStore& store, const std::vector<std::string>& arguments) {
  const std::string verb = arguments.empty() ? "--help" : arguments[0];
  if (verb == "--help" || verb == "-h") {
    std::fputs(kHelp, stdout);
    return 0;
  }
  if (arguments.size() != 1) throw Error("key.usage", {{"reason", arguments[1] + " is too much"}});
  if (verb == "check") return check(store);
  if (verb == "rotate") return rotate(store);
  throw Error("key.usage", {{"reason", "keys has no command " + verb}});
}

}  // namespace cinnabar::filekeys
