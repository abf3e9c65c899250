// What the command line gives: the bundle as mapped bytes, roots in PEM. Used by one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cinnabar::evidence {

// A file mapped for reading, so that a large bundle need not fit into memory.
class MappedFile {
 public:
  // Throws Error "evidence.usage".
  explicit MappedFile(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  std::string_view bytes() const { return {data_, size_}; }

 private:
  char* data_ = nullptr;
  std::size_t size_ = 0;
};

// The certificates in a PEM file, DER. Throws Error "evidence.usage" when there is none.
std::vector<std::string> read_roots(const std::string& path);

}  // namespace cinnabar::evidence
