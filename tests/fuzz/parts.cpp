#include "parts.hpp"

#include <zlib.h>

namespace cinnabar::fuzz {

std::string packed(std::string_view data) {
  std::string out(compressBound(data.size()), '\0');
  uLongf size = out.size();
  compress2(reinterpret_cast<Bytef*>(out.data()), &size,
            reinterpret_cast<const Bytef*>(data.data()), data.size(), Z_BEST_SPEED);
  out.resize(size);
  return out;
}

std::string packed_zeros(unsigned megabytes) {
  const std::string block(1u << 20, '\0');
  z_stream stream{};
  if (deflateInit(&stream, Z_BEST_SPEED) != Z_OK) return {};
  std::string out(std::size_t{megabytes + 1} << 13, '\0');
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  for (unsigned i = 0; i < megabytes; ++i) {
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(block.data()));
    stream.avail_in = static_cast<uInt>(block.size());
    deflate(&stream, i + 1 == megabytes ? Z_FINISH : Z_NO_FLUSH);
  }
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string stream_object(int number, const std::string& entries, std::string_view data) {
  return std::to_string(number) + " 0 obj\n<<" + entries + "/Length " +
         std::to_string(data.size()) + ">>\nstream\n" + std::string(data) +
         "\nendstream\nendobj\n";
}

std::string parms(const Shape& shape, std::size_t at) {
  static const int kPredictors[] = {1, 2, 10, 11, 12, 13, 14, 15};
  return "/DecodeParms<</Predictor " + std::to_string(kPredictors[shape.byte(at) & 7]) +
         "/Columns " + shape.number(at + 1) + "/Colors " + shape.number(at + 2) + ">>";
}

std::string small_document(const std::string& catalog_entries) {
  return "%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R" + catalog_entries +
         ">>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
         "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>\nendobj\n";
}

}  // namespace cinnabar::fuzz
