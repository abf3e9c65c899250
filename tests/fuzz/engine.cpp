// The gate of the document engine: a file is opened, or refused with a reason.
#include "repair.hpp"

#include <inspect.hpp>

#include <cinnabar/error.hpp>

using namespace cinnabar;

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t size_max, unsigned seed) {
  return fuzz::mutate_pdf(data, size, size_max, seed);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    pdf::inspect_document(
        {Bytes::borrowed({reinterpret_cast<const char*>(data), size}), 1'000});
  } catch (const Error&) {
  }
  return 0;
}
