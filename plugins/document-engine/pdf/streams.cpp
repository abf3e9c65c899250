#include "streams.hpp"

#include "limits.hpp"

#include <cinnabar/error.hpp>
#include <qpdf/Buffer.hh>
#include <qpdf/Pipeline.hh>
#include <zlib.h>

#include <algorithm>
#include <memory>
#include <optional>

namespace cinnabar::pdf {

namespace {

// One stream that decodes to more than this is no page of a contract: an A3 scan at 600 dpi in
// colour has 209 MB.
constexpr std::size_t kStreamMax = 512u << 20;
// Beyond this many decoded bytes in a document the remaining streams are taken as they are.
constexpr std::size_t kCheckTotal = 1024u << 20;

Error too_complex() {
  return Error("document.too_complex", {{"reason", "a stream decodes beyond the limit"}});
}

// Ends a decoding that goes on for too long; qpdf swallows what a pipeline throws, so it is asked.
class Bounded : public Pipeline {
 public:
  Bounded(std::size_t limit, std::string* out)
      : Pipeline("bounded", nullptr), limit_(limit), out_(out) {}
  void write(unsigned char const* data, std::size_t size) override {
    size_ += size;
    if (size_ > limit_) throw std::runtime_error("limit");
    if (out_ != nullptr) out_->append(reinterpret_cast<char const*>(data), size);
  }
  void finish() override {}
  std::size_t size() const { return size_; }
  bool overflowed() const { return size_ > limit_; }

 private:
  std::size_t limit_;
  std::string* out_;
  std::size_t size_ = 0;
};

// Bytes that one Flate stream inflates to; nothing when it is damaged. Data that only ends early is
// no damage: all readers take what there is.
std::optional<std::size_t> inflated_size(std::string_view raw, std::size_t limit) {
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) throw std::bad_alloc();
  const std::unique_ptr<z_stream, int (*)(z_stream*)> guard(&stream, inflateEnd);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(raw.data()));
  stream.avail_in = static_cast<uInt>(raw.size());
  static thread_local unsigned char sink[1 << 16];
  for (;;) {
    stream.next_out = sink;
    stream.avail_out = sizeof sink;
    const int status = inflate(&stream, Z_NO_FLUSH);
    if (stream.total_out > limit) throw too_complex();
    const bool ends_early = status == Z_OK && stream.avail_in == 0 && stream.avail_out != 0;
    if (status == Z_STREAM_END || status == Z_BUF_ERROR || ends_early) return stream.total_out;
    if (status != Z_OK) return std::nullopt;
  }
}

bool is_flate(QPDFObjectHandle dictionary) {
  QPDFObjectHandle filter = dictionary.getKey("/Filter");
  if (filter.isArray() && filter.getArrayNItems() > 0) filter = filter.getArrayItem(0);
  return filter.isNameAndEquals("/FlateDecode") || filter.isNameAndEquals("/Fl");
}

}  // namespace

std::map<int, std::size_t> check_streams(QPDF& pdf) {
  std::map<int, std::size_t> sizes;
  std::size_t total = 0;
  for (QPDFObjectHandle object : pdf.getAllObjects()) {
    if (!object.isStream() || !is_flate(object.getDict())) continue;
    const std::shared_ptr<Buffer> raw = object.getRawStreamData();
    const std::string_view bytes(reinterpret_cast<const char*>(raw->getBuffer()), raw->getSize());
    const std::optional<std::size_t> size = inflated_size(bytes, kStreamMax);
    if (!size)
      throw Error("document.damaged",
                  {{"reason", "the compressed data of object " +
                                  std::to_string(object.getObjectID()) + " is damaged"}});
    total += *size;
    sizes[object.getObjectID()] = *size;
    if (total > kCheckTotal) break;
  }
  return sizes;
}

void reject_bombs(std::string_view bytes) {
  constexpr std::size_t kDictionaryMax = 4096;  // between the type and the keyword "stream"
  for (const std::string_view mark : {"/ObjStm", "/XRef"}) {
    std::size_t last_stream = 0;
    for (std::size_t at = bytes.find(mark); at != std::string_view::npos;
         at = bytes.find(mark, at + 1)) {
      const std::size_t begin = bytes.substr(at, kDictionaryMax).find("stream");
      if (begin == std::string_view::npos || at + begin == last_stream) continue;
      last_stream = at + begin;
      std::string_view data = bytes.substr(last_stream + 6);
      data.remove_prefix(std::min(data.find_first_not_of("\r\n"), data.size()));
      inflated_size(data, kStructureStreamMax);
    }
  }
}

std::string decoded(QPDFObjectHandle stream, std::size_t limit) {
  std::string out;
  Bounded sink(limit, &out);
  const bool done = stream.pipeStreamData(&sink, 0, qpdf_dl_generalized, true);
  if (sink.overflowed()) throw too_complex();
  if (!done)
    throw Error("document.damaged",
                {{"reason", "the data of object " + std::to_string(stream.getObjectID()) +
                                " cannot be decoded"}});
  return out;
}

}  // namespace cinnabar::pdf
