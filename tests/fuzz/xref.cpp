// Cross-reference sections. The input is all that follows a few objects, from where startxref
// points on. Or, behind a first byte: 'S', the shape and the rows of a stream; 'D', the shape and
// the data of any packed stream, decoded within a small limit; 'B', megabytes of zeros as rows.
#include "checks.hpp"
#include "parts.hpp"

#include <algorithm>
#include <memory>

using namespace cinnabar;

namespace {

constexpr std::size_t kShapeSize = 8;
constexpr std::size_t kBombBytes = 2;  // kind and size
constexpr unsigned kBombStep = 24;     // megabytes: below what the reader takes, or far above

std::string stream_section(const fuzz::Shape& shape, std::string_view rows) {
  return fuzz::stream_object(
      6, "/Type/XRef/Root 1 0 R/Size 7/W[" + shape.number(0) + " " + shape.number(1) + " " +
             shape.number(2) + "]/Index[" + shape.number(3) + " " + shape.number(4) +
             "]/Filter/FlateDecode" + fuzz::parms(shape, 5),
      fuzz::packed(rows));
}

std::string bomb_section(const fuzz::Shape& shape) {
  static std::string sizes[4];
  std::string& zeros = sizes[shape.byte(0) & 3];
  if (zeros.empty()) zeros = fuzz::packed_zeros((shape.byte(0) & 3) * kBombStep);
  return fuzz::stream_object(6, "/Type/XRef/Root 1 0 R/Size 7/W[1 2 1]/Index[0 7]"
                                "/Filter/FlateDecode", zeros);
}

void decode(const fuzz::Shape& shape, std::string_view data) {
  const std::size_t limit = std::size_t{shape.byte(3)} * 16;
  const std::string text = "<</Filter/FlateDecode" + fuzz::parms(shape, 0) + ">>";
  try {
    const pdf::Object dictionary = pdf::Parser(text).read_object();
    const std::string out = pdf::decode_stream(dictionary, fuzz::packed(data), limit);
    fuzz::expect(out.size() <= limit, "a stream is decoded within its limit");
  } catch (const pdf::Malformed&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string objects =
      fuzz::small_document("") + fuzz::stream_object(4, "/Type/ObjStm/N 1/First 4", "5 0 42");
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  std::string section(input);
  if (size > kShapeSize) {
    const fuzz::Shape shape(input.substr(1, kShapeSize));
    const std::string_view rest = input.substr(kShapeSize + 1);
    if (input[0] == 'D') {
      decode(shape, rest);
      return 0;
    }
    if (input[0] == 'S') section = stream_section(shape, rest);
  } else if (size == kBombBytes && input[0] == 'B') {
    section = bomb_section(fuzz::Shape(input.substr(1)));
  }
  const std::string text =
      objects + section + "\nstartxref\n" + std::to_string(objects.size()) + "\n%%EOF\n";
  // In a block of just that size, so that reading past its end is noticed.
  const auto block = std::make_unique<char[]>(text.size());
  std::copy(text.begin(), text.end(), block.get());
  try {
    const pdf::File file({block.get(), text.size()});
    fuzz::check_revisions(file);
    fuzz::check_objects(file);
  } catch (const pdf::TooComplex& refused) {
    fuzz::check_refused(refused, text.size());
  } catch (const pdf::Malformed&) {
  }
  return 0;
}
