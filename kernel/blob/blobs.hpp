// Blobs: content by digest, from an upload or a plugin to what rows refer to.
//
// Content comes in held by a request: staged (an upload on the disk) or put. While it is held it
// can be read under its id "sha256:<hex>". publish() makes it durable, before the commit whose
// rows name it. settle() gives the hold back; what nobody holds and no committed row names is
// removed then, never while another request holds the same content. Content of a process that
// died is removed by sweep(). Owned by the composition root; any thread.
#pragma once

#include "kernel/api/content.hpp"
#include "kernel/db/db.hpp"

#include <array>
#include <mutex>
#include <unordered_map>

namespace cinnabar::kernel {

class Blobs final : public ContentStore {
 public:
  // The table belongs to the blob store plugin and outlives this. Throws when there is none.
  Blobs(const cinnabar_blob_store* table, const Db& db);

  // A path not yet used, for content to be written to; empty: the store stages nothing.
  std::string stage() override;
  // The file at the path is whole and is given away; one hold. Returns the id.
  std::string offer(const std::string& path, const std::string& sha256) override;
  // Holds content from memory; one hold. Returns the id.
  std::string put(std::string_view content);

  // Makes these durable, whoever holds them. Throws "blob.not_found" for an id that nobody holds
  // and that is not stored.
  void publish(const std::vector<std::string>& ids) override;
  // Gives one hold back for each id, after the commit or instead of it.
  void settle(const std::vector<std::string>& ids) override;

  // Throw "blob.not_found".
  std::int64_t size(const std::string& id) override;
  std::string read(const std::string& id, std::int64_t offset, std::int64_t size) override;
  void read(std::string_view id, std::uint64_t offset, std::uint64_t size,
            const cinnabar_sink& sink);

  // Removes what no row names and nobody holds; how many. Only while no other process uses the
  // store: it cannot see what those hold.
  std::int64_t sweep();
  // How many that rows name are not stored: never any, unless the disk lost them.
  std::int64_t missing();

 private:
  struct Hold {
    int holders = 0;
    std::string path;  // where it is staged; empty: the store has it
  };
  // Work on one content is done under its stripe's lock, so that nothing is removed while somebody
  // takes hold of it.
  struct Stripe {
    std::mutex mutex;
    std::unordered_map<std::string, Hold> holds;  // by digest
  };

  Stripe& stripe_of(const std::string& sha256);
  bool stored(std::string_view sha256) const;
  bool named(const std::string& sha256) const;
  std::string staged_path(const std::string& sha256);
  std::string write_staged(std::string_view content);
  void sweep_some(const std::vector<std::string>& digests, std::int64_t& removed);

  const cinnabar_blob_store* table_;
  const Db& db_;
  std::array<Stripe, 256> stripes_;
};

}  // namespace cinnabar::kernel
