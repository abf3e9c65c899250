// cinnabar_fault_writer FOLDER WRITERS ITEMS: a small server's storage at work, for the tests to
// kill or to cut the power of. Each of WRITERS threads writes ITEMS items and says so on standard
// output, a line each, as soon as it is committed. It begins by writing its last item again, as a
// client does that did not get its answer.
#include "storage.hpp"

#include <dlfcn.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <thread>

namespace {

using namespace cinnabar;

void acknowledge(const std::string& item) {
  // There when the file shim is loaded.
  static const auto mark =
      reinterpret_cast<void (*)(const char*)>(dlsym(RTLD_DEFAULT, "cinnabar_shim_mark"));
  if (mark) mark(item.c_str());
  const std::string line = item + "\n";
  if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::_Exit(3);
}

void write_items(fault::Storage& storage, int writer, int items) {
  const int first = std::max(storage.written(writer) - 1, 0);
  for (int number = first; number < first + items; ++number) {
    storage.write(writer, number);
    acknowledge(fault::item_name(writer, number));
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) return 2;
  try {
    fault::Storage storage(arguments[1]);
    storage.start_background();
    std::vector<std::thread> writers;
    for (int writer = 0; writer < std::atoi(arguments[2]); ++writer)
      writers.emplace_back([&, writer] { write_items(storage, writer, std::atoi(arguments[3])); });
    for (std::thread& writer : writers) writer.join();
    return storage.finish_background() ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cinnabar_fault_writer: %s\n", error.what());
    return 1;
  }
}
