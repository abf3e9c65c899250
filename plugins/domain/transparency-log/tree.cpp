#include "tree.hpp"

#include <algorithm>

namespace cinnabar::tlog {
namespace {

log::Hash raw(const std::string& hex) {
  auto bytes = from_hex(hex);
  if (!bytes || bytes->size() != log::kHashSize)
    throw failure("the transparency log holds something that is no hash");
  return std::move(*bytes);
}

// The root over a power of two of hashes that lie side by side.
log::Hash complete_root(log::Hashes row) {
  while (row.size() > 1) {
    for (std::size_t k = 0; k < row.size() / 2; ++k)
      row[k] = log::node_hash(row[2 * k], row[2 * k + 1]);
    row.resize(row.size() / 2);
  }
  return std::move(row.front());
}

log::Hash complete_root(const log::Hashes& row, std::uint64_t first, std::uint64_t count) {
  const auto begin = row.begin() + static_cast<std::ptrdiff_t>(first);
  return complete_root({begin, begin + static_cast<std::ptrdiff_t>(count)});
}

}  // namespace

log::Hash Tree::root(std::uint64_t size) { return log::root_of(hashes(), size); }

log::Hashes Tree::inclusion(std::uint64_t position, std::uint64_t size) {
  return log::inclusion_proof(hashes(), position, size);
}

log::Hashes Tree::consistency(std::uint64_t old_size, std::uint64_t size) {
  return log::consistency_proof(hashes(), old_size, size);
}

std::vector<std::string> Tree::entries(std::uint64_t number) {
  const auto first = static_cast<std::int64_t>(number * kTileWidth);
  const auto end = static_cast<std::int64_t>(std::min((number + 1) * kTileWidth, size_));
  std::vector<std::string> out;
  for (const auto& row : host_
                             .query(call_,
                                    "SELECT entry FROM tlog_entry WHERE position >= ? AND "
                                    "position < ? ORDER BY position",
                                    {first, end})
                             .rows)
    out.push_back(raw(row[0].text()));
  if (static_cast<std::int64_t>(out.size()) != std::max<std::int64_t>(end - first, 0))
    throw failure("the transparency log lacks entries from " + std::to_string(first));
  return out;
}

const log::Hashes& Tree::tile(int tile_level, std::uint64_t number) {
  const auto [found, fresh] = tiles_.try_emplace({tile_level, number});
  log::Hashes& tile = found->second;
  if (!fresh) return tile;
  if (tile_level == 0) {
    for (const std::string& entry : entries(number)) tile.push_back(log::leaf_hash(entry));
    return tile;
  }
  const auto first = static_cast<std::int64_t>(number * kTileWidth);
  const auto end =
      static_cast<std::int64_t>(std::min((number + 1) * kTileWidth, width(tile_level)));
  for (const auto& row : host_
                             .query(call_,
                                    "SELECT hash FROM tlog_node WHERE level = ? AND position >= ? "
                                    "AND position < ? ORDER BY position",
                                    {tile_level, first, end})
                             .rows)
    tile.push_back(raw(row[0].text()));
  if (static_cast<std::int64_t>(tile.size()) != std::max<std::int64_t>(end - first, 0))
    throw failure("the transparency log lacks nodes of level " + std::to_string(tile_level));
  return tile;
}

log::Hash Tree::subtree(int level, std::uint64_t index) {
  const int tile_level = level / kTileHeight, within = level % kTileHeight;
  const std::uint64_t first = index << within, count = std::uint64_t{1} << within;
  const log::Hashes& hashes = tile(tile_level, first / kTileWidth);
  const std::uint64_t at = first % kTileWidth;
  if (at + count > hashes.size()) throw failure("a proof asks for hashes beyond the log's end");
  return complete_root(hashes, at, count);
}

std::string Tree::fault() {
  for (int level = 0; width(level) >= kTileWidth; ++level)
    for (std::uint64_t number = 0; number < width(level + 1); ++number) {
      const log::Hash computed = complete_root(tile(level, number), 0, kTileWidth);
      if (computed != tile(level + 1, number / kTileWidth)[number % kTileWidth])
        return "tile " + std::to_string(number) + " of level " + std::to_string(level) +
               " does not have the hash above it";
      tiles_.erase({level, number});
    }
  return {};
}

void Tree::append(const std::vector<std::pair<std::string, std::string>>& entries,
                  WriteSet& writes) {
  const std::uint64_t before = size_;
  std::uint64_t position = before;
  log::Hashes added;
  for (const auto& [event, entry] : entries) {
    writes.run("INSERT INTO tlog_entry (position, event, entry) VALUES (?, ?, ?)",
               {static_cast<std::int64_t>(position++), event, entry}, 1);
    added.push_back(log::leaf_hash(raw(entry)));
  }
  // Each full tile is one hash of the level above it.
  std::uint64_t first = before;
  for (int level = 0; !added.empty(); ++level) {
    const std::uint64_t begin = first / kTileWidth, end = (first + added.size()) / kTileWidth;
    log::Hashes row = first % kTileWidth == 0 ? log::Hashes() : tile(level, begin);
    row.resize(first % kTileWidth);
    row.insert(row.end(), added.begin(), added.end());
    log::Hashes above;
    for (std::uint64_t number = begin; number < end; ++number) {
      above.push_back(complete_root(row, (number - begin) * kTileWidth, kTileWidth));
      writes.run("INSERT INTO tlog_node (level, position, hash) VALUES (?, ?, ?)",
                 {level + 1, static_cast<std::int64_t>(number), to_hex(above.back())}, 1);
    }
    added = std::move(above);
    first = begin;
  }
  writes.run("UPDATE tlog_log SET size = ? WHERE id = 1 AND size = ?",
             {static_cast<std::int64_t>(position), static_cast<std::int64_t>(before)}, 1);
}

}  // namespace cinnabar::tlog
