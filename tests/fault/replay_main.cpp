// cinnabar_replay LOG FOLDER AT [SEED]: makes FOLDER as a power cut after AT bytes of the shim's
// log leaves it; with a SEED some of what was not synced survives. Prints the marks before the cut.
#include "replay.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>

int main(int count, char** arguments) {
  using namespace cinnabar::fault;
  if (count < 4 || count > 5) {
    std::fprintf(stderr, "usage: cinnabar_replay LOG FOLDER AT [SEED]\n");
    return 2;
  }
  try {
    Cut cut{std::strtoull(arguments[3], nullptr, 10), Lost::everything, 0};
    if (count == 5) cut = {cut.at, Lost::some, std::strtoull(arguments[4], nullptr, 10)};
    for (const std::string& mark : play_back(read_log(arguments[1]), cut, arguments[2]))
      std::printf("%s\n", mark.c_str());
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cinnabar_replay: %s\n", error.what());
    return 1;
  }
}
