// cinnabar_replay LOG FOLDER AT [LOST [PREFIX]]: makes FOLDER as a power cut after AT bytes of the
// file shim's log leaves it. LOST says what of that which was not synced is lost: "everything",
// "nothing", or a number, the seed of a random choice. With a PREFIX, files and folders whose name
// begins with it are taken as never synced. Prints the marks before the cut.
#include "replay.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>

namespace {

using namespace cinnabar::fault;

Cut cut_of(const char* at, const std::string& lost) {
  Cut cut{std::strtoull(at, nullptr, 10), Lost::some, std::strtoull(lost.c_str(), nullptr, 10)};
  if (lost == "everything") cut.lost = Lost::everything;
  if (lost == "nothing") cut.lost = Lost::nothing;
  return cut;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 4 || count > 6) {
    std::fprintf(stderr,
                 "usage: cinnabar_replay LOG FOLDER AT [everything|nothing|SEED [PREFIX]]\n");
    return 2;
  }
  try {
    const Cut cut = cut_of(arguments[3], count > 4 ? arguments[4] : "everything");
    std::string log = read_log(arguments[1]).substr(0, cut.at);
    if (count == 6)
      log = without_syncs(
          log, [&](Op, const std::string& name) { return name.starts_with(arguments[5]); });
    for (const std::string& mark : play_back(log, cut, arguments[2]))
      std::printf("%s\n", mark.c_str());
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cinnabar_replay: %s\n", error.what());
    return 1;
  }
}
