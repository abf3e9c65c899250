// The paths of tiles (c2sp.org/tlog-tiles): "<L>/<N>[.p/<W>]", where the number is written in
// groups of three digits, all but the last with an x before them: 1234067 is "x001/x234/067".
// Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cinnabar::tlog {

struct TilePath {
  int level = 0;  // -1: the entries of a tile of leaves
  std::uint64_t number = 0;
  int width = 256;  // less: a partial tile
};

// Nothing for a path that is not written in the one way that it may be.
std::optional<TilePath> parse_tile_path(std::string_view path);
std::string tile_path(const TilePath& tile);

}  // namespace cinnabar::tlog
