// Tree: the log's hashes as the database has them, at one size. Entries are kept singly; of what is
// above them only the roots of full tiles (256 hashes, c2sp.org/tlog-tiles), from which everything
// else is computed. Reads what it needs once; made and used within one call, by one thread.
#pragma once

#include <cinnabar/log/merkle.hpp>
#include <cinnabar/store.hpp>

namespace cinnabar::tlog {

inline constexpr std::uint64_t kTileWidth = 256;
inline constexpr int kTileHeight = 8;  // levels of the binary tree in one tile

class Tree {
 public:
  Tree(const Host& host, const Call& call, std::uint64_t size)
      : host_(host), call_(call), size_(size) {}

  std::uint64_t size() const { return size_; }
  log::Hash root(std::uint64_t size);
  log::Hashes inclusion(std::uint64_t position, std::uint64_t size);
  log::Hashes consistency(std::uint64_t old_size, std::uint64_t size);

  // How many hashes a level of tiles has; level 0 is that of the leaves.
  std::uint64_t width(int tile_level) const {
    return tile_level * kTileHeight >= 64 ? 0 : size_ >> (tile_level * kTileHeight);
  }
  // The hashes of one tile, 32 raw bytes each, as far as they are there.
  const log::Hashes& tile(int tile_level, std::uint64_t number);
  // The entries of one tile of leaves.
  std::vector<std::string> entries(std::uint64_t number);

  // The first full tile whose hash is not the one above it, in words; empty: none.
  std::string fault();

  // The statements that append the entries (event id and hash of the event, hex), and raise the
  // size from what it was read as.
  void append(const std::vector<std::pair<std::string, std::string>>& entries, WriteSet& writes);

 private:
  log::Hash subtree(int level, std::uint64_t index);
  log::SubtreeHash hashes() {
    return [this](int level, std::uint64_t index) { return subtree(level, index); };
  }

  const Host& host_;
  const Call& call_;
  std::uint64_t size_;
  std::map<std::pair<int, std::uint64_t>, log::Hashes> tiles_;
};

}  // namespace cinnabar::tlog
