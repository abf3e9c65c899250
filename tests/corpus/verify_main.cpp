// Verifies each file named on the command line in a process of its own, with the memory a worker
// has: prints verdict, milliseconds of processor time, kilobytes and name, and the report with
// --report.
#include "verify.hpp"

#include <cinnabar/json.hpp>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>

namespace {

constexpr rlim_t kAddressSpaceMax = 1u << 30;
constexpr rlim_t kSecondsMax = 20;

void verify_file(const char* path, bool report) {
  const rlimit memory{kAddressSpaceMax, kAddressSpaceMax}, time{kSecondsMax, kSecondsMax};
  setrlimit(RLIMIT_AS, &memory);
  setrlimit(RLIMIT_CPU, &time);
  std::ifstream file(path, std::ios::binary);
  const std::string content((std::istreambuf_iterator<char>(file)), {});
  const std::clock_t begin = std::clock();
  const cinnabar::VerifyReport out = cinnabar::pdf::verify_document(content);
  const double spent_ms = 1e3 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  std::printf("%s\t%.2f\t%ld\t%s\t%s\n", out.verdict.c_str(), spent_ms, used.ru_maxrss, path,
              report ? cinnabar::to_json(out).c_str() : "");
  std::fflush(stdout);
}

}  // namespace

int main(int count, char** arguments) {
  const bool report = count > 1 && std::strcmp(arguments[1], "--report") == 0;
  for (int i = report ? 2 : 1; i < count; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      verify_file(arguments[i], report);
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (status != 0) std::printf("crashed\t0\t0\t%s\t\n", arguments[i]);
    std::fflush(stdout);
  }
  return 0;
}
