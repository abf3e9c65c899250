// Archive: a bundle being put together, part by part, as an answer that is streamed: what is small
// is held, documents stay blobs. Made and used within one call, by one thread.
#pragma once

#include <cinnabar/domain_plugin.hpp>
#include <cinnabar/evidence/evidence.hpp>
#include <cinnabar/evidence/zip.hpp>

namespace cinnabar::evidence {

class Archive {
 public:
  explicit Archive(const Host& host) : host_(host) {}

  void add(const std::string& name, std::string_view content);
  // Content that is the blobs one after the other, of that SHA-256 (hex). Throws when it is not.
  void add_blobs(const std::string& name, const std::vector<std::string>& blobs,
                 const std::string& sha256);
  // The parts so far.
  const std::vector<BundlePart>& parts() const { return listed_; }
  // Ends it, as the content of an answer.
  void finish(FileAnswer& answer);

 private:
  void begin(const std::string& name, std::uint64_t size, std::uint32_t crc);
  void flush();

  const Host& host_;
  std::vector<BundlePart> listed_;
  std::vector<ZipPart> zip_;
  std::uint64_t offset_ = 0;
  std::string held_;  // bytes since the last blob
  std::vector<std::string> out_;
  std::vector<Bytes> inlined_;
};

}  // namespace cinnabar::evidence
