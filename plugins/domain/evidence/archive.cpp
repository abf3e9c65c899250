#include "archive.hpp"

#include <cinnabar/digest_state.hpp>

namespace cinnabar::evidence {
namespace {

// Read at once while a blob is hashed.
constexpr std::uint64_t kPieceSize = 1u << 20;

}  // namespace

void Archive::begin(const std::string& name, std::uint64_t size, std::uint32_t crc) {
  zip_.push_back({name, size, crc, offset_});
  const std::string header = zip_header(zip_.back());
  held_ += header;
  offset_ += header.size() + size;
  if (offset_ > kZipSizeMax)
    throw Error("evidence.too_large", {{"size_max", std::to_string(kZipSizeMax)}});
}

void Archive::add(const std::string& name, std::string_view content) {
  begin(name, content.size(), crc32(content));
  held_ += content;
  listed_.push_back({name, static_cast<std::int64_t>(content.size()), to_hex(sha256(content))});
}

void Archive::add_blobs(const std::string& name, const std::vector<std::string>& blobs,
                        const std::string& sha256) {
  DigestState digest;
  std::uint32_t crc = 0;
  for (const std::string& blob : blobs)
    for (std::uint64_t offset = 0;;) {
      const std::string piece = host_.blob_read(blob, offset, kPieceSize);
      digest.update(piece);
      crc = crc32(piece, crc);
      offset += piece.size();
      if (piece.size() < kPieceSize) break;
    }
  if (to_hex(digest.digest()) != sha256)
    throw failure("the stored content of " + name + " is not that of its digest");
  begin(name, static_cast<std::uint64_t>(digest.size()), crc);
  flush();
  out_.insert(out_.end(), blobs.begin(), blobs.end());
  listed_.push_back({name, digest.size(), sha256});
}

void Archive::flush() {
  if (held_.empty()) return;
  out_.push_back("inline:" + std::to_string(inlined_.size()));
  inlined_.emplace_back(std::exchange(held_, {}));
}

void Archive::finish(FileAnswer& answer) {
  held_ += zip_directory(zip_, offset_);
  flush();
  answer.parts = std::move(out_);
  answer.inlined = std::move(inlined_);
}

}  // namespace cinnabar::evidence
