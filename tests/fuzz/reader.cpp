// The strict reader over a whole file: all objects as each revision sees them, the form and the
// signatures.
#include "checks.hpp"
#include "repair.hpp"

using namespace cinnabar;

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t size_max, unsigned seed) {
  return fuzz::mutate_pdf(data, size, size_max, seed);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::read_file({reinterpret_cast<const char*>(data), size});
  return 0;
}
