#include "kernel/blob/blobs.hpp"

#include "kernel/log/log.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cinnabar::kernel {
namespace {

constexpr std::string_view kScheme = "sha256:";
constexpr std::size_t kReadSize = 256 * 1024;

Error not_found(std::string_view id) {
  return Error("blob.not_found", {{"blob", std::string(id)}});
}

std::string_view digest_of(std::string_view id) {
  if (!id.starts_with(kScheme) || id.size() != kScheme.size() + 64) throw not_found(id);
  return id.substr(kScheme.size());
}

void check(cinnabar_status status, std::string_view what) {
  if (status != CINNABAR_OK)
    throw Error("blob.store_failed", {{"detail", std::string(what)}}, {}, CINNABAR_UNAVAILABLE);
}

std::string sha256_hex(std::string_view content) {
  unsigned char digest[32];
  EVP_Digest(content.data(), content.size(), digest, nullptr, EVP_sha256(), nullptr);
  return to_hex({reinterpret_cast<const char*>(digest), sizeof digest});
}

void read_file(const std::string& path, std::uint64_t offset, std::uint64_t size,
               const cinnabar_sink& sink) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) throw failure("the staged file " + path + " is gone");
  std::string part(kReadSize, '\0');
  while (size > 0) {
    const ssize_t count = ::pread(file, part.data(), std::min<std::uint64_t>(size, part.size()),
                                  static_cast<off_t>(offset));
    if (count <= 0) break;
    sink.write(sink.self, {part.data(), static_cast<std::size_t>(count)});
    offset += static_cast<std::uint64_t>(count);
    size -= static_cast<std::uint64_t>(count);
  }
  ::close(file);
}

}  // namespace

std::string Blobs::stage() {
  detail::TextSink path;
  check(store_->stage(store_->self, &path.raw), "no place to stage an upload");
  return std::move(path.text);
}

std::string Blobs::offer(const std::string& path, const std::string& sha256) {
  std::string id = std::string(kScheme) + sha256;
  const std::lock_guard lock(mutex_);
  Hold& hold = held_[id];
  // The same content twice at once: one staged file is enough.
  if (hold.holders > 0)
    ::unlink(path.c_str());
  else
    hold.staged = path;
  ++hold.holders;
  return id;
}

std::string Blobs::put(std::string_view content) {
  const std::string digest = sha256_hex(content);
  std::string id = std::string(kScheme) + digest;
  {
    const std::lock_guard lock(mutex_);
    ++held_[id].holders;
  }
  check(store_->put(store_->self, bytes_of(digest), bytes_of(content)), "content not stored");
  return id;
}

void Blobs::publish(const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    const std::string path = staged_path(id);
    if (path.empty()) continue;
    check(store_->adopt(store_->self, bytes_of(path), bytes_of(digest_of(id))),
          "an upload was not kept");
    const std::lock_guard lock(mutex_);
    held_[id].staged.clear();
  }
}

void Blobs::settle(const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    const std::lock_guard lock(mutex_);
    const auto found = held_.find(id);
    if (found == held_.end() || --found->second.holders > 0) continue;
    const std::string staged = found->second.staged;
    held_.erase(found);
    if (!staged.empty())
      ::unlink(staged.c_str());
    else if (!named(id))
      store_->remove(store_->self, bytes_of(digest_of(id)));
  }
}

std::int64_t Blobs::size(const std::string& id) {
  if (const std::string path = staged_path(id); !path.empty()) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) throw not_found(id);
    return status.st_size;
  }
  std::uint64_t size = 0;
  if (store_->size(store_->self, bytes_of(digest_of(id)), &size) != CINNABAR_OK)
    throw not_found(id);
  return static_cast<std::int64_t>(size);
}

std::string Blobs::read(const std::string& id, std::int64_t offset, std::int64_t size) {
  detail::TextSink sink;
  read(id, static_cast<std::uint64_t>(offset), static_cast<std::uint64_t>(size), sink.raw);
  return std::move(sink.text);
}

void Blobs::read(std::string_view id, std::uint64_t offset, std::uint64_t size,
                 const cinnabar_sink& sink) {
  if (const std::string path = staged_path(id); !path.empty())
    return read_file(path, offset, size, sink);
  if (store_->read(store_->self, bytes_of(digest_of(id)), offset, size, &sink) != CINNABAR_OK)
    throw not_found(id);
}

void Blobs::sweep() {
  struct Listing {
    std::vector<std::string> digests;
    cinnabar_sink raw{sizeof(cinnabar_sink), this,
                      [](void* self, cinnabar_bytes digest) -> cinnabar_status {
                        static_cast<Listing*>(self)->digests.emplace_back(view(digest));
                        return CINNABAR_OK;
                      }};
  } listing;
  check(store_->list(store_->self, &listing.raw), "the blobs could not be listed");
  int removed = 0;
  for (const std::string& digest : listing.digests) {
    if (named(std::string(kScheme) + digest)) continue;
    store_->remove(store_->self, bytes_of(digest));
    ++removed;
  }
  if (removed > 0)
    log_info("removed blobs that no row names", {{"count", std::to_string(removed)}});
}

std::int64_t Blobs::missing() {
  std::int64_t count = 0;
  for (const auto& row : db_.query("SELECT id FROM kernel_blob").rows) {
    std::uint64_t size = 0;
    const std::string& id = row[0].text();
    if (store_->size(store_->self, bytes_of(digest_of(id)), &size) != CINNABAR_OK) ++count;
  }
  return count;
}

std::string Blobs::staged_path(std::string_view id) {
  const std::lock_guard lock(mutex_);
  const auto found = held_.find(id);
  return found == held_.end() ? std::string() : found->second.staged;
}

bool Blobs::named(const std::string& id) const {
  return !db_.query("SELECT id FROM kernel_blob WHERE id = ?", {id}).rows.empty();
}

}  // namespace cinnabar::kernel
