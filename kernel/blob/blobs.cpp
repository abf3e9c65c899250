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
// How long an orphan stays: whoever found it stored has committed by then, or never will.
constexpr std::int64_t kOrphanKeptMs = 24 * 3'600'000;
// Orphans that a request takes away which left one itself: it waits for that.
constexpr std::size_t kSettleBatch = 4;

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

Blobs::Blobs(const cinnabar_blob_store* table, const Db& db, Committer& committer,
             const Clocks& clocks)
    : table_(table), db_(db), committer_(committer), clocks_(clocks) {
  if (!table_)
    throw Error("blob.store_missing", {{"interface", "cinnabar.blob-store/1"}}, {},
                CINNABAR_UNAVAILABLE);
}

bool Blobs::stored(std::string_view sha256) const {
  std::uint64_t size = 0;
  const auto status = table_->size(table_->self, bytes_of(sha256), &size);
  if (status != CINNABAR_OK && status != CINNABAR_REFUSED)
    throw store_error(status, "size of " + std::string(sha256));
  return status == CINNABAR_OK;
}

std::string Blobs::stage() {
  detail::TextSink path;
  const cinnabar_status status = table_->stage(table_->self, &path.raw);
  if (status == CINNABAR_OK) return std::move(path.text);
  if (status == CINNABAR_UNSUPPORTED) return {};
  throw store_error(status, "stage");
}

bool Blobs::is_held(const std::string& sha256) {
  const std::lock_guard lock(mutex_);
  return holds_.contains(sha256);
}

// One more holder of what is held already.
bool Blobs::join(const std::string& sha256) {
  const std::lock_guard lock(mutex_);
  const auto found = holds_.find(sha256);
  if (found == holds_.end()) return false;
  ++found->second.holders;
  return true;
}

// Somebody else may have taken hold meanwhile: one copy is enough.
void Blobs::hold(const std::string& sha256, std::string path) {
  const std::lock_guard lock(mutex_);
  Hold& hold = holds_[sha256];
  if (++hold.holders == 1)
    hold.path = std::move(path);
  else if (!path.empty())
    ::unlink(path.c_str());
}

std::string Blobs::offer(const std::string& path, const std::string& sha256) {
  const std::string digest = digest_of(id_of(sha256));
  const bool held = join(digest);
  const bool needed = !held && !stored(digest);
  if (!needed) ::unlink(path.c_str());
  if (!held) hold(digest, needed ? path : std::string());
  return id_of(digest);
}

std::string Blobs::put(std::string_view content) {
  const std::string digest = sha256_hex(content);
  if (join(digest)) return id_of(digest);
  std::string path;
  if (!stored(digest)) {
    path = write_staged(content);
    if (path.empty()) {
      const auto status = table_->put(table_->self, bytes_of(digest), bytes_of(content));
      if (status != CINNABAR_OK) throw store_error(status, "put");
    }
  }
  hold(digest, std::move(path));
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
    // What was stored when it was taken hold of may have been an orphan, and is gone.
    if (!publish_held(digest) && !stored(digest)) throw not_found(id);
  }
}

// False: it is not staged. One thread hands it to the store, others wait for that.
bool Blobs::publish_held(const std::string& sha256) {
  std::unique_lock lock(mutex_);
  const auto busy = [&] {
    const auto found = holds_.find(sha256);
    return found != holds_.end() && found->second.publishing;
  };
  const bool waited = busy();
  published_.wait(lock, [&] { return !busy(); });
  const auto found = holds_.find(sha256);
  if (found == holds_.end() || found->second.path.empty()) return waited && found != holds_.end();
  found->second.publishing = true;
  const std::string path = found->second.path;
  lock.unlock();
  const auto status = table_->adopt(table_->self, bytes_of(path), bytes_of(sha256));
  lock.lock();
  Hold& hold = holds_[sha256];  // settle() waits while it is being published
  hold.publishing = false;
  if (status == CINNABAR_OK) hold.path.clear();
  published_.notify_all();
  if (status != CINNABAR_OK) throw store_error(status, "adopt " + sha256);
  return true;
}

void Blobs::settle(const std::vector<std::string>& ids) {
  std::vector<std::string> left;  // in the store, by nobody held
  for (const std::string& id : ids) {
    std::unique_lock lock(mutex_);
    const auto found = holds_.find(digest_of(id));
    if (found == holds_.end()) continue;
    Hold& hold = found->second;  // stays where it is while this holder is counted
    published_.wait(lock, [&] { return !hold.publishing; });
    if (--hold.holders > 0) continue;
    if (hold.path.empty())
      left.push_back(id);
    else
      ::unlink(hold.path.c_str());
    holds_.erase(digest_of(id));
  }
  try {
    if (!left.empty() && mark_orphans(left)) remove_orphans(kSettleBatch);
  } catch (const Error& error) {
    // The sweep at the next start marks it.
    log_warning("blobs could not be settled", {{"blob", left.front()}, {"detail", error.what()}});
  }
}

std::string Blobs::staged_path(const std::string& sha256) {
  const std::lock_guard lock(mutex_);
  const auto found = holds_.find(sha256);
  return found == holds_.end() ? std::string() : found->second.path;
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

// False: a guard failed, another server was quicker.
bool Blobs::try_commit(std::vector<Statement> statements) try {
  Commit commit;
  commit.kernel_statements = std::move(statements);
  committer_.commit(std::move(commit));
  return true;
} catch (const Error& error) {
  if (error.status() != CINNABAR_CONFLICT) throw;
  return false;
}

// Of these, those that no row names; whether there are any.
bool Blobs::mark_orphans(const std::vector<std::string>& ids) {
  std::string marks;
  for (std::size_t i = 0; i < ids.size(); ++i) marks += marks.empty() ? "?" : ", ?";
  std::set<std::string> known;
  for (const auto& row : db_.query("SELECT id FROM kernel_blob WHERE id IN (" + marks + ")",
                                   {ids.begin(), ids.end()})
                             .rows)
    known.insert(row[0].text());
  std::vector<Statement> inserts;
  const std::int64_t now = clocks_.real_ms();
  for (const std::string& id : ids)
    if (!known.contains(id))
      inserts.push_back(
          {"INSERT INTO kernel_blob (id, at, orphan) VALUES (?, ?, ?)", {id, now, now}, 1, {}});
  if (!inserts.empty() && !try_commit(inserts))
    for (const Statement& insert : inserts) try_commit({insert});
  return !inserts.empty();
}

// Forbids that a row names it, then removes it. The row stays for longer than any request takes:
// one that saw the content before it was removed must not commit afterwards.
std::int64_t Blobs::remove_orphans(std::size_t most) {
  const std::int64_t now = clocks_.real_ms();
  std::int64_t removed = 0;
  for (const auto& row :
       db_.query("SELECT id, orphan FROM kernel_blob WHERE orphan BETWEEN 1 AND ? LIMIT ?",
                 {now - kOrphanKeptMs, static_cast<std::int64_t>(most)})
           .rows) {
    const std::string id = row[0].text(), digest = digest_of(id);
    if (is_held(digest)) continue;  // somebody here may be about to name it again
    if (!try_commit({{"UPDATE kernel_blob SET orphan = ? WHERE id = ? AND orphan = ?",
                      {-now, id, row[1]},
                      1,
                      {}}}))
      continue;
    if (table_->remove(table_->self, bytes_of(digest)) == CINNABAR_OK) ++removed;
  }
  return removed;
}

std::int64_t Blobs::sweep() {
  struct Batch {
    Blobs& blobs;
    std::vector<std::string> ids;
  } batch{*this, {}};
  const cinnabar_sink each{sizeof(cinnabar_sink), &batch,
                           [](void* self, cinnabar_bytes bytes) -> cinnabar_status {
                             auto& to = *static_cast<Batch*>(self);
                             return guarded(nullptr, [&] {
                               to.ids.push_back(id_of(view(bytes)));
                               if (to.ids.size() < kSweepBatch) return;
                               to.blobs.mark_orphans(std::exchange(to.ids, {}));
                             });
                           }};
  const auto status = table_->list(table_->self, &each);
  if (status != CINNABAR_OK) throw store_error(status, "list");
  if (!batch.ids.empty()) mark_orphans(batch.ids);
  std::int64_t removed = 0;
  for (std::int64_t some = 1; some > 0; removed += some) some = remove_orphans(kSweepBatch);
  return removed;
}

std::int64_t Blobs::missing() {
  std::int64_t count = 0;
  std::string last;
  for (;;) {
    const Rows rows =
        db_.query("SELECT id FROM kernel_blob WHERE id > ? AND orphan = 0 ORDER BY id LIMIT ?",
                  {last, static_cast<std::int64_t>(kSweepBatch)});
    for (const auto& row : rows.rows) count += !stored(digest_of(row[0].text()));
    if (rows.rows.size() < kSweepBatch) return count;
    last = rows.rows.back()[0].text();
  }
}

}  // namespace cinnabar::kernel
