// The strict reader over a whole file: all objects as each revision sees them, the form and the
// signatures.
#include "repair.hpp"

#include <cinnabar/pdf/file.hpp>
#include <cinnabar/pdf/form.hpp>

using namespace cinnabar;

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t size_max, unsigned seed) {
  return fuzz::mutate_pdf(data, size, size_max, seed);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const pdf::File file({reinterpret_cast<const char*>(data), size});
    for (std::size_t revision = 0; revision <= file.last(); ++revision) {
      for (const std::int64_t number : file.numbers(revision)) {
        try {
          file.load(number, revision);
        } catch (const pdf::Malformed&) {
        }
      }
      pdf::form_fields(file, revision);
    }
    pdf::find_signatures(file);
  } catch (const pdf::Malformed&) {
  }
  return 0;
}
