#include "kernel/blob/blobs.hpp"

#include "kernel/base/ids.hpp"
#include "kernel/log/log.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

namespace cinnabar::kernel {

namespace {

constexpr std::string_view kScheme = "sha256:";
// Digests that are looked up in the database with one statement.
constexpr std::size_t kSweepBatch = 200;
constexpr std::size_t kReadSize = 256 * 1024;

Error not_found(std::string_view id) {
  return Error("blob.not_found", {{"id", std::string(id.substr(0, 80))}});
}

// The digest of an id. Throws "blob.not_found" for anything that is not one.
std::string digest_of(std::string_view id) {
  const std::string_view digest = id.starts_with(kScheme) ? id.substr(kScheme.size()) : "";
  const bool good = digest.size() == 64 && std::all_of(digest.begin(), digest.end(), [](char c) {
                      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                    });
  if (!good) throw not_found(id);
  return std::string(digest);
}

std::string id_of(std::string_view sha256) { return std::string(kScheme) + std::string(sha256); }

Error store_error(cinnabar_status status, const std::string& what) {
  return Error(status == CINNABAR_UNAVAILABLE ? "blob.unavailable" : "internal",
               {{"detail", "the blob store failed: " + what}}, {},
               status == CINNABAR_UNAVAILABLE ? status : CINNABAR_FAILED);
}

struct File {
  explicit File(int descriptor) : fd(descriptor) {}
  ~File() {
    if (fd >= 0) ::close(fd);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd;
};

}  // namespace

Blobs::Blobs(const cinnabar_blob_store* table, const Db& db) : table_(table), db_(db) {
  if (!table_)
    throw Error("blob.store_missing", {{"interface", "cinnabar.blob-store/1"}}, {},
                CINNABAR_UNAVAILABLE);
}

Blobs::Stripe& Blobs::stripe_of(const std::string& sha256) {
  return stripes_[std::hash<std::string>()(sha256) % stripes_.size()];
}

bool Blobs::stored(std::string_view sha256) const {
  std::uint64_t size = 0;
  return table_->size(table_->self, bytes_of(sha256), &size) == CINNABAR_OK;
}

bool Blobs::named(const std::string& sha256) const {
  return !db_.query_value("SELECT id FROM kernel_blob WHERE id = ?", {id_of(sha256)}).is_null();
}

std::string Blobs::stage() {
  detail::TextSink path;
  const cinnabar_status status = table_->stage(table_->self, &path.raw);
  if (status == CINNABAR_OK) return std::move(path.text);
  if (status == CINNABAR_UNSUPPORTED) return {};
  throw store_error(status, "stage");
}

std::string Blobs::offer(const std::string& path, const std::string& sha256) {
  const std::string digest = digest_of(id_of(sha256));
  Stripe& stripe = stripe_of(digest);
  const std::lock_guard lock(stripe.mutex);
  const bool held = stripe.holds.contains(digest);
  // The same content again: one copy is enough.
  const bool needed = !held && !stored(digest);
  if (!needed) ::unlink(path.c_str());
  Hold& hold = stripe.holds[digest];
  if (needed) hold.path = path;
  ++hold.holders;
  return id_of(digest);
}

std::string Blobs::put(std::string_view content) {
  const std::string digest = sha256_hex(content);
  Stripe& stripe = stripe_of(digest);
  const std::lock_guard lock(stripe.mutex);
  if (const auto found = stripe.holds.find(digest); found != stripe.holds.end()) {
    ++found->second.holders;
    return id_of(digest);
  }
  std::string path;
  if (!stored(digest)) {
    path = write_staged(content);
    if (path.empty()) {
      const auto status = table_->put(table_->self, bytes_of(digest), bytes_of(content));
      if (status != CINNABAR_OK) throw store_error(status, "put");
    }
  }
  stripe.holds[digest] = {1, std::move(path)};
  return id_of(digest);
}

// The path of a staged file with the content, not synced; empty when the store stages nothing.
std::string Blobs::write_staged(std::string_view content) {
  std::string path = stage();
  if (path.empty()) return path;
  const File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  while (file.fd >= 0 && !content.empty()) {
    const ssize_t written = ::write(file.fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) break;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  if (file.fd >= 0 && content.empty()) return path;
  const std::string reason = std::strerror(errno);
  ::unlink(path.c_str());
  throw Error("blob.unavailable", {{"detail", path + ": " + reason}}, {}, CINNABAR_UNAVAILABLE);
}

void Blobs::publish(const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    const std::string digest = digest_of(id);
    Stripe& stripe = stripe_of(digest);
    const std::lock_guard lock(stripe.mutex);
    const auto found = stripe.holds.find(digest);
    if (found == stripe.holds.end()) {
      if (!stored(digest)) throw not_found(id);
    } else if (std::string& path = found->second.path; !path.empty()) {
      const auto status = table_->adopt(table_->self, bytes_of(path), bytes_of(digest));
      if (status != CINNABAR_OK) throw store_error(status, "adopt " + id);
      path.clear();
    }
  }
}

void Blobs::settle(const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    const std::string digest = digest_of(id);
    Stripe& stripe = stripe_of(digest);
    const std::lock_guard lock(stripe.mutex);
    const auto found = stripe.holds.find(digest);
    if (found == stripe.holds.end() || --found->second.holders > 0) continue;
    const std::string path = std::move(found->second.path);
    stripe.holds.erase(found);
    if (!path.empty()) {
      ::unlink(path.c_str());
      continue;
    }
    try {
      if (!named(digest)) table_->remove(table_->self, bytes_of(digest));
    } catch (const Error& error) {
      // In doubt it stays; the sweep at the next start decides.
      log_warning("a blob could not be settled", {{"blob", id}, {"detail", error.what()}});
    }
  }
}

std::string Blobs::staged_path(const std::string& sha256) {
  Stripe& stripe = stripe_of(sha256);
  const std::lock_guard lock(stripe.mutex);
  const auto found = stripe.holds.find(sha256);
  return found == stripe.holds.end() ? std::string() : found->second.path;
}

std::int64_t Blobs::size(const std::string& id) {
  const std::string digest = digest_of(id);
  struct stat info {};
  const std::string path = staged_path(digest);
  if (!path.empty() && ::stat(path.c_str(), &info) == 0) return info.st_size;
  std::uint64_t size = 0;
  const auto status = table_->size(table_->self, bytes_of(digest), &size);
  if (status == CINNABAR_REFUSED) throw not_found(id);
  if (status != CINNABAR_OK) throw store_error(status, "size of " + id);
  return static_cast<std::int64_t>(size);
}

std::string Blobs::read(const std::string& id, std::int64_t offset, std::int64_t size) {
  detail::TextSink sink;
  read(id, static_cast<std::uint64_t>(offset), static_cast<std::uint64_t>(size), sink.raw);
  return std::move(sink.text);
}

void Blobs::read(std::string_view id, std::uint64_t offset, std::uint64_t size,
                 const cinnabar_sink& sink) {
  const std::string digest = digest_of(id);
  const std::string path = staged_path(digest);
  // The file may be adopted between the look and the opening; then the store has it.
  const File file(path.empty() ? -1 : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd < 0) {
    const auto status = table_->read(table_->self, bytes_of(digest), offset, size, &sink);
    if (status == CINNABAR_REFUSED) throw not_found(id);
    if (status != CINNABAR_OK) throw store_error(status, "read " + std::string(id));
    return;
  }
  std::string part(static_cast<std::size_t>(std::min<std::uint64_t>(size, kReadSize)), '\0');
  while (size > 0) {
    const ssize_t got = ::pread(file.fd, part.data(), std::min<std::uint64_t>(size, part.size()),
                                static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw store_error(CINNABAR_FAILED, path + ": " + std::strerror(errno));
    if (got == 0) return;
    if (sink.write(sink.self, {part.data(), static_cast<std::size_t>(got)}) != CINNABAR_OK)
      throw failure("the receiver of a blob took no more");
    offset += static_cast<std::uint64_t>(got);
    size -= static_cast<std::uint64_t>(got);
  }
}

void Blobs::sweep_some(const std::vector<std::string>& digests, std::int64_t& removed) {
  if (digests.empty()) return;
  std::string marks;
  std::vector<Json> ids;
  for (const std::string& digest : digests) {
    marks += marks.empty() ? "?" : ", ?";
    ids.emplace_back(id_of(digest));
  }
  std::set<std::string> keep;
  for (const auto& row :
       db_.query("SELECT id FROM kernel_blob WHERE id IN (" + marks + ")", ids).rows)
    keep.insert(row[0].text());
  for (const std::string& digest : digests) {
    if (keep.contains(id_of(digest))) continue;
    Stripe& stripe = stripe_of(digest);
    const std::lock_guard lock(stripe.mutex);
    // Meanwhile a request may have taken hold of it, or committed and settled.
    if (stripe.holds.contains(digest) || named(digest)) continue;
    if (table_->remove(table_->self, bytes_of(digest)) == CINNABAR_OK) ++removed;
  }
}

std::int64_t Blobs::sweep() {
  struct Batch {
    Blobs& blobs;
    std::vector<std::string> digests;
    std::int64_t removed = 0;
  } batch{*this, {}, 0};
  const cinnabar_sink each{sizeof(cinnabar_sink), &batch,
                           [](void* self, cinnabar_bytes bytes) -> cinnabar_status {
                             auto& to = *static_cast<Batch*>(self);
                             return guarded(nullptr, [&] {
                               to.digests.emplace_back(view(bytes));
                               if (to.digests.size() < kSweepBatch) return;
                               to.blobs.sweep_some(std::exchange(to.digests, {}), to.removed);
                             });
                           }};
  const auto status = table_->list(table_->self, &each);
  if (status != CINNABAR_OK) throw store_error(status, "list");
  sweep_some(batch.digests, batch.removed);
  return batch.removed;
}

std::int64_t Blobs::missing() {
  std::int64_t count = 0;
  std::string last;
  for (;;) {
    const Rows rows = db_.query("SELECT id FROM kernel_blob WHERE id > ? ORDER BY id LIMIT ?",
                                {last, static_cast<std::int64_t>(kSweepBatch)});
    for (const auto& row : rows.rows) count += !stored(digest_of(row[0].text()));
    if (rows.rows.size() < kSweepBatch) return count;
    last = rows.rows.back()[0].text();
  }
}

}  // namespace cinnabar::kernel
