// The verifier over a whole file.
#include "repair.hpp"

#include <verify.hpp>

using namespace cinnabar;

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t size_max, unsigned seed) {
  return fuzz::mutate_pdf(data, size, size_max, seed);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  pdf::verify_document({reinterpret_cast<const char*>(data), size});
  return 0;
}
