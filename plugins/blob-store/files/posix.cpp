#include "posix.hpp"

#include <cinnabar/bytes.hpp>

#include <openssl/evp.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace cinnabar::posix {

namespace {

constexpr std::size_t kPartSize = 256 * 1024;

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1)
      throw failure("SHA-256 is not available");
  }
  void add(std::string_view part) {
    if (EVP_DigestUpdate(context_.get(), part.data(), part.size()) != 1)
      throw failure("SHA-256 failed");
  }
  std::string hex() {
    std::string digest(32, '\0');
    if (EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(digest.data()),
                           nullptr) != 1)
      throw failure("SHA-256 failed");
    return to_hex(digest);
  }

 private:
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context_;
};

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

Error unavailable(const std::string& path) {
  return Error("blob.unavailable", {{"detail", path + ": " + std::strerror(errno)}}, {},
               CINNABAR_UNAVAILABLE);
}

File::File(const std::string& path, int flags)
    : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {
  if (fd_ < 0) throw unavailable(path);
}
File::~File() { ::close(fd_); }

void write_all(const File& file, const std::string& path, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(file.fd(), content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw unavailable(path);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
}

void sync(const File& file, const std::string& path) {
  if (::fsync(file.fd()) != 0) throw unavailable(path);
}

void sync_folder(const std::string& path) { sync(File(path, O_RDONLY | O_DIRECTORY), path); }

bool make_entry(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) == 0) return true;
  if (errno == EEXIST) return false;
  throw unavailable(path);
}

void make_folder(const std::string& path) {
  if (::access(path.c_str(), F_OK) == 0) return;
  const std::string parent = parent_of(path);
  make_folder(parent);
  make_entry(path);
  sync_folder(parent);
}

std::string sha256_of(const File& file, const std::string& path) {
  Sha256 digest;
  std::string part(kPartSize, '\0');
  for (off_t offset = 0;;) {
    const ssize_t got = ::pread(file.fd(), part.data(), part.size(), offset);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw unavailable(path);
    if (got == 0) return digest.hex();
    digest.add({part.data(), static_cast<std::size_t>(got)});
    offset += got;
  }
}

std::string sha256_of(std::string_view content) {
  Sha256 digest;
  digest.add(content);
  return digest.hex();
}

}  // namespace cinnabar::posix
