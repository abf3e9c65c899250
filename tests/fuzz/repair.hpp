// Puts the numbers of a mutated PDF right again: offsets in tables, /Prev, startxref, /ByteRange.
// A strict reader refuses a file at its first wrong offset, and a fuzzer would hardly get past
// that. For the fuzz targets; pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cinnabar::fuzz {

// The file with each classic table naming where its objects now stand, each startxref and /Prev
// naming the table before it, and each /ByteRange being the whole file up to its revision's end but
// the /Contents, if `ranges`. What cannot be put right stays as it is.
std::string repaired(std::string_view file, bool ranges);

// One step of a mutator for PDF files, as libFuzzer calls it: mutates, at times a value inside a
// signature or by a long run of one token, and mostly repairs. What is no PDF is just mutated.
std::size_t mutate_pdf(unsigned char* data, std::size_t size, std::size_t size_max, unsigned seed);

}  // namespace cinnabar::fuzz
