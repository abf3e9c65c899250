// Blobs: content by its digest, in a blob store that several servers may share.
//
// What a request brings is held until the request is over: staged first, made durable by publish()
// before the commit that names it, thrown away by settle() when nothing was published. Published
// content that no row names, of a request that lost or a process that died, is an orphan: it is
// marked, and from a day later on removed, at a start or by a request that left another, if still
// no row names it, after its row in kernel_blob forbade that one does. That row is where removing
// and naming meet, on whatever servers: docs/decisions/0013. Holds are this process's; any thread.
#pragma once

#include "kernel/api/content.hpp"
#include "kernel/base/clocks.hpp"
#include "kernel/db/committer.hpp"

#include <condition_variable>
#include <mutex>
#include <unordered_map>

namespace cinnabar::kernel {

// How long nothing may refer to what was removed: longer than any request or job takes.
inline constexpr std::int64_t kBlobForbiddenMs = 3'600'000;

class Blobs final : public ContentStore {
 public:
  // The table belongs to the blob store plugin and outlives this. Throws when there is none.
  Blobs(const cinnabar_blob_store* table, const Db& db, Committer& committer,
        const Clocks& clocks);

  // A path not yet used, for content to be written to; empty: the store stages nothing.
  std::string stage() override;
  // The file at the path is whole and is given away; one hold. Returns the id.
  std::string offer(const std::string& path, const std::string& sha256) override;
  // Holds content from memory; one hold. Returns the id.
  std::string put(std::string_view content);

  // Makes these durable, whoever holds them. Throws "blob.not_found" for an id that is neither
  // staged nor stored.
  void publish(const std::vector<std::string>& ids) override;
  // Gives one hold back for each id, after the commit or instead of it.
  void settle(const std::vector<std::string>& ids) override;

  // Throw "blob.not_found".
  std::int64_t size(const std::string& id) override;
  std::string read(const std::string& id, std::int64_t offset, std::int64_t size) override;
  void read(std::string_view id, std::uint64_t offset, std::uint64_t size,
            const cinnabar_sink& sink);

  // Marks what no row names as orphans, and removes those that were marked a day ago; how many.
  // Any server at any time.
  std::int64_t sweep();
  // How many that rows name are not stored: never any, unless the disk lost them. Throws when the
  // store cannot be asked.
  std::int64_t missing();

 private:
  struct Hold {
    int holders = 0;
    std::string path;  // where it is staged; empty: the store has it
    bool publishing = false;
  };

  bool stored(std::string_view sha256) const;
  bool is_held(const std::string& sha256);
  bool join(const std::string& sha256);
  void hold(const std::string& sha256, std::string path);
  bool publish_held(const std::string& sha256);
  std::string staged_path(const std::string& sha256);
  std::string write_staged(std::string_view content);
  bool try_commit(std::vector<Statement> statements);
  bool mark_orphans(const std::vector<std::string>& ids);
  std::int64_t remove_orphans(std::size_t most);

  const cinnabar_blob_store* table_;
  const Db& db_;
  Committer& committer_;
  const Clocks& clocks_;
  std::mutex mutex_;  // not held over calls of the store
  std::condition_variable published_;
  std::unordered_map<std::string, Hold> holds_;  // by digest
};

}  // namespace cinnabar::kernel
