// Blobs: content by digest, over the blob store's table. An id is "sha256:<64 hex digits>".
//
// Content arrives as an upload that was staged in a file (offer) or from a plugin (put). It is held
// for the request that brought it; when the request is over (settle) whatever no committed row
// names and nobody else holds is removed. What a crash left behind goes with the sweep at start.
// Owned by the composition root; any thread.
#pragma once

#include "kernel/api/content.hpp"
#include "kernel/db/db.hpp"

#include <mutex>

namespace cinnabar::kernel {

class Blobs final : public ContentStore {
 public:
  // The table belongs to the blob store's plugin; both outlive this.
  Blobs(const cinnabar_blob_store* store, const Db& db) : store_(store), db_(db) {}

  std::string stage() override;
  std::string offer(const std::string& path, const std::string& sha256) override;
  void publish(const std::vector<std::string>& ids) override;
  void settle(const std::vector<std::string>& ids) override;
  std::int64_t size(const std::string& id) override;
  std::string read(const std::string& id, std::int64_t offset, std::int64_t size) override;

  // Stores content durably and holds it; its id.
  std::string put(std::string_view content);
  void read(std::string_view id, std::uint64_t offset, std::uint64_t size,
            const cinnabar_sink& sink);
  // Removes what no row names. Before anything is served.
  void sweep();
  // How many blobs rows name that the store does not have.
  std::int64_t missing();

 private:
  struct Hold {
    int holders = 0;
    std::string staged;  // path, until it is published; empty: in the store
  };
  std::string staged_path(std::string_view id);
  bool named(const std::string& id) const;

  const cinnabar_blob_store* store_;
  const Db& db_;
  std::mutex mutex_;
  std::map<std::string, Hold, std::less<>> held_;
};

}  // namespace cinnabar::kernel
