#include "inflate.hpp"

#include "fault.hpp"

#include <zlib.h>

#include <memory>

namespace cinnabar::xlsx {
namespace {

constexpr std::size_t kPieceSize = 1 << 16;

// Counts and checks what comes out, before anybody sees it.
class Meter {
 public:
  explicit Meter(const Member& member) : member_(member) { check(member.size); }

  void take(std::string_view piece) {
    size_ += piece.size();
    check(size_);
    if (size_ > member_.size) throw unsafe("a member larger than it says");
    crc_ = crc32(crc_, reinterpret_cast<const Bytef*>(piece.data()),
                 static_cast<uInt>(piece.size()));
  }
  void finish() const {
    if (size_ != member_.size) throw damaged("a member is smaller than it says");
    if (crc_ != member_.crc) throw damaged("a checksum is wrong");
  }

 private:
  void check(std::uint64_t size) const {
    if (size > kRatioFree && size / kRatioMax > member_.data.size())
      throw unsafe("data that grows beyond measure when it is unpacked");
    if (size > kPartSizeMax) throw too_large("bytes in one part", kPartSizeMax);
  }

  const Member& member_;
  std::uint64_t size_ = 0;
  unsigned long crc_ = crc32(0, nullptr, 0);
};

}  // namespace

void read_member(const Member& member, const std::function<void(std::string_view)>& consume) {
  Meter meter(member);
  if (member.method == 0) {
    for (std::size_t at = 0; at < member.data.size(); at += kPieceSize) {
      const std::string_view piece = member.data.substr(at, kPieceSize);
      meter.take(piece);
      consume(piece);
    }
    return meter.finish();
  }
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw failure("inflate cannot start");
  const std::unique_ptr<z_stream, int (*)(z_stream*)> guard(&stream, inflateEnd);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(member.data.data()));
  stream.avail_in = static_cast<uInt>(member.data.size());
  const auto buffer = std::make_unique<char[]>(kPieceSize);
  for (int status = Z_OK; status != Z_STREAM_END;) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer.get());
    stream.avail_out = kPieceSize;
    status = inflate(&stream, Z_NO_FLUSH);
    if (status != Z_OK && status != Z_STREAM_END) throw damaged("a member cannot be unpacked");
    const std::string_view piece(buffer.get(), kPieceSize - stream.avail_out);
    meter.take(piece);
    consume(piece);
  }
  if (stream.avail_in != 0) throw damaged("a member has more data than it needs");
  meter.finish();
}

}  // namespace cinnabar::xlsx
