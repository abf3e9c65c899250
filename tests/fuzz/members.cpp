// Object streams. The input is the shape and the data of one, to which a small file is built: its
// first member is the form.
#include "checks.hpp"
#include "parts.hpp"

using namespace cinnabar;

namespace {

constexpr std::size_t kShapeSize = 8;
constexpr int kContainer = 4, kFirstMember = 5, kMembersMax = 16, kSection = 30;

// A row of four bytes: kind, place (two bytes), detail.
void add_row(std::string& rows, unsigned kind, std::size_t place, unsigned detail) {
  rows += static_cast<char>(kind);
  rows += static_cast<char>(place >> 8 & 255);
  rows += static_cast<char>(place & 255);
  rows += static_cast<char>(detail);
}

// Shape: /N, /First and its high byte, members listed, a flag for the filter, predictor, columns,
// colours. Members are listed under the indexes 0, 1, 2...
std::string object_stream_file(const fuzz::Shape& shape, std::string_view data) {
  std::string file = fuzz::small_document("/AcroForm 5 0 R");
  const std::size_t container = file.size();
  const bool plain = (shape.byte(4) & 1) != 0;
  const std::string first = std::to_string(shape.byte(1) + shape.byte(2) * 256);
  file += fuzz::stream_object(
      kContainer, "/Type/ObjStm/N " + shape.number(0) + "/First " + first +
                      (plain ? "" : "/Filter/FlateDecode" + fuzz::parms(shape, 5)),
      plain ? std::string(data) : fuzz::packed(data));
  const std::size_t section = file.size();
  std::string rows;
  add_row(rows, 0, 0, 255);
  for (int number = 1; number < kContainer; ++number)
    add_row(rows, 1, file.find(std::to_string(number) + " 0 obj"), 0);
  add_row(rows, 1, container, 0);
  const unsigned members = shape.byte(3) % (kMembersMax + 1);
  for (unsigned i = 0; i < members; ++i) add_row(rows, 2, kContainer, i);
  file += fuzz::stream_object(
      kSection, "/Type/XRef/Root 1 0 R/Size 31/W[1 2 1]/Index[0 " +
                    std::to_string(kFirstMember + members) + "]", rows);
  return file + "startxref\n" + std::to_string(section) + "\n%%EOF\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (size < kShapeSize) return 0;
  fuzz::read_file(object_stream_file(fuzz::Shape(input.substr(0, kShapeSize)),
                                     input.substr(kShapeSize)));
  return 0;
}
