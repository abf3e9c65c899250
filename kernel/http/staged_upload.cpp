#include "kernel/http/staged_upload.hpp"

#include <cinnabar/bytes.hpp>
#include <cinnabar/error.hpp>

#include <openssl/evp.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace cinnabar::kernel {

struct StagedUpload::Digest {
  Digest() : context(EVP_MD_CTX_new()) {
    if (!context || EVP_DigestInit_ex(context, EVP_sha256(), nullptr) != 1)
      throw failure("SHA-256 cannot be started");
  }
  ~Digest() { EVP_MD_CTX_free(context); }
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;
  EVP_MD_CTX* context;
};

StagedUpload::StagedUpload(std::string path)
    : path_(std::move(path)), digest_(std::make_unique<Digest>()) {
  file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file_ < 0) throw failure("cannot stage an upload in " + path_ + ": " + std::strerror(errno));
}

StagedUpload::~StagedUpload() {
  if (file_ >= 0) ::close(file_);
  if (!keep_) ::unlink(path_.c_str());
}

void StagedUpload::write(std::string_view bytes) {
  EVP_DigestUpdate(digest_->context, bytes.data(), bytes.size());
  size_ += static_cast<std::int64_t>(bytes.size());
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) throw failure("cannot write " + path_ + ": " + std::strerror(errno));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::string StagedUpload::finish() {
  const int closed = ::close(file_);
  file_ = -1;
  if (closed != 0) throw failure("cannot write " + path_ + ": " + std::strerror(errno));
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (EVP_DigestFinal_ex(digest_->context, out, &size) != 1) throw failure("SHA-256 failed");
  return to_hex({reinterpret_cast<const char*>(out), size});
}

}  // namespace cinnabar::kernel
