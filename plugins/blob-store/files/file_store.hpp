// FileStore: the table cinnabar.blob-store/1 over a folder of files.
//
// Content with the digest abcdef... lies in ab/cdef... . It is written under staging/ first,
// synced, renamed to its place, and the folder's entries are synced: what is there under its name
// is whole, and is there after a power failure once adopt() or put() returned. Several
// servers may use a folder. Any thread.
#pragma once

#include "posix.hpp"

#include <cinnabar/tables.hpp>

#include <array>
#include <atomic>

namespace cinnabar {

class FileStore final : public BlobStore {
 public:
  // Makes the folder if it is not there, and clears away what an earlier process left staged,
  // unless another store has the folder open. Throws Error.
  explicit FileStore(std::string folder);

  std::string stage() override;
  void adopt(const std::string& path, std::string_view sha256) override;
  void put(std::string_view sha256, std::string_view content) override;
  std::uint64_t size(std::string_view sha256) override;
  void read(std::string_view sha256, std::uint64_t offset, std::uint64_t size,
            const std::function<void(std::string_view)>& part) override;
  void remove(std::string_view sha256) override;
  void list(const std::function<void(std::string_view)>& each) override;

 private:
  struct Place {
    std::string folder;
    std::string path;
  };
  // Where content lies. Throws "blob.not_found" for anything that is not a digest, so that no
  // text from outside becomes a path.
  Place place_of(std::string_view sha256) const;
  void clear_staging() const;
  const std::string& made_staging() const;
  void make_lasting(std::string_view sha256, const std::string& folder);

  const std::string folder_;
  const std::string staging_;
  const posix::File staging_lock_;  // shared by all stores of the folder that are open
  const std::string staged_prefix_;
  std::atomic<std::uint64_t> staged_{0};          // names of staged files
  std::array<std::atomic<bool>, 256> lasting_{};  // folders that are there for good
};

}  // namespace cinnabar
