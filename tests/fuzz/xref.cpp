// Cross-reference sections. The input is all that follows a few objects, from where startxref
// points on; or, behind a first byte 'S', the shape and the rows of a stream, which is packed here
// since a mutated packed one is hardly ever read.
#include <cinnabar/pdf/file.hpp>

#include <algorithm>
#include <iterator>
#include <memory>
#include <string>

using namespace cinnabar;

namespace {

constexpr std::size_t kShapeSize = 8;

std::string packed(std::string_view rows) {
  std::string out(compressBound(rows.size()), '\0');
  uLongf size = out.size();
  compress(reinterpret_cast<Bytef*>(out.data()), &size,
           reinterpret_cast<const Bytef*>(rows.data()), rows.size());
  out.resize(size);
  return out;
}

std::string stream_section(std::string_view shape, std::string_view rows) {
  static const int kPredictors[] = {1, 2, 10, 11, 12, 13, 14, 15};
  const auto number = [&](std::size_t at) {
    return std::to_string(static_cast<unsigned char>(shape[at]));
  };
  const std::string data = packed(rows);
  return "6 0 obj\n<</Type/XRef/Root 1 0 R/Size 7/W[" + number(0) + " " + number(1) + " " +
         number(2) + "]/Index[" + number(3) + " " + number(4) +
         "]/Filter/FlateDecode/DecodeParms<</Predictor " +
         std::to_string(kPredictors[shape[5] & 7]) + "/Columns " + number(6) + "/Colors " +
         number(7) + ">>/Length " + std::to_string(data.size()) + ">>\nstream\n" + data +
         "\nendstream\nendobj";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string objects =
      "%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
      "2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
      "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>\nendobj\n"
      "4 0 obj\n<</Type/ObjStm/N 1/First 4/Length 6>>\nstream\n5 0 42\nendstream\nendobj\n";
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const bool is_shape = size > kShapeSize && input.front() == 'S';
  const std::string section =
      is_shape ? stream_section(input.substr(1, kShapeSize), input.substr(kShapeSize + 1))
               : std::string(input);
  const std::string text =
      objects + section + "\nstartxref\n" + std::to_string(objects.size()) + "\n%%EOF\n";
  // In a block of just that size, so that reading past its end is noticed.
  const auto block = std::make_unique<char[]>(text.size());
  std::copy(text.begin(), text.end(), block.get());
  try {
    const pdf::File read({block.get(), text.size()});
    for (std::size_t revision = 0; revision <= read.last(); ++revision)
      for (const std::int64_t number : read.numbers(revision)) {
        try {
          read.load(number, revision);
        } catch (const pdf::Malformed&) {
        }
      }
  } catch (const pdf::Malformed&) {
  }
  return 0;
}
