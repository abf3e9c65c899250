#include "zip_writer.hpp"

#include <cinnabar/error.hpp>

#include <zlib.h>

#include <memory>

namespace cinnabar::xlsx {
namespace {

constexpr std::uint16_t kVersion = 20, kDeflated = 8;
constexpr std::uint16_t kFirstDay = 1 << 5 | 1;  // 1 January 1980

void put(std::string& to, std::uint32_t value, int size) {
  for (int i = 0; i < size; ++i) to += static_cast<char>(value >> 8 * i & 0xFF);
}

std::string deflated(std::string_view content) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8,
                   Z_DEFAULT_STRATEGY) != Z_OK)
    throw failure("deflate cannot start");
  const std::unique_ptr<z_stream, int (*)(z_stream*)> guard(&stream, deflateEnd);
  std::string out(deflateBound(&stream, content.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) throw failure("deflate does not end");
  out.resize(out.size() - stream.avail_out);
  return out;
}

}  // namespace

void ZipWriter::add(std::string_view name, std::string_view content) {
  const std::string data = deflated(content);
  std::string head;  // what the member's own header and the directory have in common
  put(head, kVersion, 2);
  put(head, 0, 2);
  put(head, kDeflated, 2);
  put(head, 0, 2);
  put(head, kFirstDay, 2);
  put(head, static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(content.data()),
                                             static_cast<uInt>(content.size()))), 4);
  put(head, static_cast<std::uint32_t>(data.size()), 4);
  put(head, static_cast<std::uint32_t>(content.size()), 4);
  put(head, static_cast<std::uint32_t>(name.size()), 2);
  put(head, 0, 2);
  directory_ += "PK\x01\x02";
  put(directory_, kVersion, 2);
  directory_ += head;
  put(directory_, 0, 2);  // comment
  put(directory_, 0, 2);  // disk
  put(directory_, 0, 2);
  put(directory_, 0, 4);
  put(directory_, static_cast<std::uint32_t>(file_.size()), 4);
  directory_ += name;
  file_ += "PK\x03\x04" + head + std::string(name) + data;
  ++count_;
}

std::string ZipWriter::finish() {
  const auto begin = static_cast<std::uint32_t>(file_.size());
  std::string out = std::move(file_) + directory_ + "PK\x05\x06";
  put(out, 0, 4);  // disks
  put(out, count_, 2);
  put(out, count_, 2);
  put(out, static_cast<std::uint32_t>(directory_.size()), 4);
  put(out, begin, 4);
  put(out, 0, 2);
  return out;
}

}  // namespace cinnabar::xlsx
