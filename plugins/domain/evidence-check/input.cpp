#include "input.hpp"

#include <cinnabar/bytes.hpp>
#include <cinnabar/durable_file.hpp>

#include <sys/mman.h>

namespace cinnabar::evidence {
namespace {

constexpr std::size_t kPemSizeMax = 4u << 20;

[[noreturn]] void refuse(const std::string& path, const std::string& reason) {
  throw Error("evidence.usage", {{"reason", path + ": " + reason}});
}

}  // namespace

MappedFile::MappedFile(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat about {};
  if (file.get() < 0 || ::fstat(file.get(), &about) != 0)
    refuse(path, std::strerror(errno));
  if (!S_ISREG(about.st_mode)) refuse(path, "it is no file");
  size_ = static_cast<std::size_t>(about.st_size);
  if (size_ == 0) return;
  void* at = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (at == MAP_FAILED) refuse(path, std::strerror(errno));
  data_ = static_cast<char*>(at);
}

MappedFile::~MappedFile() {
  if (data_) ::munmap(data_, size_);
}

std::vector<std::string> read_roots(const std::string& path) {
  constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----", kEnd = "-----END CERTIFICATE";
  const auto text = read_small_file(path, kPemSizeMax);
  if (!text) refuse(path, "there is no such file");
  std::vector<std::string> out;
  for (std::size_t at = text->find(kBegin); at != std::string::npos;
       at = text->find(kBegin, at + 1)) {
    const std::size_t end = text->find(kEnd, at);
    if (end == std::string::npos) refuse(path, "a certificate in it does not end");
    std::string base64;
    for (std::size_t i = at + kBegin.size(); i < end; ++i)
      if (!std::isspace(static_cast<unsigned char>((*text)[i]))) base64 += (*text)[i];
    const auto der = from_base64(base64);
    if (!der) refuse(path, "a certificate in it is not PEM");
    out.push_back(*der);
  }
  if (out.empty()) refuse(path, "there is no certificate in it");
  return out;
}

}  // namespace cinnabar::evidence
